"""The table of datasets."""

import json
import re
from typing import Any

import pytest

from steps.contract.errors import BadDataError, BadSettingsError
from steps.dataset_from_git.convert.reading_rules import ReadingRules
from steps.dataset_from_git.datasets import (
    AS_IT_IS,
    DATASETS,
    Dataset,
    find_dataset,
    read_datasets,
)
from steps.dataset_from_git.names import slug
from steps.dataset_from_git.settings import GitSettings

THIRD: dict[str, Any] = {
    "name": "third",
    "title": "A third dataset",
    "description": "One more.",
    "url": "https://git.example.org/third",
    "branch": "main",
    "globs": ["**/*.csv"],
    "reading": {"a.csv": {"separator": ";"}},
}

each_dataset = pytest.mark.parametrize(
    "dataset", DATASETS.values(), ids=DATASETS.keys()
)


@each_dataset
def test_a_dataset_is_fetched_over_https(dataset: Dataset) -> None:
    assert dataset.url.startswith("https://")


def test_datasets_have_assets_of_their_own() -> None:
    assert len({slug(name) for name in DATASETS}) == len(DATASETS)


def test_the_photovoltaics_file_is_read_by_its_rules() -> None:
    path = "T3.1/x/v1.0_Data_T3.1_Dynamicanalysis_PVanalysis.csv"
    assert DATASETS["building_stock"].rules_for(path) == ReadingRules(
        skip_lines=1, separator=";", decimal=","
    )


def test_other_files_are_read_as_they_are() -> None:
    assert DATASETS["genome_project"].rules_for("a/b.csv") == AS_IT_IS


def test_an_unknown_dataset_is_named_with_those_there_are() -> None:
    with pytest.raises(BadDataError, match="building_stock, genome_project"):
        find_dataset("nosuch", GitSettings())


def listed(*datasets: dict[str, Any]) -> GitSettings:
    """Make the settings of an operator's own datasets."""
    return GitSettings(datasets_list=json.dumps(datasets))


def test_operators_name_the_datasets_that_there_are() -> None:
    found = find_dataset("third", listed(THIRD))
    assert found.rules_for("x/a.csv").separator == ";"
    with pytest.raises(BadDataError, match="There are: third"):
        find_dataset("building_stock", listed(THIRD))


def test_the_project_s_own_can_be_named_too() -> None:
    own = [one.model_dump(mode="json") for one in DATASETS.values()]
    assert read_datasets(listed(*own)) == DATASETS


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": "Third-One"}, "0.name: String should match"),
        ({"url": "http://example.org/x"}, "0.url: String should match"),
        ({"url": "https://u:p@example.org/x"}, "0.url: String should match"),
        ({"globs": []}, "0.globs: "),
        ({"title": ""}, "0.title: "),
        ({"glob": "x"}, "0.glob: Extra inputs"),
        ({"reading": {"a.csv": {"separator": ";;"}}}, "0.reading.a.csv.sep"),
    ],
)
def test_a_malformed_dataset_is_a_fault_of_the_settings(
    change: dict[str, Any], fault: str
) -> None:
    with pytest.raises(BadSettingsError, match=re.escape(fault)):
        read_datasets(listed({**THIRD, **change}))


@pytest.mark.parametrize("text", ["{", "{}", "null", "5"])
def test_what_is_no_list_is_a_fault_of_the_settings(text: str) -> None:
    with pytest.raises(BadSettingsError, match="no list of datasets"):
        read_datasets(GitSettings(datasets_list=text))


def test_two_datasets_with_one_name_are_refused() -> None:
    with pytest.raises(BadSettingsError, match="twice: third, third"):
        read_datasets(listed(THIRD, THIRD))
