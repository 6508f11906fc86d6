"""Git and Git LFS over https, as GitHub serves them."""

import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from local_services.process import LOOPBACK
from tests.requirements import GIT_BACKEND

LFS_TYPE = "application/vnd.git-lfs+json"
LFS_BATCH = "/info/lfs/objects/batch"
LFS_OBJECT = "/lfs/"
BLANK = b"\r\n\r\n"


@dataclass
class HttpsHub:
    """A server of the repositories in a folder.

    Attributes:
        folder: Where the repositories are.
        certificate: What has to be trusted.
        host: The address where it listens.
        port: The port there.
        refuse: The status that all requests are answered with, if any.
        requests: The paths that were asked for.
        cut: Whether LFS objects end in the middle.
    """

    folder: Path
    certificate: Path
    host: str
    port: int = 0
    refuse: int | None = None
    requests: list[str] = field(default_factory=list)
    cut: bool = False

    @property
    def url(self) -> str:
        """Where it is, with a slash at its end."""
        return f"https://{self.host}:{self.port}/"


@contextmanager
def https_hub(folder: Path, host: str = LOOPBACK) -> Iterator[HttpsHub]:
    """Serve the repositories in a folder."""
    folder.mkdir(exist_ok=True)
    hub = HttpsHub(folder, folder / "certificate.pem", host)
    key = folder / "key.pem"
    _make_certificate(hub.certificate, key, host)

    class Handler(_Handler):
        served = hub

    server = ThreadingHTTPServer((host, 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(hub.certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    server.block_on_close = False
    hub.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _make_certificate(certificate: Path, key: Path, host: str) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-days", "1", "-subj", "/CN=local"),
            *("-addext", f"subjectAltName=IP:{host}"),
            *("-out", str(certificate), "-keyout", str(key)),
        ],
        check=True,
        capture_output=True,
    )


class _Handler(BaseHTTPRequestHandler):
    served: HttpsHub

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        hub = self.served
        hub.requests.append(self.path)
        body = self._body()
        path = urlsplit(self.path).path
        if hub.refuse:
            realm = (("WWW-Authenticate", 'Basic realm="GitHub"'),)
            self._answer(hub.refuse, realm, b"no")
        elif path.endswith(LFS_BATCH):
            self._lfs_batch(path.removesuffix(LFS_BATCH), body)
        elif path.startswith(LFS_OBJECT):
            self._lfs_object(hub.folder / path.removeprefix(LFS_OBJECT))
        else:
            self._git(path, body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            content = b""
            while size := int(self.rfile.readline(), 16):
                content += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return content
        return self.rfile.read(int(self.headers["Content-Length"] or 0))

    def _answer(
        self, status: int, headers: tuple[tuple[str, str], ...], body: bytes
    ) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        sent = body[: len(body) // 2] if self._is_cut() else body
        self.wfile.write(sent)

    def _is_cut(self) -> bool:
        return self.served.cut and self.path.startswith(LFS_OBJECT)

    def _lfs_batch(self, repository: str, body: bytes) -> None:
        name = repository.strip("/").removesuffix(".git")
        answers = [
            self._lfs_entry(name, wanted)
            for wanted in json.loads(body)["objects"]
        ]
        answer = json.dumps({"transfer": "basic", "objects": answers})
        self._answer(200, (("Content-Type", LFS_TYPE),), answer.encode())

    def _lfs_entry(
        self, name: str, wanted: dict[str, object]
    ) -> dict[str, object]:
        oid = str(wanted["oid"])
        place = f"{name}/.git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}"
        if not (self.served.folder / place).exists():
            absent = {"code": 404, "message": "Object does not exist"}
            return {**wanted, "error": absent}
        href = f"{self.served.url.rstrip('/')}{LFS_OBJECT}{place}"
        return {**wanted, "actions": {"download": {"href": href}}}

    def _lfs_object(self, file: Path) -> None:
        self._answer(200, (), file.read_bytes())

    def _git(self, path: str, body: bytes) -> None:
        query = urlsplit(self.path).query
        done = subprocess.run(
            [str(GIT_BACKEND)],
            input=body,
            capture_output=True,
            check=False,
            env={
                "GIT_PROJECT_ROOT": str(self.served.folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get(
                    "Content-Encoding", ""
                ),
                "CONTENT_LENGTH": str(len(body)),
            },
        )
        head, _, content = done.stdout.partition(BLANK)
        lines = [line.split(": ", 1) for line in head.decode().splitlines()]
        headers = dict(lines)
        status = int(headers.pop("Status", "200").split()[0])
        self._answer(status, tuple(headers.items()), content)
