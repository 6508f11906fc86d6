"""The relay's probes: its state at this moment."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from steps.relay.metrics import CONTENT_TYPE, RelayMetrics

FAILURE_HOLDS_SECONDS = 300.0
LONGEST_SILENCE_SECONDS = 120.0
REQUEST_TIMEOUT_SECONDS = 5.0
METRICS_PATH = "/metrics"
PLAIN_TEXT = "text/plain; charset=utf-8"


class Health:
    """The state of the relay's parts."""

    def __init__(self) -> None:
        """Starts as live, and not ready."""
        self._fault = "not connected to RabbitMQ yet"
        self._failure = ""
        self._failed_at = 0.0
        self._heartbeat_at = time.monotonic()

    def heartbeat(self) -> None:
        """Notes that the connection's thread is at work."""
        self._heartbeat_at = time.monotonic()

    def consuming(self) -> None:
        """Notes that messages are being consumed."""
        self._fault = ""

    def not_consuming(self, fault: str) -> None:
        """Notes that no messages are being consumed.

        Args:
            fault: Why.
        """
        self._fault = fault

    def delivered(self) -> None:
        """Notes that a message has reached its end."""
        self._failure = ""

    def failed(self, failure: str) -> None:
        """Notes that a message could not be brought to its end.

        Args:
            failure: Why.
        """
        self._failed_at = time.monotonic()
        self._failure = failure

    def why_not_ready(self) -> str:
        """Returns why messages do not flow; empty when they do.

        A failure counts until a message reaches its end, or until it is so
        old that it means nothing any more.
        """
        if self._fault:
            return self._fault
        age = time.monotonic() - self._failed_at
        return self._failure if age < FAILURE_HOLDS_SECONDS else ""

    def why_not_live(self) -> str:
        """Returns why to restart the process; empty when all is well."""
        silence = time.monotonic() - self._heartbeat_at
        if silence > LONGEST_SILENCE_SECONDS:
            return f"the connection's thread is silent for {silence:.0f} s"
        return ""


@contextmanager
def probes(
    health: Health, metrics: RelayMetrics, address: str, port: int
) -> Iterator[None]:
    """Answers probes and Prometheus for the length of a ``with`` block.

    Args:
        health: The source of ``/ready`` and ``/live``.
        metrics: The source of ``/metrics``.
        address: The address to answer on.
        port: The port to answer on.
    """
    checks = {"/ready": health.why_not_ready, "/live": health.why_not_live}

    class Handler(BaseHTTPRequestHandler):
        timeout = REQUEST_TIMEOUT_SECONDS

        def do_GET(self) -> None:
            if self.path == METRICS_PATH:
                self._send(HTTPStatus.OK, metrics.text(), CONTENT_TYPE)
                return
            check = checks.get(self.path)
            if check is None:
                self._answer(HTTPStatus.NOT_FOUND, "not found")
                return
            fault = check()
            if fault:
                self._answer(HTTPStatus.SERVICE_UNAVAILABLE, fault)
            else:
                self._answer(HTTPStatus.OK, "ok")

        def _answer(self, status: HTTPStatus, text: str) -> None:
            self._send(status, f"{text}\n".encode(), PLAIN_TEXT)

        def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keeps the probes out of the log."""

    server = ThreadingHTTPServer((address, port), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, name="probes", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
