"""The processes of this machine, as the kernel lists them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A running process.

    Attributes:
        pid: Its number.
        session: The number of its session.
        uid: Whom it runs as.
        command: Its command line.
    """

    pid: int
    session: int
    uid: int
    command: str


def running() -> Iterator[Process]:
    """Yield all running processes."""
    for folder in PROC.glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
            uid = folder.stat().st_uid
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state[0] != "Z":
            yield Process(
                int(folder.name), int(state[3]), uid, command.decode()
            )


def serving(port: str) -> list[Process]:
    """Return the server of a port and all that it has started."""
    sessions = {
        process.session
        for process in running()
        if f":{port} " in process.command or f"port={port} " in process.command
    }
    return in_sessions(sessions)


def in_sessions(sessions: set[int]) -> list[Process]:
    """Return the processes of sessions."""
    return [one for one in running() if one.session in sessions]
