"""The end of a run: a table of what is not done, within bounds."""

import pytest
from pydantic import ValidationError

from steps.contract.batches import (
    LARGEST_ARGUMENT_BYTES,
    Batch,
    BatchReport,
    SummaryInputs,
)
from steps.contract.errors import BadDataError, ItemsFailedError
from steps.contract.reports import written
from steps.state.items import ItemStatus
from steps.trust.batcher import Batcher
from steps.trust.inputs import (
    MOST_AT_A_TIME,
    MOST_ITEMS,
    TrustBatch,
    TrustDiscoverInputs,
)
from steps.trust.report import ItemReport, Outcome, TrustReport
from steps.trust.summary import TrustSummary, summary

LONGEST_USERNAME = "ñ" * 255
REASON = "the ledger is full " * 100


def batch(number: int) -> Batch:
    """Return a batch."""
    return Batch(number=number, slot=0, about="2 from jane", content="")


def report(number: int, **counts: object) -> BatchReport:
    """Return the report of a batch."""
    values = {"made": 0, "there": 0, "failed": 0, "left": 0, "unresolved": []}
    reports = TrustReport.model_validate({**values, **counts})
    return BatchReport(number=number, report=written(reports))


def failed(inputs: SummaryInputs) -> tuple[str, TrustSummary]:
    """Return why a run has failed, and what it returns."""
    with pytest.raises(ItemsFailedError) as caught:
        summary(inputs)
    assert isinstance(caught.value.outputs, TrustSummary)
    return str(caught.value), caught.value.outputs


def test_a_run_of_which_all_is_done_ends_well() -> None:
    inputs = SummaryInputs(
        batches=[batch(0), batch(1)],
        reports=[report(0, made=2), report(1, made=1, there=1)],
    )
    total = summary(inputs)
    assert (total.made, total.there, total.table) == (3, 1, "")


def test_what_another_run_works_on_is_listed_and_no_failure() -> None:
    busy = ItemReport(item="jane", end=Outcome.LEFT, reason="another run")
    inputs = SummaryInputs(
        batches=[batch(0)], reports=[report(0, left=1, unresolved=[busy])]
    )
    assert "another run" in summary(inputs).table


def test_a_batch_without_a_report_fails_the_run() -> None:
    inputs = SummaryInputs(
        batches=[batch(0), batch(1)], reports=[report(0, made=2)]
    )
    why, total = failed(inputs)
    assert "1 batches have no report" in why
    assert (total.lost, total.made) == (1, 2)
    assert "2 from jane" in total.table


def test_a_run_that_was_cut_short_has_the_reason() -> None:
    inputs = SummaryInputs(
        batches=[batch(0)],
        reports=[report(0, left=2, stopped="The Platform API is down.")],
    )
    why, _ = failed(inputs)
    assert "The Platform API is down." in why


def test_a_malformed_report_is_bad_data() -> None:
    broken = BatchReport(number=0, report="{")
    with pytest.raises(BadDataError, match="malformed"):
        summary(SummaryInputs(batches=[batch(0)], reports=[broken]))


@pytest.mark.parametrize("largest", [20_000, 4_000, 400])
def test_a_report_keeps_to_its_size(largest: int) -> None:
    reports = [
        ItemReport(item=LONGEST_USERNAME, end=Outcome.FAILED, reason=REASON)
    ] * 20
    found = TrustReport.of(reports, stopped="", largest_bytes=largest)
    assert len(written(found).encode()) <= largest
    assert found.failed == len(reports)


def test_the_largest_run_fits_into_a_workflow() -> None:
    names = [f"{number:04}{LONGEST_USERNAME}" for number in range(MOST_ITEMS)]
    batcher = Batcher(TrustDiscoverInputs(limit=MOST_ITEMS))
    batcher.take(dict.fromkeys(names, ItemStatus.DUE))
    found = batcher.discovered()
    size = len(written(found).encode())
    assert batcher.is_full
    assert size < LARGEST_ARGUMENT_BYTES + 1_000


def test_no_batch_waits_for_another_of_its_slot() -> None:
    batcher = Batcher(TrustDiscoverInputs(limit=MOST_ITEMS, at_a_time=3))
    names = [f"user-{number}" for number in range(MOST_ITEMS)]
    batcher.take(dict.fromkeys(names, ItemStatus.DUE))
    assert [one.slot for one in batcher.discovered().batches] == [0, 1, 2]


@pytest.mark.parametrize("at_a_time", [0, MOST_AT_A_TIME + 1, 50])
def test_more_at_a_time_than_the_platform_bears_are_refused(
    at_a_time: int,
) -> None:
    with pytest.raises(ValidationError, match="at_a_time"):
        TrustDiscoverInputs(at_a_time=at_a_time)


def test_a_run_deals_its_items_to_all_slots() -> None:
    batcher = Batcher(TrustDiscoverInputs(at_a_time=4))
    names = [f"user-{number}" for number in range(10)]
    batcher.take(dict.fromkeys(names, ItemStatus.DUE))
    batches = batcher.discovered().batches
    batched = [
        item
        for one in batches
        for item in TrustBatch.model_validate_json(one.content).items
    ]
    assert [one.slot for one in batches] == [0, 1, 2, 3]
    assert batched == names


def test_an_item_that_comes_twice_is_taken_once() -> None:
    batcher = Batcher(TrustDiscoverInputs())
    for _ in range(2):
        batcher.take({"a": ItemStatus.DUE, "b": ItemStatus.DONE})
    found = batcher.discovered()
    assert (found.seen, found.due, found.done) == (2, 1, 1)


def test_a_run_counts_items_by_status() -> None:
    batcher = Batcher(TrustDiscoverInputs())
    batcher.take(
        {
            "a": ItemStatus.DONE,
            "b": ItemStatus.CLAIMED,
            "c": ItemStatus.WAITING,
            "d": ItemStatus.SET_ASIDE,
            "e": ItemStatus.DUE,
        }
    )
    found = batcher.discovered()
    counts = (found.done, found.busy, found.waiting, found.set_aside)
    assert (found.seen, found.due, *counts) == (5, 1, 1, 1, 1, 1)
