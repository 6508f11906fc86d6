"""The demos end with a report and leave nothing behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from checkout.paths import ROOT
from steps.contract.errors import ExitCode
from tests.relay.waiting import eventually

pytestmark = pytest.mark.services

MODERATE = Path(sys.executable).with_name("moderate")
MARK = "moderate-demo-"
SECONDS = 240
WHOLE_SECONDS = 900
ENTERED_BY_ALL = 0o711
ONE_DEMO = ("--only", "matrix-profile")


def demo(*options: str, **environment: str) -> subprocess.Popen[str]:
    """Starts the demos."""
    return subprocess.Popen(
        [MODERATE, "demo", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        start_new_session=True,
        env={**os.environ, **environment},
    )


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Makes a temporary folder that the demo's servers may enter."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(ENTERED_BY_ALL)
        yield folder


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A temporary folder of a demo's own: others may run meanwhile."""
    with temporary_folder() as folder:
        yield folder


def left_behind(folder: Path) -> list[str]:
    """Lists the processes of the demos whose temporary folder this is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if f"{folder}/{MARK}" in command:
            found.append(command)
    return found


def await_line(process: subprocess.Popen[str], text: str) -> None:
    """Waits until the demo prints a text."""
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    pytest.fail(f"the demo never printed {text!r}")


@pytest.fixture(scope="module")
def printed() -> str:
    """What all demos print."""
    with temporary_folder() as folder:
        process = demo(TMPDIR=str(folder))
        output, _ = process.communicate(timeout=WHOLE_SECONDS)
        assert process.returncode == 0, output
        eventually(lambda: left_behind(folder) == [], SECONDS)
    return output


@pytest.mark.timeout(WHOLE_SECONDS)
def test_the_demo_makes_a_report_that_is_there(printed: str) -> None:
    report = re.search(r"^\s*(/.*report\.html)$", printed, re.MULTILINE)
    assert report
    assert "<html" in Path(report[1]).read_text()


@pytest.mark.timeout(WHOLE_SECONDS)
def test_the_demo_brings_a_repository_once(printed: str) -> None:
    assert "The same again: 2 of 2 files are there" in printed


@pytest.mark.timeout(WHOLE_SECONDS)
@pytest.mark.parametrize(
    "service",
    [
        "platform-postgres-stock",
        "platform-postgres-meters",
        "platform-postgres-weather",
        "platform-datalake-sites",
        "platform-datalake-tariffs",
    ],
)
def test_the_demo_prints_the_catalog(printed: str, service: str) -> None:
    assert service in printed


def test_the_demos_that_ran_are_listed_at_the_end(printed: str) -> None:
    last = printed.strip().splitlines()[-1]
    assert last == (
        "Demos run: matrix-profile, datasets, catalog. Left out: none."
    )


def test_a_demo_without_its_program_is_left_out_and_named() -> None:
    process = demo("--only", "datasets", PATH="/nowhere")
    output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == ExitCode.DONE
    assert output.strip() == (
        "Demos run: none. Left out: datasets needs git: apt-get install git."
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["Uploaded", "compute(0)", "onExit"])
def test_a_stopped_demo_leaves_no_process(
    number: signal.Signals, moment: str, temporary: Path
) -> None:
    process = demo(*ONE_DEMO, TMPDIR=str(temporary))
    await_line(process, moment)
    process.send_signal(number)
    process.communicate(timeout=SECONDS)
    eventually(lambda: left_behind(temporary) == [], SECONDS)


def test_a_killed_demo_leaves_no_process(temporary: Path) -> None:
    process = demo(*ONE_DEMO, TMPDIR=str(temporary))
    await_line(process, "compute(0)")
    process.kill()
    process.communicate(timeout=SECONDS)
    eventually(lambda: left_behind(temporary) == [], SECONDS)


def test_a_demo_that_there_is_not_is_refused_before_anything_starts() -> None:
    process = demo("--only", "matrix")
    output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == ExitCode.WRONG_USE
    assert "There is no demo 'matrix'. There are: matrix-profile" in output
