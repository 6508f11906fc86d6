"""`moderate open` forwards a port to a page, and ends it cleanly."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from checkout.paths import ROOT
from local_services.process import free_port, is_listening
from moderate.operations.pages import USUAL, Page, address, place_of
from steps.contract.errors import ExitCode
from tests.cli.test_commands import MODERATE, moderate
from tests.dataset_from_git.https_hub import https_hub
from tests.operations.stand_in import StandIn
from tests.requirements import GIT_SERVER, require

SERVING = """\
#!{python}
import http.server, pathlib, sys
folder = pathlib.Path(__file__).parent
(folder / "calls").write_text(" ".join(sys.argv[1:]))
port = int(sys.argv[-1].partition(":")[0])
http.server.HTTPServer(
    ("127.0.0.1", port), http.server.SimpleHTTPRequestHandler
).serve_forever()
"""
TERMINATION = "a pod has been deleted"
ENDING = """\
#!{python}
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[-1].split(":")[0])))
server.accept()
server.accept()
sys.exit("{message}")
"""


class Programs:
    """A kubectl that listens instead of leading anywhere."""

    def __init__(self, folder: Path, program: str) -> None:
        """Makes it."""
        self.folder = folder
        file = folder / "kubectl"
        file.write_text(
            program.format(python=sys.executable, message=TERMINATION)
        )
        file.chmod(0o755)

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment in which it is found first."""
        return {"PATH": f"{self.folder}:/usr/bin:/bin"}

    @contextmanager
    def open(self, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
        """Opens a page, for as long as the block lasts."""
        with subprocess.Popen(
            [MODERATE, "open", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=self.environment,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def call(self) -> str:
        """The arguments of kubectl."""
        return (self.folder / "calls").read_text()


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """A kubectl that serves a page."""
    return Programs(tmp_path, SERVING)


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_the_printed_address_answers(programs: Programs) -> None:
    port = free_port()
    with programs.open("argo", f"--port={port}") as process:
        url = first_line(process).split()[0]
        assert url == f"http://localhost:{port}"
        assert httpx.get(f"http://127.0.0.1:{port}").is_success


def test_kubectl_gets_the_service(programs: Programs) -> None:
    port = free_port()
    with programs.open(
        "keycloak", "--at=platform/keycloak-http:80", f"--port={port}"
    ) as process:
        first_line(process)
        assert programs.call() == (
            "--namespace=platform port-forward --address=127.0.0.1 "
            f"service/keycloak-http {port}:80"
        )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_it_is_stopped(
    programs: Programs, number: signal.Signals
) -> None:
    port = free_port()
    with programs.open("argo", f"--port={port}") as process:
        first_line(process)
        process.send_signal(number)
        _, output = process.communicate(timeout=60)
        assert process.returncode == ExitCode.STOPPED
        assert output == "stopped\n"
        assert not is_listening(port)


def test_a_forwarding_that_ends_is_reported(tmp_path: Path) -> None:
    programs = Programs(tmp_path, ENDING)
    port = free_port()
    with programs.open("argo", f"--port={port}") as process:
        _, output = process.communicate(timeout=60)
    assert process.returncode == ExitCode.TEMPORARY_FAILURE
    assert TERMINATION in output


def test_a_service_that_there_is_not_is_named(kubectl: StandIn) -> None:
    kubectl.fails(
        "port-forward",
        'Error from server (NotFound): services "argo-server" not found',
    )
    done = moderate(
        "open",
        "argo",
        f"--port={free_port()}",
        settings=kubectl.environment,
    )
    assert done.returncode == ExitCode.FAILED
    assert 'services "argo-server" not found' in done.stderr
    assert "--at" in done.stderr


def test_a_port_that_is_taken_is_named(programs: Programs) -> None:
    port = free_port()
    with programs.open("argo", f"--port={port}") as process:
        first_line(process)
        done = moderate(
            "open", "argo", f"--port={port}", settings=programs.environment
        )
    assert done.returncode == ExitCode.UNAVAILABLE
    assert f"Port {port} of this machine is taken" in done.stderr


def test_a_variable_names_where_a_page_is() -> None:
    done = moderate(
        "open",
        "openmetadata",
        "--dry-run",
        settings={"OPEN_METADATA_UI": "data/catalog:80"},
    )
    assert "port 80 of the service catalog in the namespace data" in (
        done.stdout
    )


@pytest.mark.parametrize("page", Page)
def test_a_dry_run_prints_where_it_would_lead(page: Page) -> None:
    target = USUAL[page].target
    output = moderate("open", page, "--dry-run").stdout
    assert f"service {target.service}" in output


@pytest.mark.parametrize(
    "text", ["x", "a/b", "a/b:", "a/b:x", "--x/b:1", "a/b:1 c", "A/b:1"]
)
def test_a_malformed_place_is_78(text: str) -> None:
    done = moderate("open", "argo", "--dry-run", settings={"ARGO_UI": text})
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "argo/argo-server:2746" in done.stderr


def test_a_page_with_tls_has_a_url_with_https(tmp_path: Path) -> None:
    require(GIT_SERVER)
    with https_hub(tmp_path / "hub") as hub:
        assert address(hub.port) == f"https://localhost:{hub.port}"


def test_a_place_is_read_into_its_parts() -> None:
    target = place_of("data/catalog:80")
    assert (target.namespace, target.service, target.port) == (
        "data",
        "catalog",
        80,
    )
