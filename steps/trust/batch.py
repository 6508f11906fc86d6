"""One batch: its items one after another, also after failures."""

import logging
import time
from collections.abc import Callable

from pydantic import ValidationError

from steps.contract.batches import BatchReport
from steps.contract.errors import BadDataError
from steps.contract.progress import Progress
from steps.contract.reports import written
from steps.trust.inputs import TrustBatch, TrustBatchInputs
from steps.trust.reconciler import NotAskedError
from steps.trust.report import ItemReport, Outcome, TrustReport

NO_TIME = "There was no time left; the next run takes it."

log = logging.getLogger(__name__)


def run_batch(
    inputs: TrustBatchInputs, ensure: Callable[[str], ItemReport]
) -> BatchReport:
    """Ensures the items of a batch.

    Args:
        inputs: The batch.
        ensure: Brings an item about.

    Returns:
        Their outcomes.

    Raises:
        BadDataError: The batch is malformed.
        ModerateError: The state could not be read or written.
    """
    batch = _batch(inputs.content)
    ends = time.monotonic() + inputs.batch_seconds
    progress = Progress(len(batch.items))
    reports, stopped = [], ""
    for item in batch.items:
        reason = stopped or (NO_TIME if time.monotonic() > ends else "")
        finding = ItemReport(item=item, end=Outcome.LEFT, reason=reason)
        if not reason:
            try:
                finding = ensure(item)
            except NotAskedError as error:
                stopped = str(error)
                finding = ItemReport(
                    item=item, end=Outcome.LEFT, reason=stopped
                )
        _log_item(finding)
        reports.append(finding)
        progress.advance()
    report = TrustReport.of(
        reports, stopped=stopped, largest_bytes=batch.report_bytes
    )
    return BatchReport(number=inputs.number, report=written(report))


def _batch(content: str) -> TrustBatch:
    try:
        return TrustBatch.model_validate_json(content)
    except ValidationError as error:
        raise BadDataError(
            f"The batch is malformed: {error.errors(include_input=False)}"
        ) from None


def _log_item(finding: ItemReport) -> None:
    level = logging.WARNING if finding.reason else logging.INFO
    reason = f": {finding.reason}" if finding.reason else ""
    log.log(level, "%r: %s%s", finding.item, finding.end, reason)
