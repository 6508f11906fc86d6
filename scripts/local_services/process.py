"""Server processes that end with their parent."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from local_services.waiting import wait_until
from steps.contract.errors import UnavailableError

PR_SET_PDEATHSIG = 1
OTHERS_MAY_ENTER = 0o001
LOOPBACK = "127.0.0.1"
READY_SECONDS = 60
STOP_SECONDS = 10
LOG_EXCERPT = 2_000

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class User:
    """An account of this machine.

    Attributes:
        uid: Its number.
        gid: The number of its group.
    """

    uid: int
    gid: int


def unprivileged_user() -> User | None:
    """Returns whom to become for programs that refuse to run as root.

    Returns:
        The account ``nobody`` when this process is root's, None otherwise.
    """
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return User(nobody.pw_uid, nobody.pw_gid)


def all_may_enter(folder: Path) -> bool:
    """Returns whether every account of this machine can reach a folder.

    Args:
        folder: The folder.

    Returns:
        Whether it can be entered, and each folder above it.
    """
    return all(
        one.stat().st_mode & OTHERS_MAY_ENTER
        for one in (folder, *folder.parents)
    )


@contextmanager
def home_of(name: str, folder: Path, user: User | None) -> Iterator[Path]:
    """Makes a folder that a server's account can use.

    Args:
        name: What the server's folder is called.
        folder: Where it goes, and where it stays: a later server goes on
            with what is in it.
        user: Whom the server runs as; the current user where None.

    Yields:
        The folder, or a temporary one where the account could not reach it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if user is None or all_may_enter(folder):
        home = folder / name
        home.mkdir(parents=True, exist_ok=True)
        yield home
        return
    with TemporaryDirectory(prefix=f"{name}-") as temporary:
        yield Path(temporary)


def free_port(host: str = LOOPBACK) -> int:
    """Returns a TCP port that is free.

    Args:
        host: An address of this machine.

    Returns:
        The port's number.
    """
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def is_listening(port: int, host: str = LOOPBACK) -> bool:
    """Returns whether a TCP port answers.

    Args:
        port: The port.
        host: An address of this machine.

    Returns:
        Whether a connection was accepted.
    """
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


@contextmanager
def server(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    ready: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
    user: User | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    ready_seconds: float = READY_SECONDS,
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a server for the length of a ``with`` block.

    The kernel ends the server when the thread that started it ends, so that
    none is left behind even when this process is killed.

    Args:
        name: What to call it in errors.
        command: The program and its arguments.
        log: The file for what it prints.
        ready: Returns whether it serves.
        environment: Its whole environment; this process's where None.
        user: Whom to run it as; the current user where None.
        stop_signal: The signal that ends it.
        ready_seconds: The longest that it may take to be ready.

    Yields:
        The process, once it is ready.

    Raises:
        UnavailableError: It ended or was not ready in time; has the log's end.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  (commands of this project)
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=log.parent,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509  (nothing else can)
        )
    try:
        _await_ready(name, process, ready, log, ready_seconds)
        yield process
    finally:
        _stop(process, stop_signal)


def _end_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _await_ready(
    name: str,
    process: subprocess.Popen[bytes],
    ready: Callable[[], bool],
    log: Path,
    seconds: float,
) -> None:
    wait_until(lambda: ready() or process.poll() is not None, seconds)
    if not ready():
        end = log.read_text(errors="replace")[-LOG_EXCERPT:]
        raise UnavailableError(f"{name} did not start. Its log ends:\n{end}")


def _stop(
    process: subprocess.Popen[bytes], stop_signal: signal.Signals
) -> None:
    process.send_signal(stop_signal)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
