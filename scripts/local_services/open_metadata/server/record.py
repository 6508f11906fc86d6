"""What the double was asked."""

import threading
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request and how it was answered.

    Attributes:
        method: Its method.
        path: Its path, as it was sent.
        status: The answer's status; 0 where there was no answer.
        message: Why it was refused, empty where it was not.
        unknown: Whether the double has no such path.
    """

    method: str
    path: str
    status: int
    message: str = ""
    unknown: bool = False


@dataclass
class Record:
    """The requests in order."""

    _asked: list[Asked] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, asked: Asked) -> None:
        """Notes a request."""
        with self._lock:
            self._asked.append(asked)

    def clear(self) -> None:
        """Deletes every request."""
        with self._lock:
            self._asked.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """Returns the requests as JSON objects."""
        with self._lock:
            return [asdict(asked) for asked in self._asked]
