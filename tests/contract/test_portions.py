"""Portions keep within what a workflow can carry, and none is forgotten."""

import json
from pathlib import Path

import pytest

from steps.contract.arguments import parse_arguments
from steps.contract.errors import BadDataError
from steps.contract.outputs import write_outputs
from steps.contract.portions import (
    LARGEST_ARGUMENT_BYTES,
    MOST_PORTIONS,
    Discovered,
    PortionReport,
    SummaryInputs,
    largest_report,
    portions,
)
from tests.hostile import hostile


def dealt(count: int, lanes: int = 2, content: str = "[]") -> Discovered:
    """Deal out a number of equal portions."""
    contents = [content] * count
    labels = [str(number) for number in range(count)]
    return Discovered(portions=portions(contents, labels, lanes=lanes))


def aggregate(reports: list[PortionReport], folder: Path) -> str:
    """Write reports as Argo collects the outputs of a fan-out."""
    collected = []
    for report in reports:
        outputs = folder / str(report.number)
        write_outputs(report, outputs)
        collected.append(
            {file.name: file.read_text() for file in outputs.iterdir()}
        )
    return json.dumps(collected)


def test_as_many_lanes_are_used_as_may_run_at_a_time() -> None:
    lanes = [portion.lane for portion in dealt(5, lanes=3).portions]
    assert lanes == [0, 1, 2, 0, 1]


@pytest.mark.parametrize(
    ("count", "content"),
    [(MOST_PORTIONS + 1, "[]"), (2, "x" * LARGEST_ARGUMENT_BYTES)],
    ids=["too many", "too large"],
)
def test_more_than_a_workflow_can_carry_is_refused(
    count: int, content: str
) -> None:
    with pytest.raises(BadDataError, match="Make the portions larger"):
        dealt(count, content=content)


@hostile
def test_a_hostile_report_comes_back_as_it_was_sent(
    hostile: str, tmp_path: Path
) -> None:
    found = dealt(1)
    wire = found.model_dump_json(include={"portions"})
    given = json.dumps(json.loads(wire)["portions"])
    reports = aggregate([PortionReport(number=0, report=hostile)], tmp_path)
    assert "{{" not in reports
    inputs = parse_arguments(
        [f"--portions={given}", f"--reports={reports}"], SummaryInputs
    )
    assert inputs.reports_of() == {0: hostile}


def test_a_portion_without_a_report_is_told_apart() -> None:
    inputs = SummaryInputs(
        portions=dealt(3).portions,
        reports=[PortionReport(number=2, report="[]")],
    )
    assert inputs.reports_of() == {0: None, 1: None, 2: "[]"}


@pytest.mark.parametrize("count", [1, 7, MOST_PORTIONS])
def test_the_largest_reports_fit_into_one_argument(
    count: int, tmp_path: Path
) -> None:
    text = "x" * largest_report(count)
    reports = [
        PortionReport(number=number, report=text) for number in range(count)
    ]
    size = len(aggregate(reports, tmp_path).encode())
    assert 0.9 * LARGEST_ARGUMENT_BYTES < size <= LARGEST_ARGUMENT_BYTES
