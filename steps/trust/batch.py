"""One batch: its items one after another, whatever comes of each."""

import logging
import time
from collections.abc import Callable

from pydantic import ValidationError

from steps.contract.batches import BatchReport
from steps.contract.errors import BadDataError
from steps.contract.progress import Progress
from steps.trust.findings import End, Finding, Findings
from steps.trust.inputs import TrustBatch, TrustBatchInputs
from steps.trust.reconciler import NotAskedError

NO_TIME = "There was no time left; the next run takes it."

log = logging.getLogger(__name__)


def run_batch(
    inputs: TrustBatchInputs, ensure: Callable[[str], Finding]
) -> BatchReport:
    """Ensures the items of a batch.

    Args:
        inputs: The batch.
        ensure: Brings an item about.

    Returns:
        What has come of them.

    Raises:
        BadDataError: The batch is malformed.
        ModerateError: The state could not be read or written.
    """
    batch = _batch(inputs.content)
    ends = time.monotonic() + inputs.batch_seconds
    progress = Progress(len(batch.items))
    findings, stopped = [], ""
    for item in batch.items:
        reason = stopped or (NO_TIME if time.monotonic() > ends else "")
        finding = Finding(item=item, end=End.LEFT, reason=reason)
        if not reason:
            try:
                finding = ensure(item)
            except NotAskedError as error:
                stopped = str(error)
                finding = Finding(item=item, end=End.LEFT, reason=stopped)
        _tell(finding)
        findings.append(finding)
        progress.advance()
    report = Findings.of(
        findings, stopped=stopped, largest_bytes=batch.report_bytes
    )
    return BatchReport(number=inputs.number, report=report.model_dump_json())


def _batch(content: str) -> TrustBatch:
    try:
        return TrustBatch.model_validate_json(content)
    except ValidationError as error:
        raise BadDataError(
            f"The batch is malformed: {error.errors(include_input=False)}"
        ) from None


def _tell(finding: Finding) -> None:
    level = logging.WARNING if finding.reason else logging.INFO
    reason = f": {finding.reason}" if finding.reason else ""
    log.log(level, "%r: %s%s", finding.item, finding.end, reason)
