"""Batches keep within what a workflow can carry, and none is lost."""

import json
from pathlib import Path

import pytest

from steps.contract.arguments import parse_arguments
from steps.contract.batches import (
    LARGEST_ARGUMENT_BYTES,
    MOST_BATCHES,
    Batch,
    BatchReport,
    Discovered,
    SummaryInputs,
    batches,
    largest_report,
)
from steps.contract.errors import BadDataError
from steps.contract.outputs import write_outputs
from tests.hostile import hostile


def batched(count: int, slots: int = 2, content: str = "[]") -> Discovered:
    """Deal out a number of equal batches."""
    contents = [content] * count
    labels = [str(number) for number in range(count)]
    return Discovered(batches=batches(contents, labels, slots=slots))


def aggregate(reports: list[BatchReport], folder: Path) -> str:
    """Write reports as Argo collects the outputs of a fan-out."""
    collected = []
    for report in reports:
        outputs = folder / str(report.number)
        write_outputs(report, outputs)
        collected.append(
            {file.name: file.read_text() for file in outputs.iterdir()}
        )
    return json.dumps(collected)


def test_as_many_slots_are_used_as_may_run_at_a_time() -> None:
    slots = [batch.slot for batch in batched(5, slots=3).batches]
    assert slots == [0, 1, 2, 0, 1]


@pytest.mark.parametrize(
    ("count", "content"),
    [(MOST_BATCHES + 1, "[]"), (2, "x" * LARGEST_ARGUMENT_BYTES)],
    ids=["too many", "too large"],
)
def test_more_than_a_workflow_can_carry_is_refused(
    count: int, content: str
) -> None:
    with pytest.raises(BadDataError, match="Make the batches larger"):
        batched(count, content=content)


@hostile
def test_a_hostile_report_comes_back_as_it_was_sent(
    hostile: str, tmp_path: Path
) -> None:
    found = batched(1)
    wire = found.model_dump_json(include={"batches"})
    given = json.dumps(json.loads(wire)["batches"])
    reports = aggregate([BatchReport(number=0, report=hostile)], tmp_path)
    assert "{{" not in reports
    inputs = parse_arguments(
        [f"--batches={given}", f"--reports={reports}"], SummaryInputs
    )
    assert inputs.reports_of() == {0: hostile}


def test_a_batch_without_a_report_is_distinguished() -> None:
    inputs = SummaryInputs(
        batches=batched(3).batches,
        reports=[BatchReport(number=2, report="[]")],
    )
    assert inputs.reports_of() == {0: None, 1: None, 2: "[]"}


@pytest.mark.parametrize("count", [1, 7, MOST_BATCHES])
def test_the_largest_reports_fit_into_one_argument(
    count: int, tmp_path: Path
) -> None:
    text = "x" * largest_report(count)
    reports = [
        BatchReport(number=number, report=text) for number in range(count)
    ]
    size = len(aggregate(reports, tmp_path).encode())
    assert 0.9 * LARGEST_ARGUMENT_BYTES < size <= LARGEST_ARGUMENT_BYTES


def test_the_first_thing_that_a_node_is_named_after_is_readable() -> None:
    keys = sorted(Batch.model_fields)
    assert keys[0] == "about"
