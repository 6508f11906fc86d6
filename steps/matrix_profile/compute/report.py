"""The report: one HTML file that needs nothing else."""

import base64
import hashlib
import json
from pathlib import Path
from typing import TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from steps.matrix_profile.compute import sections
from steps.matrix_profile.compute.analysis import Analysis
from steps.matrix_profile.compute.drawing import Line, encode_line
from steps.matrix_profile.compute.wording import samples_text

HERE = Path(__file__).parent
STYLES = (HERE / "vendor/uPlot.min.css", HERE / "page/report.css")
SCRIPTS = (HERE / "vendor/uPlot.iife.min.js", HERE / "page/report.js")
HARMFUL_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


class Mark(TypedDict):
    """A stretch of time to mark in the charts."""

    kind: str
    start: int
    end: int


class PageData(TypedDict):
    """What the page's script draws."""

    variable: str
    timed: bool
    start: float
    period: float
    months: int
    samples: int
    window: int
    series: Line
    profile: Line
    marks: list[Mark]


def render_report(analysis: Analysis, file_name: str) -> str:
    """Writes the report.

    Args:
        analysis: What to report.
        file_name: Name of the file that was analysed.

    Returns:
        An HTML document.
    """
    prepared = analysis.prepared
    styles = [path.read_text(encoding="utf-8") for path in STYLES]
    scripts = [path.read_text(encoding="utf-8") for path in SCRIPTS]
    return _template().render(
        policy=_policy(styles, scripts),
        styles=[Markup(style) for style in styles],  # noqa: S704 (own files)
        scripts=[Markup(script) for script in scripts],  # noqa: S704
        data=_embedded(_page_data(analysis)),
        variable=_variable(analysis),
        file_name=file_name,
        facts=sections.facts(analysis),
        window_text=samples_text(prepared.series, prepared.window.length),
        drawn=sections.drawn(analysis),
        motifs=sections.findings(
            analysis, analysis.motifs, ("First", "Again")
        ),
        discords=sections.findings(
            analysis, analysis.discords, ("Unusual", "Nearest")
        ),
        cleaning=sections.cleaning_rules(prepared.cleaning),
        cleaning_summary=sections.cleaning_summary(analysis),
        remarks=(*prepared.columns.remarks, *prepared.readings.remarks),
        method=sections.method(analysis),
    )


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(HERE / "page"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("report.html.j2")


def _variable(analysis: Analysis) -> str:
    layout = analysis.prepared.columns.layout
    return layout.columns[layout.column]


def _policy(styles: list[str], scripts: list[str]) -> str:
    """Allows this page's own scripts and styles, and nothing else at all."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src {' '.join(map(_hash_source, styles))}; "
        f"script-src {' '.join(map(_hash_source, scripts))}"
    )


def _hash_source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _page_data(analysis: Analysis) -> PageData:
    series = analysis.prepared.series
    return PageData(
        variable=_variable(analysis),
        timed=series.timed,
        start=series.start,
        period=series.period,
        months=series.months,
        samples=series.values.size,
        window=analysis.profile.window,
        series=encode_line(series.values),
        profile=encode_line(analysis.profile.distances),
        marks=_marks(analysis),
    )


def _marks(analysis: Analysis) -> list[Mark]:
    length = analysis.profile.window
    motifs = [
        Mark(kind=f"motif{rank}", start=start, end=start + length - 1)
        for rank, pair in enumerate(analysis.motifs, 1)
        for start in (pair.start, pair.neighbour)
    ]
    discords = [
        Mark(
            kind=f"discord{rank}",
            start=pair.start,
            end=pair.start + length - 1,
        )
        for rank, pair in enumerate(analysis.discords, 1)
    ]
    return motifs + discords


def _embedded(data: PageData) -> Markup:
    """Writes JSON that cannot end the script element it stands in."""
    text = json.dumps(data, allow_nan=False)
    for character, escape in HARMFUL_IN_SCRIPT.items():
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704  (escaped just above)
