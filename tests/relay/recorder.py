"""A webhook that records requests and answers as configured."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any

from tests.servers import answer, body_of, web_server

TOKEN = "a-token-of-the-tests"


@dataclass
class Recorder:
    """What the webhook has got, and how it answers.

    Attributes:
        url: Its URL.
        taken: The envelopes that it has answered with 200.
        asked: How many requests it has got.
        statuses: Its next answers; 200 when there are none.
        always: Its only answer where it is not None.
        refused: The messages that it always answers with 500.
        before: Runs before each answer.
    """

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    statuses: deque[int] = field(default_factory=deque)
    always: int | None = None
    refused: set[str] = field(default_factory=set)
    before: Callable[[], None] = lambda: None
    _lock: Lock = field(default_factory=Lock)

    @property
    def messages(self) -> list[str]:
        """The messages that it has taken."""
        return [envelope["message"] for envelope in self.taken]

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        body = body_of(request)
        self.before()
        with self._lock:
            self.asked += 1
            status = self._status(request)
            envelope = json.loads(body)
            if envelope["message"] in self.refused:
                status = 500
            if status == 200:
                self.taken.append(envelope)
        answer(request, status, b"success")

    def _status(self, request: BaseHTTPRequestHandler) -> int:
        if self.always is not None:
            return self.always
        if request.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401
        return self.statuses.popleft() if self.statuses else 200


@contextmanager
def recorder() -> Iterator[Recorder]:
    """Serve a webhook."""
    state = Recorder()
    with web_server(state.respond) as url:
        state.url = f"{url}/matrix-profile"
        yield state
