"""The outcome of all items: a table, and whether the run has failed."""

import logging
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from steps.catalog.report import Line, Outcome, Report, faults_first
from steps.contract.batches import Batch, SummaryInputs
from steps.contract.errors import ItemsFailedError, ItemsPartialError
from steps.contract.metrics import items
from steps.contract.step import step
from steps.contract.table import table
from steps.contract.wire import Encoded

log = logging.getLogger(__name__)


class CatalogSummaryInputs(SummaryInputs):
    """The inputs of the summary.

    Attributes:
        remarks: The remarks of the first step, one sentence a line.
    """

    remarks: Encoded


class CatalogSummaryOutputs(BaseModel):
    """The outcome of the run.

    Attributes:
        done: How many items are in the catalog.
        partial: How many are, but for some of their tables.
        failed: How many items have failed.
        table: One line for each item that fits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    done: Annotated[int, items("done")]
    partial: Annotated[int, items("partial")]
    failed: Annotated[int, items("failed")]
    table: str


@step("catalog-summary")
def summary(inputs: CatalogSummaryInputs) -> CatalogSummaryOutputs:
    """Shows the outcome of each database or prefix.

    Args:
        inputs: The batches and their reports.

    Returns:
        The table.

    Raises:
        ItemsFailedError: An item has failed, or some of its tables have
            (ItemsPartialError).
    """
    reports = [
        report or _lost(batch) for batch, report in inputs.read_reports(Report)
    ]
    lines = faults_first(line for report in reports for line in report.lines)
    shown = table(lines)
    total = _totals(reports)
    for remark in inputs.remarks.splitlines():
        log.warning("%s", remark)
    log.info("\n%s\n%s", shown, total)
    outputs = CatalogSummaryOutputs(
        done=sum(report.done for report in reports),
        partial=sum(report.partial for report in reports),
        failed=sum(report.failed for report in reports),
        table=f"{shown}\n{total}",
    )
    if outputs.failed:
        raise ItemsFailedError(
            f"{total} The end of a failed item's log is in the log of its "
            "batch's pod. When the cause is gone, run the workflow again, "
            "with `include` naming what has failed.",
            outputs,
        )
    if outputs.partial:
        raise ItemsPartialError(
            f"{total} The table names what is not complete, and why: files "
            "that cannot be read, or tables that the account may not read. "
            "Everything else of these items is in the catalog. Where the "
            "framework gives no reason, the end of the item's log, in the log "
            "of its batch's pod, has it.",
            outputs,
        )
    return outputs


def _lost(batch: Batch) -> Report:
    lost = Line(
        item=batch.about,
        outcome=Outcome.FAILED,
        error="The pod of this batch has failed; its log has the reason.",
    )
    return Report(failed=1, lines=[lost])


def _totals(reports: list[Report]) -> str:
    failed = sum(report.failed for report in reports)
    partial = sum(report.partial for report in reports)
    done = sum(report.done for report in reports)
    shown = sum(report.shown for report in reports)
    tables = sum(report.tables for report in reports)
    unchanged = sum(report.unchanged for report in reports)
    lines = sum(len(report.lines) for report in reports)
    left_out = failed + partial + done + shown - lines
    return (
        f"{done + partial:,} items are in the catalog with {tables:,} tables, "
        f"{partial:,} of them in part, {failed:,} have failed"
        + (f", {shown:,} were only shown" if shown else "")
        + (f"; {left_out:,} have no line here" if left_out else "")
        + (
            f"; {unchanged:,} tables have not changed and were not profiled "
            "again"
            if unchanged
            else ""
        )
        + "."
    )
