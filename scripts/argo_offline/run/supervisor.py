"""Runs one container's process and leaves nothing of it behind.

Started as ``python -I -S supervisor.py GRACE COMMAND…``, with standard input
a pipe that the runner holds open. The command gets a session of its own, and
everything that it starts belongs to this process once its parent is gone:
when the command has ended, or the pipe is closed, or the grace period after
a SIGTERM is over, all of it is killed. A closed pipe means that the runner
is gone, however it ended.

One of these starts per container, so it imports little: a few modules of the
standard library, and nothing of this package.
"""

import ctypes
import os
import select
import signal
import sys
import time

_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36
_SIGNAL_BASE = 128
_CANNOT_EXECUTE = 126
_WAKE_BYTES = 64
_STDIN = 0
# Python ignores them, and a program would inherit that.
_IGNORED = (signal.SIGPIPE, signal.SIGXFSZ)


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
    process = os.fork()
    if not process:
        _become(command)
    status = _wait(process, wake, grace)
    if status is None:
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
    _kill_orphans()
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else _SIGNAL_BASE - code


def _become(command: list[str]) -> None:
    try:
        os.setsid()
        _control(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), _STDIN)
        for number in (*_IGNORED, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError as error:
        os.write(sys.stderr.fileno(), f"{command[0]}: {error}\n".encode())
    finally:
        os._exit(_CANNOT_EXECUTE)


def _wait(process: int, wake: int, grace: float) -> int | None:
    """Waits for the command."""
    end: float | None = None
    while end is None or time.monotonic() < end:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return status
        left = None if end is None else max(end - time.monotonic(), 0)
        ready, _, _ = select.select([_STDIN, wake], [], [], left)
        if _STDIN in ready and not os.read(_STDIN, 1):
            return None
        if wake in ready and signal.SIGTERM in os.read(wake, _WAKE_BYTES):
            _terminate(process)
            end = end or time.monotonic() + grace
    return None


def _terminate(group: int) -> None:
    try:
        os.killpg(group, signal.SIGTERM)
    except ProcessLookupError:
        return


def _note(_signal: int, _frame: object) -> None:
    """Does nothing: the wake-up pipe has the signal."""


def _control(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _kill_orphans() -> None:
    while children := _children():
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)


def _children() -> list[int]:
    own = str(os.getpid())
    return [
        int(name)
        for name in os.listdir("/proc")  # noqa: PTH208 - starts faster
        if name.isdecimal() and _parent(name) == own
    ]


def _parent(process: str) -> str:
    try:
        with open(f"/proc/{process}/stat", "rb") as stat:  # noqa: PTH123
            text = stat.read()
    except OSError:
        return ""
    return text.rpartition(b")")[2].split()[1].decode()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
