"""The known vulnerabilities, served from a file where OSV is out of reach.

The file is what OSV publishes for an ecosystem: a zip of one JSON document for
each advisory. Served are the two calls that ``uv audit`` makes.
"""

import json
import re
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from local_services.process import LOOPBACK
from steps.contract.errors import ModerateError

ECOSYSTEM = "PyPI"
QUERY = "/v1/querybatch"
ADVISORY = "/v1/vulns/"
SEPARATORS = re.compile(r"[-_.]+")
POLL_SECONDS = 0.05
OK = 200
NOT_FOUND = 404

Advisory = Mapping[str, Any]


class Advisories:
    """The advisories of a file.

    Attributes:
        by_id: Each advisory by its identifier.
    """

    def __init__(self, file: Path) -> None:
        """Reads them.

        Args:
            file: The zip that OSV publishes for PyPI.

        Raises:
            ModerateError: It is not there, or no such file.
        """
        self.by_id: dict[str, Advisory] = {}
        self._by_package: dict[str, list[Advisory]] = {}
        for advisory in _read(file):
            self.by_id[advisory["id"]] = advisory
            for name in _packages(advisory):
                self._by_package.setdefault(name, []).append(advisory)

    def about(self, package: str, version: str) -> list[Advisory]:
        """Finds the advisories about a version of a package.

        Args:
            package: The package.
            version: The version.

        Returns:
            The advisories that are not withdrawn.
        """
        known = self._by_package.get(_normalised(package), [])
        return [one for one in known if _affects(one, package, version)]


@contextmanager
def served(advisories: Advisories) -> Iterator[str]:
    """Serves advisories on loopback, as OSV does.

    Args:
        advisories: The advisories.

    Yields:
        The service's URL.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Keeps quiet."""

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"] or 0)
            document = json.loads(self.rfile.read(length))
            known = self.path == QUERY
            self._answer(_answer(advisories, document) if known else None)

        def do_GET(self) -> None:
            name = self.path.removeprefix(ADVISORY)
            self._answer(advisories.by_id.get(name))

        def _answer(self, document: Mapping[str, Any] | None) -> None:
            body = json.dumps(document or {}).encode()
            self.send_response(NOT_FOUND if document is None else OK)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    thread = threading.Thread(
        target=server.serve_forever, args=(POLL_SECONDS,)
    )
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _read(file: Path) -> Iterator[Advisory]:
    try:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                yield json.loads(archive.read(name))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ModerateError(
            f"{file} holds no advisories: {error}. Give it the file all.zip "
            f"that OSV publishes for {ECOSYSTEM}."
        ) from error


def _answer(
    advisories: Advisories, document: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "results": [
            {
                "vulns": [
                    {"id": one["id"], "modified": one["modified"]}
                    for one in advisories.about(
                        query["package"]["name"], query["version"]
                    )
                ]
            }
            for query in document["queries"]
        ]
    }


def _packages(advisory: Advisory) -> Iterator[str]:
    for affected in advisory.get("affected", []):
        package = affected.get("package", {})
        if package.get("ecosystem") == ECOSYSTEM:
            yield _normalised(package["name"])


def _normalised(name: str) -> str:
    return SEPARATORS.sub("-", name).lower()


def _affects(advisory: Advisory, package: str, version: str) -> bool:
    if "withdrawn" in advisory:
        return False
    return any(
        version in affected.get("versions", [])
        or any(_covers(one, version) for one in affected.get("ranges", []))
        for affected in advisory["affected"]
        if _normalised(affected.get("package", {}).get("name", ""))
        == _normalised(package)
    )


def _covers(versions: Mapping[str, Any], version: str) -> bool:
    """Returns whether a version lies in a range of an advisory."""
    if versions.get("type") != "ECOSYSTEM":
        return False
    covered = False
    try:
        asked = Version(version)
        for event in versions["events"]:
            ((kind, limit),) = event.items()
            if kind == "introduced":
                covered = covered or asked >= Version(limit)
            elif kind == "fixed":
                covered = covered and asked < Version(limit)
            elif kind == "last_affected":
                covered = covered and asked <= Version(limit)
    except InvalidVersion:
        return False
    return covered
