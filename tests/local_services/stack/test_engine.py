"""What runs the services: Docker's Compose, Podman's, or processes."""

import os
import shutil
from pathlib import Path

import pytest

from checkout.paths import COMPOSE
from local_services.stack.compose import compose, engine
from local_services.stack.names import Stack
from local_services.stack.settings import stack_settings
from steps.contract.errors import BadSettingsError, UnavailableError

RECORDER = """\
#!/bin/bash
printf '%s %s\\n' "${0##*/}" "$*" >>"${CALLS}"
printf 'S3_PORT=%s\\n' "${S3_PORT-not set}" >>"${CALLS}"
case "${0##*/} $*" in
  ${BROKEN:-nothing}) exit 1 ;;
esac
"""


class Machine:
    """A machine whose programs only record how they were called."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        """Begin with none.

        Args:
            folder: Where they are.
            patch: Changes the environment.
        """
        self._folder = folder / "bin"
        self._folder.mkdir()
        self._calls = folder / "calls"
        bash = Path(shutil.which("bash") or "bash").parent
        patch.setenv("PATH", f"{self._folder}{os.pathsep}{bash}-none")
        patch.setenv("CALLS", str(self._calls))
        patch.delenv("SERVICES_WITH", raising=False)

    def has(self, *programs: str) -> None:
        """Add programs."""
        for program in programs:
            file = self._folder / program
            file.write_text(RECORDER)
            file.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        """Every call and what it saw, in order."""
        return self._calls.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine without programs."""
    return Machine(tmp_path, monkeypatch)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """A stack whose settings are written."""
    found = Stack(tmp_path / ".env", tmp_path / "services")
    stack_settings(found.dotenv)
    return found


def test_docker_is_taken_first(machine: Machine) -> None:
    machine.has("docker", "podman")
    assert engine() == ("docker", "compose")


def test_podman_is_taken_where_docker_is_not(machine: Machine) -> None:
    machine.has("podman")
    assert engine() == ("podman", "compose")


@pytest.mark.parametrize("broken", ["docker compose*", "docker info*"])
def test_docker_that_does_not_work_is_left_out(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    machine.has("docker", "podman")
    monkeypatch.setenv("BROKEN", broken)
    assert engine() == ("podman", "compose")


def test_without_both_they_are_processes(machine: Machine) -> None:
    machine.has()
    assert engine() is None


def test_processes_can_be_chosen(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has("docker")
    monkeypatch.setenv("SERVICES_WITH", "processes")
    assert engine() is None


@pytest.mark.usefixtures("machine")
def test_containers_that_cannot_be_had_are_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SERVICES_WITH", "compose")
    with pytest.raises(UnavailableError, match="Neither Docker nor Podman"):
        engine()


@pytest.mark.usefixtures("machine")
def test_another_choice_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICES_WITH", "vagrant")
    with pytest.raises(BadSettingsError, match="'vagrant'"):
        engine()


def test_compose_gets_the_file_and_its_settings(
    machine: Machine, stack: Stack
) -> None:
    machine.has("docker")
    values = stack_settings(stack.dotenv)
    compose(("docker", "compose"), stack, values, "up", "--detach")
    (call, _) = machine.calls
    assert call.startswith("docker compose ")
    assert f"--file={COMPOSE}" in call
    assert f"--env-file={stack.dotenv}" in call
    assert call.endswith(" up --detach")


def test_the_environment_does_not_override_the_file(
    machine: Machine, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has("docker")
    monkeypatch.setenv("S3_PORT", "1")
    compose(("docker", "compose"), stack, stack_settings(stack.dotenv), "up")
    assert "S3_PORT=not set" in machine.calls


def test_compose_that_fails_is_an_error_with_the_next_step(
    machine: Machine, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has("docker")
    monkeypatch.setenv("BROKEN", "docker compose*")
    with pytest.raises(UnavailableError, match="docker compose logs"):
        compose(
            ("docker", "compose"), stack, stack_settings(stack.dotenv), "up"
        )
