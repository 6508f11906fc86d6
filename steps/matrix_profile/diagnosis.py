"""From a failed job's log to an error that a person can act on."""

import re

from steps.contract.failures import ARGOEXEC_LINES

LONGEST_ERROR = 2_000
TAIL_LINES = 20
TRACEBACK = re.compile(
    r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*.*",
    re.MULTILINE,
)
ERROR_LINE = re.compile(
    r"^.*\b(?:error|exception|fatal|critical|panic)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
STEP_LOG_PREFIX = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ [A-Z]+ "
    r"(?:\[(?:run|message_id)=[^\]\n]*\] )?",
    re.MULTILINE,
)
TOO_LONG = re.compile(
    r"longer than the specified deadline|[Dd]eadline ?[Ee]xc"
    r"|exceeded (?:its|workflow) deadline|^timeout$"
)
TOO_LONG_WITHOUT_LOG = (
    "The job took longer than it may and wrote no log. Either its image "
    "could not be pulled, and an operator has to fix that, or the series is "
    "too long: try a shorter or coarser one."
)
CAUSES = (
    (
        TOO_LONG,
        "The job took longer than it may. Try a shorter or coarser series.",
    ),
    (
        re.compile(r"OOMKilled"),
        "The job ran out of memory. Try a shorter or coarser series.",
    ),
    (
        re.compile(r"ImagePull|ErrImage|InvalidImageName|look-up entrypoint"),
        "The job's image could not be pulled. An operator has to fix it.",
    ),
)


def diagnose(message: str, log: str, workflow: str) -> str:
    """Finds why a job failed.

    Args:
        message: Why the container failed, in Argo's words, where there was
            one.
        log: Its log, empty where there is none.
        workflow: Name of the workflow, for an operator.

    Returns:
        At most 2,000 characters: a known cause, then the last Python
        traceback of the log, or its error lines, or its tail, or a plain
        sentence.
    """
    known = [text for pattern, text in CAUSES if pattern.search(message)]
    found = excerpt(log)
    if not found and TOO_LONG.search(message):
        known = [TOO_LONG_WITHOUT_LOG]
    if not known and not found:
        known = [_without_log(message, workflow)]
    return _shortened("\n".join([*known[:1], found]).strip())


def _without_log(message: str, workflow: str) -> str:
    reason = f": {message}" if message else ""
    return (
        f"The job failed without a log{reason}. An operator can look at the "
        f"workflow {workflow}."
    )


def excerpt(log: str) -> str:
    """Finds what matters in a log.

    Args:
        log: Any text.

    Returns:
        Its last Python traceback, or its error lines, or its tail.
    """
    plain = log.replace("\r\n", "\n").replace("\x00", "")
    plain = ARGOEXEC_LINES.sub("", plain).strip()
    tracebacks = TRACEBACK.findall(plain)
    if tracebacks:
        return str(tracebacks[-1])
    lines = ERROR_LINE.findall(plain) or plain.splitlines()[-TAIL_LINES:]
    return STEP_LOG_PREFIX.sub("", "\n".join(lines))


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_ERROR:
        return text
    return "…" + text[-(LONGEST_ERROR - 1) :]
