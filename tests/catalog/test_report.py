"""The outcomes of the items fit, failures first."""

import pytest

from steps.catalog.report import Line, Outcome, Report
from steps.contract.batches import MOST_BATCHES, largest_report
from steps.contract.reports import written
from tests.hostile import HOSTILE

DONE = [
    Line(item=f"db{number}", outcome=Outcome.DONE, tables=3)
    for number in range(40)
]
FAILED = Line(item="zz", outcome=Outcome.FAILED, error="it is gone")


def test_failures_come_first() -> None:
    assert Report.of([*DONE, FAILED], 100_000).lines[0].item == "zz"


def test_everything_is_counted_though_not_everything_fits() -> None:
    report = Report.of([*DONE, FAILED], 1000)
    counts = (report.done, report.failed, report.tables, report.shown)
    assert counts == (40, 1, 120, 0)
    assert 0 < len(report.lines) < len(DONE)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_report_is_never_longer_than_it_may_be(text: str) -> None:
    lines = [
        Line(item=text * 9, outcome=Outcome.FAILED, error=text * 99)
        for _ in range(50)
    ]
    longest = largest_report(MOST_BATCHES)
    report = written(Report.of(lines, longest))
    assert len(report.encode()) <= longest


def test_a_failure_is_reported_in_the_smallest_report() -> None:
    line = Line(
        item="ü" * 63, outcome=Outcome.FAILED, error="ü" * 2000, seconds=123.4
    )
    assert Report.of([line], largest_report(MOST_BATCHES)).lines
