"""The report: one HTML file that trusts nothing from outside."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from steps.matrix_profile.compute.analysis import analyse, prepare
from steps.matrix_profile.compute.profile import MatrixProfile, matrix_profile
from steps.matrix_profile.compute.report import render_report
from steps.matrix_profile.compute.windows import Windows
from tests.matrix_profile.compute.files import WEATHER, waves, write_csv

LARGEST_REPORT = 2_000_000
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "'\"--><svg/onload=alert(1)>",
    "]]>\u2028</title>",
]


class Elements(HTMLParser):
    """Collects a document's elements and text."""

    def __init__(self, document: str) -> None:
        """Parses a document."""
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(document)

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        """Keeps an element."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        """Keeps a text."""
        self.text.append(data)


def report(file: Path, variable: str, name: str = "readings.csv") -> str:
    prepared = prepare(file, variable, None)
    return render_report(analyse(prepared, matrix_profile), name)


@pytest.fixture(scope="module")
def weather() -> str:
    return report(WEATHER, "TemperatureC", "weather13.csv")


def text_of(document: str) -> str:
    return re.sub(r"\s+", " ", " ".join(Elements(document).text))


@pytest.mark.parametrize("variable", HOSTILE)
def test_hostile_column_name_adds_no_element(
    tmp_path: Path, variable: str
) -> None:
    quoted = '"' + variable.replace('"', '""') + '"'
    plain = write_csv(tmp_path, list(waves(500)))
    tame = Elements(report(plain, "load")).tags
    file = write_csv(tmp_path, list(waves(500)), variable=quoted)
    assert Elements(report(file, variable)).tags == tame


@pytest.mark.parametrize("variable", HOSTILE)
def test_hostile_column_name_is_shown_as_it_is(
    tmp_path: Path, variable: str
) -> None:
    quoted = '"' + variable.replace('"', '""') + '"'
    file = write_csv(tmp_path, list(waves(500)), variable=quoted)
    assert variable in Elements(report(file, variable)).text


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_name_is_shown_as_it_is(
    tmp_path: Path, name: str
) -> None:
    file = write_csv(tmp_path, list(waves(500)))
    assert name in Elements(report(file, "load", name)).text


def test_hostile_text_among_the_numbers_is_shown_as_it_is(
    tmp_path: Path,
) -> None:
    file = write_csv(tmp_path, [*waves(500), HOSTILE[1]])
    document = report(file, "load")
    assert HOSTILE[1] in text_of(document)
    assert "img" not in Elements(document).tags


def test_no_attribute_runs_or_loads_anything(weather: str) -> None:
    names = {name for name, _ in Elements(weather).attributes}
    assert not {
        name for name in names if name.startswith("on") or name == "style"
    }
    assert not names & {"src", "href", "srcset", "action"}


def test_policy_allows_nothing_but_the_page_itself(weather: str) -> None:
    contents = [value for _, value in Elements(weather).attributes]
    policy = next(each for each in contents if each and "default-src" in each)
    assert policy.startswith("default-src 'none'; base-uri 'none'")
    assert "unsafe" not in policy


def test_report_is_small(weather: str) -> None:
    assert len(weather.encode()) < LARGEST_REPORT


def test_report_of_a_long_series_is_small_and_names_what_it_draws(
    tmp_path: Path,
) -> None:
    size = 500_000
    values = np.random.default_rng(0).normal(size=size).round(3)
    text = "load\n" + "\n".join(map(str, values)) + "\n"
    file = tmp_path / "long.csv"
    file.write_text(text)

    def instantly(series: np.ndarray, window: int) -> MatrixProfile:
        count = series.size - window + 1
        return MatrixProfile(
            windows=Windows(series, window), distances=np.abs(series[:count])
        )

    document = render_report(
        analyse(prepare(file, "load", None), instantly), file.name
    )
    assert len(document.encode()) < LARGEST_REPORT
    assert "draw at most 60,000 of the 500,000 samples" in document


def test_cleaning_is_shown_with_its_counts(weather: str) -> None:
    row = "dropped; the first number at each time stays 3 "
    assert row in text_of(weather)


def test_window_choice_is_shown(weather: str) -> None:
    assert "72 samples (1 day). One day, the first natural" in text_of(weather)


def test_file_variable_period_and_rows_are_shown(weather: str) -> None:
    text = text_of(weather)
    for fact in ("weather13.csv", "TemperatureC", "20 minutes", "25,553"):
        assert fact in text


def test_decimal_comma_is_shown(tmp_path: Path) -> None:
    rows = "".join(
        f"{index};{value:.3f}\n".replace(".", ",")
        for index, value in enumerate(waves(500))
    )
    file = tmp_path / "readings.csv"
    file.write_text("a;load\n" + rows)
    assert "semicolon between fields and a decimal comma" in report(
        file, "load"
    )


def test_times_of_the_findings_are_listed(weather: str) -> None:
    assert text_of(weather).count("2010-06-24 18:50") == 1


def test_imprecise_distances_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "steps.matrix_profile.compute.profile.SEARCH_BUDGET", 0
    )
    smooth = np.tile(np.sin(np.arange(500) / 120), 2)
    assert "distances may have rounding errors" in report(
        write_csv(tmp_path, list(smooth)), "load"
    )
