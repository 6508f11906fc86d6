"""Keycloak is fetched with care, starts, and leaves nothing behind."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local_services.cache import cache_folder, downloaded_from_maven
from steps.contract.errors import UnavailableError
from tests.conftest import ServedKeycloak
from tests.local_services.processes import in_sessions, serving
from tests.local_services.test_services import START_AND_WAIT
from tests.relay.waiting import eventually
from tests.requirements import JAVA, require
from tests.servers import answering, web_server
from tests.step_process import ROOT

CONTENT = b"a distribution"
SHA256 = "4a5f834d2006f6569101aac118e3da817daf9befcc91aa01f0aa68d8fccd3887"
PATH = "org/example/a.zip"


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test downloads out of the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.usefixtures("own_cache")
def test_a_download_is_what_the_repository_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with web_server(answering(200, CONTENT)) as url:
        monkeypatch.setenv("MAVEN_REPOSITORY_URL", url)
        with downloaded_from_maven(PATH, SHA256) as file:
            assert file.read_bytes() == CONTENT


@pytest.mark.usefixtures("own_cache")
def test_a_download_that_is_not_what_it_should_be_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with web_server(answering(200, CONTENT)) as url:
        monkeypatch.setenv("MAVEN_REPOSITORY_URL", url)
        with (
            pytest.raises(UnavailableError, match="it is not used"),
            downloaded_from_maven(PATH, "0" * 64),
        ):
            pass


@pytest.mark.usefixtures("own_cache")
def test_a_download_that_fails_has_a_next_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with web_server(answering(404, b"")) as url:
        monkeypatch.setenv("MAVEN_REPOSITORY_URL", url)
        with (
            pytest.raises(UnavailableError, match="set MAVEN_REPOSITORY_URL"),
            downloaded_from_maven(PATH, SHA256),
        ):
            pass


@pytest.mark.usefixtures("own_cache")
def test_no_other_user_may_enter_the_cache() -> None:
    assert cache_folder().stat().st_mode & 0o077 == 0


@pytest.mark.services
def test_a_killed_starter_leaves_no_keycloak(tmp_path: Path) -> None:
    require(JAVA)
    program = START_AND_WAIT.format(name="keycloak")
    with subprocess.Popen(
        [sys.executable, "-c", program, tmp_path, "KEYCLOAK_SERVER_URL"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdout
        port = starter.stdout.readline().strip().rpartition(":")[2]
        processes = serving(port)
        starter.send_signal(signal.SIGKILL)
    assert processes
    sessions = {one.session for one in processes}
    eventually(lambda: in_sessions(sessions) == [])


def test_no_password_is_in_a_command_line(
    keycloak_server: ServedKeycloak,
) -> None:
    url = keycloak_server.environment["KEYCLOAK_SERVER_URL"]
    password = keycloak_server.environment["KEYCLOAK_ADMIN_PASSWORD"]
    processes = serving(url.rpartition(":")[2])
    assert processes
    assert not any(password in one.command for one in processes)
