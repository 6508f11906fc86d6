"""The log of a step: lines on standard error, without secrets."""

import json
import logging
import os
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from steps.contract.log_context import context

FORMAT_VARIABLE = "LOG_FORMAT"
JSON_FORMAT = "json"
LINE_END = '"}'
REDACTED = "***"
SIGNED_QUERY = re.compile(
    r"(?i)\b(X-Amz-(?:Signature|Credential|Security-Token)|Signature"
    r"|AWSAccessKeyId)=[^&\s\"']+"
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Takes secrets out of a text.

    Args:
        text: Any text.
        secrets: Values that must not be seen.

    Returns:
        The text without them and without the signatures of presigned URLs.
    """
    for secret in secrets:
        if secret:
            text = text.replace(secret, REDACTED)
    return SIGNED_QUERY.sub(rf"\1={REDACTED}", text)


class _TextFormatter(logging.Formatter):
    """Writes lines for people: time, level, what it belongs to, message."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(context)s%(message)s")
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        pairs = " ".join(f"{key}={value}" for key, value in context().items())
        record.context = f"[{pairs}] " if pairs else ""
        return redact(super().format(record), self._secrets)


class _JsonFormatter(logging.Formatter):
    """Writes lines for programs: one JSON object each."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(message)s")
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": time.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            **context(),
            "logger": record.name,
            "message": redact(super().format(record), self._secrets),
        }
        return json.dumps(line, ensure_ascii=False)


def start_log(secrets: Iterable[str] = ()) -> None:
    """Sends the log to standard error.

    Args:
        secrets: Values that must not be seen in it.
    """
    wanted = os.environ.get(FORMAT_VARIABLE, "")
    formatter = _JsonFormatter if wanted == JSON_FORMAT else _TextFormatter
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)


def as_text(log: str) -> str:
    """Reads a log of JSON lines as people do.

    Args:
        log: Any log; its beginning may be cut off.

    Returns:
        The lines as text; a log without JSON lines as it is.
    """
    lines = log.splitlines()
    texts = [_line_as_text(line) for line in lines]
    if not any(texts):
        return log
    is_cut = texts[0] is None and lines[0].endswith(LINE_END)
    return "\n".join(
        text or line
        for text, line in list(zip(texts, lines, strict=True))[is_cut:]
    )


def _line_as_text(line: str) -> str | None:
    if not line.startswith("{"):
        return None
    try:
        read = json.loads(line)
        time = datetime.fromisoformat(read["time"])
        text = f"{read['level']} {read['message']}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return f"{time:%Y-%m-%d %H:%M:%S},{time.microsecond // 1000:03} {text}"
