"""Pauses that grow while something fails."""

from random import SystemRandom
from threading import Event, Lock

LONGEST_PAUSE_SECONDS = 30.0
SHORTEST_PAUSE_SECONDS = 0.5
MOST_DOUBLINGS = 10

_random = SystemRandom()


class Pauses:
    """Pauses between attempts; several threads may share them."""

    def __init__(self, longest_seconds: float = LONGEST_PAUSE_SECONDS) -> None:
        """Starts with the shortest pause.

        Args:
            longest_seconds: The longest pause.
        """
        self._longest_seconds = longest_seconds
        self._failures = 0
        self._lock = Lock()

    def reset(self) -> None:
        """Notes that an attempt went well."""
        with self._lock:
            self._failures = 0

    def wait(self, stop: Event) -> None:
        """Waits, each time longer, or until told to stop.

        Args:
            stop: Ends the pause.
        """
        with self._lock:
            doublings = min(self._failures, MOST_DOUBLINGS)
            self._failures += 1
        longest = min(
            self._longest_seconds, SHORTEST_PAUSE_SECONDS * 2**doublings
        )
        stop.wait(_random.uniform(longest / 2, longest))
