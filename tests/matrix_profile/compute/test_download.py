"""Fetching the input file, from real HTTP servers."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from steps.contract.errors import BadDataError, ModerateError, TemporaryError
from steps.matrix_profile.compute import download as download_module
from steps.matrix_profile.compute.download import download, file_name

SIGNATURE = "X-Amz-Signature=do-not-show-this"
Respond = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(respond: Respond) -> Iterator[SecretStr]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            respond(self)

        def log_message(self, *_: object) -> None:
            """Prints nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    try:
        yield SecretStr(
            f"http://127.0.0.1:{port}/moderate/my%20data.csv?{SIGNATURE}"
        )
    finally:
        server.shutdown()
        server.server_close()


def answer(
    status: int, body: bytes = b"", encoding: str | None = None
) -> Respond:
    def respond(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        if encoding:
            request.send_header("Content-Encoding", encoding)
        request.end_headers()
        request.wfile.write(body)

    return respond


def test_file_is_written_as_it_was_sent(tmp_path: Path) -> None:
    with serving(answer(200, b"a,b\r1,2\xff")) as url:
        download(url, tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == b"a,b\r1,2\xff"


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (400, BadDataError, "expired"),
        (403, BadDataError, "expired"),
        (404, BadDataError, "There is no file"),
        (302, BadDataError, "answered 302"),
        (408, TemporaryError, "answered 408"),
        (429, TemporaryError, "answered 429"),
        (500, TemporaryError, "answered 500"),
        (503, TemporaryError, "answered 503"),
    ],
)
def test_refusal_is_explained(
    tmp_path: Path, status: int, error: type[ModerateError], words: str
) -> None:
    with serving(answer(status)) as url, pytest.raises(error, match=words):
        download(url, tmp_path / "got")


@pytest.mark.parametrize("status", [403, 404, 503])
def test_signature_is_never_shown(tmp_path: Path, status: int) -> None:
    with (
        serving(answer(status)) as url,
        pytest.raises(ModerateError) as caught,
    ):
        download(url, tmp_path / "got")
    assert "do-not-show-this" not in str(caught.value)


def test_refused_connection_is_temporary(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        url = SecretStr(f"http://127.0.0.1:{port}/a.csv?{SIGNATURE}")
        with pytest.raises(TemporaryError, match="ConnectError") as caught:
            download(url, tmp_path / "got")
    assert "do-not-show-this" not in str(caught.value)


def test_silence_is_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_module, "TIMEOUT", httpx.Timeout(0.2))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = SecretStr(f"http://127.0.0.1:{silent.getsockname()[1]}/a.csv")
        with pytest.raises(TemporaryError, match="ReadTimeout"):
            download(url, tmp_path / "got")


def test_answer_that_breaks_off_is_temporary(tmp_path: Path) -> None:
    def respond(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b"a,b\n")

    with (
        serving(respond) as url,
        pytest.raises(TemporaryError, match="RemoteProtocolError"),
    ):
        download(url, tmp_path / "got")


def test_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    with (
        serving(answer(200, b"x" * 3_000_000)) as url,
        pytest.raises(BadDataError, match="larger than 2 MiB"),
    ):
        download(url, tmp_path / "got", limit=2 << 20)


def test_limit_holds_for_what_compression_hides(tmp_path: Path) -> None:
    small = gzip.compress(b"x" * 30_000_000)
    with (
        serving(answer(200, small, "gzip")) as url,
        pytest.raises(BadDataError, match="larger than 2 MiB"),
    ):
        download(url, tmp_path / "got", limit=2 << 20)


def test_file_name_is_the_last_part_of_the_path() -> None:
    url = SecretStr(f"https://s3.example/b/my%20data.csv?{SIGNATURE}")
    assert file_name(url) == "my data.csv"


def test_file_without_a_name_gets_one() -> None:
    assert file_name(SecretStr("https://s3.example")) == "input.csv"
