"""Poison messages: is the message at fault, or is its service down?

While a service is down, all messages fail, and all of them wait. A message
that fails while others pass is at fault itself; it is given up after a bounded
number of tries, so that it holds no place for ever.
"""

import time
from dataclasses import dataclass
from threading import Lock

# A service that fails for some requests only, as during a deployment, has
# the product of both in seconds to recover.
MOST_TRIES = 8
TRY_SECONDS = 3.0
MOST_RECORDED = 10_000


@dataclass(frozen=True)
class _Failure:
    """How a message has failed so far.

    Attributes:
        at: When it failed the last time, by the monotonic clock, in seconds.
        tries: How many of its tries have counted.
        counted_at: When one of them has counted the last time.
    """

    at: float
    tries: int = 0
    counted_at: float = 0.0


class PoisonDetector:
    """Counts the tries of messages at one service; threads may share it."""

    def __init__(self) -> None:
        """Starts with no message seen."""
        self._failures: dict[bytes, _Failure] = {}
        self._works_at = 0.0
        self._doubted_at = 0.0
        self._lock = Lock()

    def passed(self, key: bytes, begun: float) -> None:
        """Notes that the service has taken a message.

        Args:
            key: The message's key.
            begun: When this try began, by the monotonic clock, in seconds.
        """
        with self._lock:
            self._failures.pop(key, None)
            self._works_at = max(self._works_at, begun)

    def failed(self, key: bytes, *, works: bool | None = None) -> int:
        """Notes that the service has not taken a message.

        Without a probe, the service works when a message has passed whose
        try began after this one's last failure, and no other has failed since.

        Args:
            key: The message's key.
            works: Whether the service works, where it was probed.

        Returns:
            How many tries have counted; 0 where the service may be down. A
            message with ``MOST_TRIES`` is given up, and dropped.
        """
        with self._lock:
            now = time.monotonic()
            last = self._failures.pop(key, None) or _Failure(now)
            if works is None:
                works = self._works_at > last.at or (
                    last.tries > 0 and self._works_at > self._doubted_at
                )
            if works and now - last.counted_at >= TRY_SECONDS:
                last = _Failure(now, last.tries + 1, now)
            elif not works and not last.tries:
                self._doubted_at = now
            if not works or last.tries < MOST_TRIES:
                self._store(key, _Failure(now, last.tries, last.counted_at))
            return last.tries if works else 0

    def _store(self, key: bytes, failure: _Failure) -> None:
        self._failures[key] = failure
        if len(self._failures) > MOST_RECORDED:
            del self._failures[next(iter(self._failures))]
