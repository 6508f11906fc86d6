"""JSON over HTTP, with the standard library alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from local_services.open_metadata.server.request import Request

BACKLOG = 64


@dataclass(frozen=True)
class Reply:
    """An answer.

    Attributes:
        status: Its status.
        body: Its body, None where it has none.
    """

    status: HTTPStatus
    body: Any = None


Respond: TypeAlias = Callable[[Request, str], Reply | None]


class JsonServer(ThreadingHTTPServer):
    """A server whose connections stay open."""

    daemon_threads = True
    request_queue_size = BACKLOG

    def __init__(self, host: str, port: int, respond: Respond) -> None:
        """Binds the port.

        Args:
            host: The address to listen on.
            port: The port.
            respond: Answers a request and its ``Authorization``; None closes
                the connection without an answer.
        """
        super().__init__((host, port), _Handler)
        self.respond = respond


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: JsonServer

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = Request.of(self.command, self.path, self.rfile.read(length))
        authorization = self.headers.get("Authorization", "")
        reply = self.server.respond(request, authorization)
        if reply is None:
            self.close_connection = True
            return
        content = (
            b"" if reply.body is None else json.dumps(reply.body).encode()
        )
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Logs nothing: the record holds the requests."""
