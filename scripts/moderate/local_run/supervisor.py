"""Runs one container's process and leaves nothing of it behind.

Started as ``python -I -S supervisor.py GRACE COMMAND…``, with standard input
a pipe that the runner holds open. The command gets a session of its own, and
everything that it starts belongs to this process once its parent is gone:
when the command has ended, or the pipe is closed, or the grace period after
a SIGTERM is over, all of it is killed. A closed pipe means that the runner
is gone, however it ended.

It imports the standard library alone, because it runs outside of any
environment.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36
_SIGNAL_BASE = 128
_WAKE_BYTES = 64
_STDIN = 0


def main(grace: float, command: list[str]) -> int:
    """Runs the command.

    Args:
        grace: Seconds between SIGTERM and SIGKILL.
        command: Program and arguments.

    Returns:
        The command's exit code; 128 plus the signal that ended it.
    """
    _control(_SET_CHILD_SUBREAPER, 1)
    wake, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGCHLD, _note)
    signal.signal(signal.SIGTERM, _note)
    process = subprocess.Popen(  # noqa: S603 - the container's own command
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - one thread only
    )
    try:
        _wait(process, wake, grace)
    finally:
        process.kill()
        code = process.wait()
        _kill_orphans()
    return code if code >= 0 else _SIGNAL_BASE - code


def _wait(process: "subprocess.Popen[bytes]", wake: int, grace: float) -> None:
    end: float | None = None
    while process.poll() is None:
        left = None if end is None else max(end - time.monotonic(), 0)
        ready, _, _ = select.select([_STDIN, wake], [], [], left)
        if _STDIN in ready and not os.read(_STDIN, 1):
            return
        if wake in ready and signal.SIGTERM in os.read(wake, _WAKE_BYTES):
            _signal_group(process.pid, signal.SIGTERM)
            end = end or time.monotonic() + grace
        if end is not None and time.monotonic() >= end:
            return


def _note(_signal: int, _frame: object) -> None:
    """Does nothing: the wake-up pipe has the signal."""


def _die_with_parent() -> None:
    _control(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _control(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _kill_orphans() -> None:
    while children := _children():
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)


def _children() -> list[int]:
    """Lists the processes whose parent is this one."""
    own = str(os.getpid())
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(errors="replace")
        except OSError:
            continue
        if text.rpartition(")")[2].split()[1] == own:
            found.append(int(stat.parent.name))
    return found


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
