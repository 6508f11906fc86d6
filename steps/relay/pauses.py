"""Pauses that grow while something fails."""

import time
from random import SystemRandom
from threading import Event, Lock

LONGEST_PAUSE_SECONDS = 30.0
SHORTEST_PAUSE_SECONDS = 0.5
MOST_DOUBLINGS = 10

_random = SystemRandom()


class Pauses:
    """Pauses between attempts; several threads may share them.

    Failures that come together share one pause, so that eight messages that
    fail at once count as one failure of what they wait for.
    """

    def __init__(self, longest_seconds: float = LONGEST_PAUSE_SECONDS) -> None:
        """Starts with the shortest pause.

        Args:
            longest_seconds: The longest pause.
        """
        self._longest_seconds = longest_seconds
        self._doublings = 0
        self._ends = 0.0
        self._lock = Lock()

    def reset(self) -> None:
        """Notes that an attempt went well."""
        with self._lock:
            self._doublings = 0
            self._ends = 0.0

    def are_on(self) -> bool:
        """Returns whether a pause is under way."""
        with self._lock:
            return time.monotonic() < self._ends

    def wait(self, stop: Event) -> None:
        """Waits, each time longer, or until stopped.

        Args:
            stop: Ends the pause.
        """
        stop.wait(self.seconds())

    def seconds(self) -> float:
        """Begins a pause, unless one is under way.

        Returns:
            How long it still lasts, in seconds.
        """
        with self._lock:
            now = time.monotonic()
            if now >= self._ends:
                longest = min(
                    self._longest_seconds,
                    SHORTEST_PAUSE_SECONDS * 2**self._doublings,
                )
                self._doublings = min(self._doublings + 1, MOST_DOUBLINGS)
                self._ends = now + _random.uniform(longest / 2, longest)
            return self._ends - now
