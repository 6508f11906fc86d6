"""The stack without containers: one supervisor in the background per service.

A service runs while its supervisor holds the lock on a file of its own; no
process id can be mistaken for it.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from checkout.paths import ROOT
from local_services.process import LOG_EXCERPT, is_listening
from local_services.stack.names import PORTS, Name, Stack
from local_services.waiting import wait_until
from steps.contract.errors import BadSettingsError, UnavailableError

MODULE = "local_services.stack.supervisor"
READY_SECONDS = 1_200.0
END_SECONDS = 30.0
ENTERED_BY_ALL = 0o711


@dataclass(frozen=True)
class Supervisor:
    """Where one supervisor leaves its traces.

    Attributes:
        name: Its service.
        folder: The stack's folder.
    """

    name: Name
    folder: Path

    @property
    def lock(self) -> Path:
        """Is locked while it runs, and holds its PID."""
        return self.folder / f"{self.name}.pid"

    @property
    def ready(self) -> Path:
        """Is there once its service serves."""
        return self.folder / f"{self.name}.ready"

    @property
    def log(self) -> Path:
        """Holds what it prints."""
        return self.folder / f"{self.name}.log"

    def free(self) -> IO[str] | None:
        """Takes its lock.

        Returns:
            The lock's file; None while the supervisor runs.
        """
        file = self.lock.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def is_running(self) -> bool:
        """Returns whether it runs."""
        if not self.lock.exists():
            return False
        file = self.free()
        if file is not None:
            file.close()
        return file is None

    def pid(self) -> int | None:
        """Returns its PID, while it runs."""
        return int(self.lock.read_text()) if self.is_running() else None

    def await_end(self) -> bool:
        """Waits until it has ended; returns whether it has."""
        return wait_until(lambda: not self.is_running(), END_SECONDS)


def running(stack: Stack) -> Mapping[Name, int]:
    """Returns which services run as processes.

    Args:
        stack: The stack.

    Returns:
        The numbers of their supervisors.
    """
    if not stack.folder.exists():
        return {}
    with _alone(stack.folder):
        found = {name: Supervisor(name, stack.folder).pid() for name in Name}
    return {name: pid for name, pid in found.items() if pid is not None}


def start(stack: Stack, values: Mapping[str, str]) -> None:
    """Starts what does not run yet; returns once all services serve.

    Args:
        stack: The stack.
        values: Its settings by variable name.

    Raises:
        BadSettingsError: A port is taken.
        UnavailableError: A service did not start.
    """
    stack.folder.mkdir(parents=True, exist_ok=True)
    stack.folder.chmod(ENTERED_BY_ALL)
    supervisors = [Supervisor(name, stack.folder) for name in Name]
    with _alone(stack.folder), ExitStack() as locks:
        free = {
            supervisor: locks.enter_context(lock)
            for supervisor in supervisors
            if (lock := supervisor.free())
        }
        _refuse_taken_ports([supervisor.name for supervisor in free], values)
        for supervisor, lock in free.items():
            _spawn(supervisor, lock, stack)
    for supervisor in supervisors:
        _await_ready(supervisor)


def stop(stack: Stack) -> list[Name]:
    """Ends every service that runs as a process.

    Args:
        stack: The stack.

    Returns:
        The services that have ended.
    """
    if not stack.folder.exists():
        return []
    supervisors = [Supervisor(name, stack.folder) for name in Name]
    with _alone(stack.folder):
        living = [
            (supervisor, pid)
            for supervisor in supervisors
            if (pid := supervisor.pid())
        ]
        for _, pid in living:
            os.kill(pid, signal.SIGTERM)
        for supervisor, pid in living:
            if not supervisor.await_end():
                os.kill(pid, signal.SIGKILL)
                supervisor.await_end()
        for supervisor in supervisors:
            supervisor.ready.unlink(missing_ok=True)
            supervisor.lock.unlink(missing_ok=True)
    return [supervisor.name for supervisor, _ in living]


def remove_data(stack: Stack) -> None:
    """Removes what ended services have stored, and their logs.

    Args:
        stack: The stack.
    """
    if stack.folder.exists():
        shutil.rmtree(stack.folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _refuse_taken_ports(names: list[Name], values: Mapping[str, str]) -> None:
    taken = [
        PORTS[name] for name in names if is_listening(int(values[PORTS[name]]))
    ]
    if taken:
        listed = ", ".join(f"{name}={values[name]}" for name in taken)
        raise BadSettingsError(
            f"Something else listens on ports of this machine: {listed}. End "
            "it, or choose other ports in the stack's `.env`."
        )


def _spawn(supervisor: Supervisor, lock: IO[str], stack: Stack) -> None:
    """Starts a supervisor, which holds the lock for as long as it runs."""
    supervisor.ready.unlink(missing_ok=True)
    with supervisor.log.open("w") as log:
        process = subprocess.Popen(  # noqa: S603  (this very program)
            [
                sys.executable,
                "-m",
                MODULE,
                supervisor.name,
                f"--folder={stack.folder.resolve()}",
                f"--env-file={stack.dotenv.resolve()}",
                f"--ready={supervisor.ready.resolve()}",
            ],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )
    lock.truncate(0)
    lock.write(str(process.pid))
    lock.flush()


def _await_ready(supervisor: Supervisor) -> None:
    wait_until(
        lambda: supervisor.ready.exists() or not supervisor.is_running(),
        READY_SECONDS,
    )
    if not (supervisor.ready.exists() and supervisor.is_running()):
        end = supervisor.log.read_text(errors="replace")[-LOG_EXCERPT:].strip()
        raise UnavailableError(
            f"{supervisor.name} did not start. Its log, {supervisor.log}, "
            f"ends:\n{end}"
        )
