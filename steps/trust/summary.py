"""Reports at the end of a run which items failed, and why."""

import logging
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from steps.contract.batches import Batch, SummaryInputs
from steps.contract.errors import ItemsFailedError
from steps.contract.metrics import items
from steps.contract.step import step
from steps.contract.table import table
from steps.trust.report import ItemReport, Outcome, TrustReport

LOST = "Its pod ended without a report; the next run takes what is missing."

log = logging.getLogger(__name__)


class TrustSummary(BaseModel):
    """The outcome of a run.

    Attributes:
        made: How many items were made.
        there: How many were there already.
        failed: How many have failed; each is tried again later, or set aside.
        left: How many were not tried.
        lost: How many batches have no report.
        table: The items that failed or were left, and why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    made: Annotated[int, items("done")] = 0
    there: Annotated[int, items("unchanged")] = 0
    failed: Annotated[int, items("failed")] = 0
    left: Annotated[int, items("left")] = 0
    lost: int = 0
    table: str = ""


@step("trust-summary")
def summary(inputs: SummaryInputs) -> TrustSummary:
    """Reports which items of a run have failed, and why.

    Args:
        inputs: The batches and their reports.

    Returns:
        The outcome of the run.

    Raises:
        ItemsFailedError: An item has failed, or could not be tried.
    """
    found = inputs.read_reports(TrustReport)
    reports = [report for _, report in found if report is not None]
    lost = [batch for batch, report in found if report is None]
    rows = [row for one in reports for row in one.unresolved]
    rows += [_lost(batch) for batch in lost]
    total = TrustSummary(
        made=sum(one.made for one in reports),
        there=sum(one.there for one in reports),
        failed=sum(one.failed for one in reports),
        left=sum(one.left for one in reports),
        lost=len(lost),
        table=table(rows),
    )
    log.info(
        "%d made, %d there already, %d failed, %d left, %d batches lost",
        *(total.made, total.there, total.failed, total.left, total.lost),
    )
    if total.table:
        log.warning("Not done:\n%s", total.table)
    _raise_for(total, [one.stopped for one in reports if one.stopped])
    return total


def _lost(batch: Batch) -> ItemReport:
    return ItemReport(item=batch.about, end=Outcome.LEFT, reason=LOST)


def _raise_for(total: TrustSummary, stops: list[str]) -> None:
    if stops:
        raise ItemsFailedError(
            f"The run was cut short: {stops[0]} The next run goes on.", total
        )
    if total.failed or total.lost:
        raise ItemsFailedError(
            f"{total.failed} items have failed, and {total.lost} batches "
            "have no report. What has failed is tried again later; after ten "
            "failures it is set aside: see `moderate trust failed`.",
            total,
        )
