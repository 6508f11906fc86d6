"""A child's crash, hang or leak ends that child, and nothing is left of it."""

import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from steps.catalog.child import MEBIBYTE, Ending, Limits, run_apart
from tests.relay.waiting import eventually

PLENTY = Limits(seconds=30, memory_bytes=2048 * MEBIBYTE)
SOON = Limits(seconds=0.5, memory_bytes=PLENTY.memory_bytes)


def crash() -> str:
    """End as a defect in C code would, without pytest's account of it."""
    faulthandler.disable()
    os.kill(os.getpid(), signal.SIGSEGV)
    return ""


def leave() -> str:
    """End without an error."""
    os._exit(7)


def fail() -> str:
    """Raise."""
    raise RuntimeError("a defect")


def hang() -> str:
    """Do nothing, and ignore the signal to stop."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)
    return ""


def leak() -> str:
    """Take more and more memory."""
    taken = []
    while True:
        taken.append(bytearray(16 * MEBIBYTE))
        time.sleep(0.01)


def start_another() -> str:
    """Start a process that outlives this one, and print its number."""
    sleeper = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"]
    )
    return str(sleeper.pid)


def is_running(pid: int) -> bool:
    """Return whether a process runs, and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except FileNotFoundError:
        return False
    return state.split()[0] != "Z"


def run(work: Callable[[], str], log: Path, limits: Limits = PLENTY) -> Ending:
    """Run work apart."""
    return run_apart(work, limits, log / "log")


def test_a_result_comes_back(tmp_path: Path) -> None:
    assert run(lambda: "ü" * 1_000_000, tmp_path).result == "ü" * 1_000_000


@pytest.mark.parametrize(
    ("work", "limits", "error"),
    [
        (crash, PLENTY, "crashed (SIGSEGV)"),
        (leave, PLENTY, "crashed (exit code 7)"),
        (fail, PLENTY, "crashed (exit code 1)"),
        (hang, SOON, "took longer than 0 s and was ended"),
        (
            leak,
            Limits(30, 256 * MEBIBYTE),
            "needed more than 256 MiB of memory and was ended",
        ),
    ],
    ids=["crash", "exit", "exception", "hang", "leak"],
)
def test_an_end_is_reported(
    work: Callable[[], str], limits: Limits, error: str, tmp_path: Path
) -> None:
    assert run(work, tmp_path, limits) == Ending(None, error)


@pytest.mark.parametrize("work", [crash, hang, leak, fail])
def test_the_next_one_is_not_harmed(
    work: Callable[[], str], tmp_path: Path
) -> None:
    run_apart(work, SOON, tmp_path / "first")
    assert run_apart(lambda: "fine", PLENTY, tmp_path / "second").result


def test_no_child_is_left(tmp_path: Path) -> None:
    run(hang, tmp_path, SOON)
    assert multiprocessing.active_children() == []


def test_what_a_child_has_started_ends_with_it(tmp_path: Path) -> None:
    started = run(start_another, tmp_path).result
    assert started
    eventually(lambda: not is_running(int(started)))


def test_a_thread_that_does_not_end_blocks_no_other(tmp_path: Path) -> None:
    def work() -> str:
        import threading

        threading.Thread(target=time.sleep, args=(600,)).start()
        return "done"

    started = time.monotonic()
    assert run(work, tmp_path).result == "done"
    assert time.monotonic() - started < PLENTY.seconds


def test_all_output_goes_to_the_log(tmp_path: Path) -> None:
    def work() -> str:
        os.write(1, b"from C\n")
        os.write(2, b"an error\n")
        return ""

    run(work, tmp_path)
    assert (tmp_path / "log").read_text() == "from C\nan error\n"


def test_no_other_user_can_read_the_log(tmp_path: Path) -> None:
    run(fail, tmp_path)
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0


def test_what_a_child_changes_stays_with_it(tmp_path: Path) -> None:
    known = ["before"]

    def work() -> str:
        known.append("changed")
        return ""

    run(work, tmp_path)
    assert known == ["before"]
