"""Reports at the end of a run the outcome of each file."""

import logging
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from steps.contract.batches import Batch, SummaryInputs
from steps.contract.errors import ItemsFailedError
from steps.contract.metrics import items
from steps.contract.step import step
from steps.contract.table import table
from steps.dataset_from_git.items import FileItem
from steps.dataset_from_git.names import Format
from steps.dataset_from_git.reports import FileReport, UploadResult

LOST = (
    "Its pod ended without a report; its log has the reason. Run again to "
    "take what is missing."
)
FAILED = "failed"

log = logging.getLogger(__name__)


class Row(BaseModel):
    """A line of the table: one file.

    Attributes:
        file: Its path in the repository.
        outcome: Its outcome, for each format where they differ.
        rows: How many rows it has.
        columns: How many columns it has.
        parquet_bytes: Size of the Parquet object.
        csv_bytes: Size of the CSV object.
        seconds: How long it took.
        error: Why it failed.
        remarks: What was assumed and altered in reading it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    outcome: str
    rows: int | None = None
    columns: int | None = None
    parquet_bytes: int | None = None
    csv_bytes: int | None = None
    seconds: float | None = None
    error: str = ""
    remarks: str = ""


class DatasetSummary(BaseModel):
    """The outcome of a run.

    Attributes:
        uploaded: How many objects were uploaded.
        unchanged: How many objects got new tags alone.
        skipped: How many objects were there, before the run too.
        done: How many files have come to a good end.
        failed: How many files have failed.
        uploaded_bytes: The size of what was uploaded.
        table: The outcome of each file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    uploaded: int
    unchanged: int
    skipped: int
    done: Annotated[int, items("done")]
    failed: Annotated[int, items("failed")]
    uploaded_bytes: int
    table: str


class DatasetSummaryInputs(SummaryInputs):
    """What a run has done, and what it has found.

    Attributes:
        commit: The branch's commit.
        there: How many files were uploaded at this commit before.
    """

    commit: str
    there: int


@step("dataset-summary")
def summary(inputs: DatasetSummaryInputs) -> DatasetSummary:
    """Reports the outcome of each file, and fails where one has failed.

    Args:
        inputs: The files and their reports.

    Returns:
        The outcome of the run.

    Raises:
        ItemsFailedError: A file has failed, or its pod has reported nothing.
    """
    found = inputs.read_reports(FileReport)
    rows = [_row(batch, report) for batch, report in found]
    reports = [report for _, report in found if report is not None]
    total = _total(rows, reports, inputs.there)
    log.info(
        "%d files were there at %s before; the outcome of the others:\n%s",
        *(inputs.there, inputs.commit, total.table),
    )
    if total.failed:
        raise ItemsFailedError(
            f"{total.failed} of {len(rows)} files have failed; the table "
            "has the reasons. Run again: nothing is uploaded twice.",
            total,
        )
    return total


def _total(
    rows: list[Row], reports: list[FileReport], there: int
) -> DatasetSummary:
    objects = [stored for report in reports for stored in report.objects]
    counts = {
        outcome: sum(stored.outcome is outcome for stored in objects)
        for outcome in UploadResult
    }
    failed = sum(row.outcome == FAILED for row in rows)
    return DatasetSummary(
        uploaded=counts[UploadResult.UPLOADED],
        unchanged=counts[UploadResult.UNCHANGED],
        skipped=(
            counts[UploadResult.THERE]
            + counts[UploadResult.KEPT]
            + there * len(Format)
        ),
        done=len(rows) - failed,
        failed=failed,
        uploaded_bytes=sum(
            stored.size
            for stored in objects
            if stored.outcome is UploadResult.UPLOADED
        ),
        table=table(rows),
    )


def _row(batch: Batch, report: FileReport | None) -> Row:
    path = FileItem.model_validate_json(batch.content).path
    if report is None:
        return Row(file=path, outcome=FAILED, error=LOST)
    outcomes = dict.fromkeys(str(stored.outcome) for stored in report.objects)
    sizes = {stored.form: stored.size for stored in report.objects}
    return Row(
        file=path,
        outcome=FAILED if report.error else ", ".join(outcomes),
        rows=report.rows,
        columns=report.columns,
        parquet_bytes=sizes.get(Format.PARQUET),
        csv_bytes=sizes.get(Format.CSV),
        seconds=report.seconds,
        error=report.error,
        remarks=report.remarks,
    )
