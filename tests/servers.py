"""Local web servers that misbehave as real ones do."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from local_services.process import LOOPBACK

Respond = Callable[[BaseHTTPRequestHandler], None]
SILENCE_SECONDS = 60
NOTHING: Mapping[str, str] = {}


@contextmanager
def web_server(respond: Respond) -> Iterator[str]:
    """Serve one function; yields its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65_537)
            if self.raw_requestline and self.parse_request():
                respond(self)
                self.wfile.flush()
            self.close_connection = True

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def body_of(request: BaseHTTPRequestHandler) -> bytes:
    """Read a request's body."""
    return request.rfile.read(int(request.headers["Content-Length"] or 0))


def answer(
    request: BaseHTTPRequestHandler,
    status: int,
    body: bytes = b"",
    headers: Mapping[str, str] = NOTHING,
) -> None:
    """Answer a request in full and close the connection."""
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.send_header("Connection", "close")
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)


def answering(status: int, body: bytes = b"") -> Respond:
    """Answer every request in the same way."""

    def respond(request: BaseHTTPRequestHandler) -> None:
        body_of(request)
        answer(request, status, body)

    return respond


@contextmanager
def silent_server() -> Iterator[str]:
    """Accept requests and answer nothing; yields the URL."""
    over = threading.Event()

    def respond(_: BaseHTTPRequestHandler) -> None:
        over.wait(SILENCE_SECONDS)

    with web_server(respond) as url:
        try:
            yield url
        finally:
            over.set()


def forward(request: BaseHTTPRequestHandler, upstream: str) -> httpx.Response:
    """Pass a request on and return its answer."""
    headers = {
        name: value
        for name, value in request.headers.items()
        if name.lower() not in {"host", "content-length"}
    }
    return httpx.request(
        request.command,
        upstream + request.path,
        headers=headers,
        content=body_of(request),
    )


@contextmanager
def losing_answers(
    upstream: str, method: str, times: int, path: str = "/"
) -> Iterator[str]:
    """Pass requests on, but lose the first answers to a method and path."""
    left = [None] * times

    def respond(request: BaseHTTPRequestHandler) -> None:
        passed = forward(request, upstream)
        hit = request.command == method and request.path.startswith(path)
        if hit and left:
            left.pop()
            return
        answer(
            request,
            passed.status_code,
            passed.content,
            {"Content-Type": passed.headers["Content-Type"]},
        )

    with web_server(respond) as url:
        yield url
