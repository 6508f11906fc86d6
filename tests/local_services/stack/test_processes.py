"""The stack without containers: up, killed, started again."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from local_services.process import is_listening
from local_services.stack.names import PORTS, Name, Stack
from local_services.stack.processes import running
from steps.contract.errors import ExitCode
from tests.local_services import processes
from tests.local_services.processes import Process
from tests.local_services.stack.conftest import (
    FIRST_START_SECONDS,
    MODERATE,
    UsedStack,
    with_free_ports,
)
from tests.relay.waiting import eventually
from tests.step_process import ROOT

pytestmark = pytest.mark.timeout(FIRST_START_SECONDS)
# What serves a port itself, beside the process that keeps it running.
SERVER_OF = {
    Name.POSTGRES: "/postgres -D",
    Name.RABBITMQ: "/beam.smp",
    Name.S3: "rclone serve s3",
    Name.KEYCLOAK: "QuarkusEntryPoint start",
}


def servers(stack: UsedStack, name: Name) -> list[Process]:
    """Return the processes that serve a port of the stack."""
    port = str(stack.ports[name])
    folder = str(stack.stack.folder)
    return [
        one
        for one in processes.running()
        if SERVER_OF[name] in one.command
        and (port in one.command or folder in one.command)
    ]


def connection(stack: UsedStack) -> "psycopg.Connection[tuple[str]]":
    """Connect to the stack's PostgreSQL."""
    values = stack.values
    return psycopg.connect(
        host=values["POSTGRES_HOST"],
        port=values["POSTGRES_PORT"],
        user=values["POSTGRES_USERNAME"],
        password=values["POSTGRES_PASSWORD"],
        dbname="postgres",
        autocommit=True,
    )


@pytest.fixture
def taken_port(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """A new `.env` of which another program has a port."""
    dotenv = tmp_path / ".env"
    with_free_ports(dotenv)
    (line,) = (
        one
        for one in dotenv.read_text().splitlines()
        if one.startswith("S3_PORT=")
    )
    port = int(line.partition("=")[2])
    with closing(socket.create_server(("127.0.0.1", port))):
        yield dotenv, port


def test_every_service_is_healthy_after_up(stack: UsedStack) -> None:
    done = stack.moderate("status")
    assert done.returncode == 0, done.stdout


def test_status_names_where_each_service_is(stack: UsedStack) -> None:
    output = stack.moderate("status").stdout
    for port in stack.ports.values():
        assert f":{port}" in output


def test_the_env_file_reaches_every_service(stack: UsedStack) -> None:
    done = subprocess.run(
        [MODERATE, "check", *(f"--required={name}" for name in Name)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, **stack.values},
    )
    assert done.returncode == 0, done.stdout


def test_up_leaves_what_runs_alone(stack: UsedStack) -> None:
    before = running(stack.stack)
    stack.up()
    assert running(stack.stack) == before


def test_no_secret_is_in_a_command_line(stack: UsedStack) -> None:
    secrets = [
        value for name, value in stack.values.items() if len(value) > 40
    ]
    found = [
        one.command
        for one in processes.running()
        if any(secret in one.command for secret in secrets)
    ]
    assert secrets
    assert found == []


def test_no_secret_is_in_a_log(stack: UsedStack) -> None:
    secrets = [value for value in stack.values.values() if len(value) > 40]
    logs = [
        log.read_text(errors="replace")
        for log in stack.stack.folder.rglob("*.log")
    ]
    assert logs
    assert not any(secret in log for secret in secrets for log in logs)


@pytest.mark.parametrize("name", sorted(SERVER_OF))
def test_a_killed_server_is_seen_and_started_again(
    stack: UsedStack, name: Name
) -> None:
    for process in servers(stack, name):
        os.kill(process.pid, signal.SIGKILL)
    eventually(lambda: name not in running(stack.stack))
    assert not stack.statuses()[name].healthy
    stack.up()
    assert stack.statuses()[name].healthy


def test_status_ends_with_1_where_a_service_does_not_answer(
    stack: UsedStack,
) -> None:
    os.kill(stack.supervisor(Name.S3), signal.SIGKILL)
    done = stack.moderate("status")
    assert done.returncode == ExitCode.FAILED
    assert "s3: It does not run. `moderate services up`" in done.stdout


@pytest.mark.parametrize("name", [Name.PLATFORM_API, Name.RABBITMQ])
def test_a_killed_keeper_takes_its_server_along(
    stack: UsedStack, name: Name
) -> None:
    os.kill(stack.supervisor(name), signal.SIGKILL)
    eventually(lambda: not is_listening(stack.ports[name]))
    assert name not in running(stack.stack)


def test_what_a_database_holds_outlives_a_crash(stack: UsedStack) -> None:
    with connection(stack) as database:
        database.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
    os.kill(stack.supervisor(Name.POSTGRES), signal.SIGKILL)
    stack.up()
    with connection(stack) as database:
        assert database.execute("SELECT to_regclass('kept')").fetchone() == (
            "kept",
        )


def test_status_of_nothing_names_how_to_start(tmp_path: Path) -> None:
    done = UsedStack(Stack(tmp_path / ".env", tmp_path / "none")).moderate(
        "status"
    )
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "moderate services up" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_refuses_its_settings_is_not_healthy(
    stack: UsedStack, tmp_path: Path
) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        re.sub(
            r"(?m)^POSTGRES_PASSWORD=.*$",
            "POSTGRES_PASSWORD=another-password",
            stack.stack.dotenv.read_text(),
        )
    )
    other = replace(stack, stack=replace(stack.stack, dotenv=dotenv))
    found = other.statuses()[Name.POSTGRES]
    assert not found.healthy
    assert "POSTGRES_PASSWORD" in (found.error or "")


def test_a_port_that_another_program_has_is_named(
    taken_port: tuple[Path, int], tmp_path: Path
) -> None:
    dotenv, port = taken_port
    done = UsedStack(Stack(dotenv, tmp_path / "services")).moderate("up")
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert f"{PORTS[Name.S3]}={port}" in done.stderr
    assert "Traceback" not in done.stderr
