"""Work in a forked process of its own, whose end affects no other."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

POLL_SECONDS = 0.2
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MEBIBYTE = 1024 * 1024
STANDARD_OUTPUT = 1
STANDARD_ERROR = 2


@dataclass(frozen=True)
class Limits:
    """What a piece of work may use.

    Attributes:
        seconds: The longest that it may take.
        memory_bytes: The most memory, with what it shares with its parent.
    """

    seconds: float
    memory_bytes: int


@dataclass(frozen=True)
class Ending:
    """How a piece of work has ended.

    Attributes:
        result: What it returned, None where it did not come to that.
        error: Why it did not; empty where it did.
    """

    result: str | None
    error: str = ""


def run_apart(work: Callable[[], str], limits: Limits, log: Path) -> Ending:
    """Runs work in a forked process, and sees that nothing is left of it.

    Args:
        work: What is to be done.
        limits: What it may use.
        log: Where its output goes: a new file, for the owner's eyes only.

    Returns:
        How it has ended.
    """
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    log.touch(mode=0o600)
    process = fork.Process(target=_in_child, args=(work, sender, log))
    process.start()
    sender.close()
    try:
        return _await(process, receiver, limits)
    finally:
        _end(process)
        receiver.close()


def _end(process: BaseProcess) -> None:
    """Ends a process and all that it has started."""
    if process.pid is not None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def _in_child(work: Callable[[], str], sender: Connection, log: Path) -> None:
    os.setsid()
    with log.open("ab") as output:
        os.dup2(output.fileno(), STANDARD_OUTPUT)
        os.dup2(output.fileno(), STANDARD_ERROR)
    sender.send(work())


def _await(
    process: BaseProcess, receiver: Connection, limits: Limits
) -> Ending:
    until = time.monotonic() + limits.seconds
    while time.monotonic() < until:
        if wait([receiver, process.sentinel], timeout=POLL_SECONDS):
            return _received(process, receiver)
        used = _memory(process.pid or 0)
        if used > limits.memory_bytes:
            return Ending(
                None,
                f"needed more than {limits.memory_bytes // MEBIBYTE} MiB of "
                "memory and was ended",
            )
    return Ending(
        None, f"took longer than {limits.seconds:.0f} s and was ended"
    )


def _received(process: BaseProcess, receiver: Connection) -> Ending:
    try:
        if receiver.poll():
            return Ending(str(receiver.recv()))
    except EOFError:
        pass
    process.join()
    return Ending(None, _crash(process.exitcode or 0))


def _crash(code: int) -> str:
    if code >= 0:
        return f"crashed (exit code {code})"
    name = signal.Signals(-code).name
    hint = " (out of memory?)" if name == "SIGKILL" else ""
    return f"crashed ({name}){hint}"


def _memory(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(pages) * PAGE_BYTES
