"""Faults that can be injected into the double: those of the real server."""

import re
import threading
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What happens to a request."""

    AWAY = "away"
    STATUS = "status"
    SLOW = "slow"


@dataclass(frozen=True)
class Fault:
    """What is to happen to requests.

    Attributes:
        kind: What happens: the connection is closed without an answer, the
            answer is an error, or it is slow.
        status: The answer's status, of kind ``status``.
        seconds: How long an answer takes, of kind ``slow``.
        matching: Which requests: a regular expression over "METHOD path".
        starting_at: From which request on, likewise; at once where empty.
        times: How many requests it happens to; all where None.
    """

    kind: FaultKind
    status: int = 503
    seconds: float = 0.0
    matching: str = ""
    starting_at: str = ""
    times: int | None = None


@dataclass
class Faults:
    """The fault that the double has at the moment, if it has one.

    Attributes:
        hits: How many requests it has happened to.
    """

    hits: int = 0
    _fault: Fault | None = None
    _started: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, fault: Fault | None) -> None:
        """Has a fault from now on, or none."""
        with self._lock:
            self._fault = fault
            self._started = False
            self.hits = 0

    def for_request(self, request: str) -> Fault | None:
        """Returns what happens to a request.

        Args:
            request: Its method and path.

        Returns:
            The fault, or None where it is answered as usual.
        """
        with self._lock:
            fault = self._fault
            if fault is None:
                return None
            self._started |= re.search(fault.starting_at, request) is not None
            if not self._started or not re.search(fault.matching, request):
                return None
            if fault.times is not None and self.hits >= fault.times:
                return None
            self.hits += 1
            return fault
