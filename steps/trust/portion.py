"""One portion: its items one after another, whatever comes of each."""

import logging
import time
from collections.abc import Callable

from pydantic import ValidationError

from steps.contract.errors import BadDataError
from steps.contract.portions import PortionReport
from steps.contract.progress import Progress
from steps.trust.ensuring import NotAskedError
from steps.trust.findings import End, Finding, Findings
from steps.trust.inputs import TrustPortion, TrustPortionInputs

NO_TIME = "There was no time left; the next run takes it."

log = logging.getLogger(__name__)


def run_portion(
    inputs: TrustPortionInputs, ensure: Callable[[str], Finding]
) -> PortionReport:
    """Ensures the items of a portion.

    Args:
        inputs: The portion.
        ensure: Brings an item about.

    Returns:
        What has come of them.

    Raises:
        BadDataError: The portion is malformed.
        ModerateError: The state could not be read or written.
    """
    portion = _portion(inputs.content)
    ends = time.monotonic() + inputs.portion_seconds
    progress = Progress(len(portion.items))
    findings, stopped = [], ""
    for item in portion.items:
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
        findings, stopped=stopped, largest_bytes=portion.report_bytes
    )
    return PortionReport(number=inputs.number, report=report.model_dump_json())


def _portion(content: str) -> TrustPortion:
    try:
        return TrustPortion.model_validate_json(content)
    except ValidationError as error:
        raise BadDataError(
            f"The portion is malformed: {error.errors(include_input=False)}"
        ) from None


def _tell(finding: Finding) -> None:
    level = logging.WARNING if finding.reason else logging.INFO
    reason = f": {finding.reason}" if finding.reason else ""
    log.log(level, "%r: %s%s", finding.item, finding.end, reason)
