"""The log of a step: plain lines on standard error, without secrets."""

import logging
import re
import sys
from collections.abc import Iterable

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


class _RedactingFormatter(logging.Formatter):
    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), self._secrets)


def start_log(secrets: Iterable[str] = ()) -> None:
    """Sends the log to standard error.

    Args:
        secrets: Values that must not be seen in it.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
