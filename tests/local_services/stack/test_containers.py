"""The commands with Compose, which a program on the path stands for.

The stack's processes stand for the containers.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.local_services.stack.conftest import (
    FIRST_START_SECONDS,
    MODERATE,
    UsedStack,
)
from tests.step_process import ROOT

pytestmark = pytest.mark.timeout(FIRST_START_SECONDS)
RECORDER = '#!/bin/sh\necho "$@" >>"${CALLS}"\n'


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with a Docker that only records how it was called."""
    file = tmp_path / "programs/docker"
    file.parent.mkdir()
    file.write_text(RECORDER)
    file.chmod(0o755)
    return file.parent


def moderate(
    stack: UsedStack, programs: Path, *arguments: str
) -> tuple[int, list[str]]:
    """Run a command; return its exit code and Docker's calls."""
    calls = programs / "calls"
    done = subprocess.run(
        [
            MODERATE,
            "services",
            *arguments,
            f"--env-file={stack.stack.dotenv}",
            f"--folder={programs / 'none'}",
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
        env={
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "CALLS": str(calls),
            "SERVICES_WITH": "compose",
        },
    )
    return done.returncode, calls.read_text().splitlines()


def test_up_starts_containers_and_returns_once_all_answer(
    stack: UsedStack, programs: Path
) -> None:
    code, calls = moderate(stack, programs, "up")
    assert code == 0
    assert calls[-1].endswith("up --detach --build")


def test_up_keeps_a_token_that_the_catalog_takes(
    stack: UsedStack, programs: Path
) -> None:
    before = stack.stack.dotenv.read_bytes()
    moderate(stack, programs, "up")
    assert stack.stack.dotenv.read_bytes() == before


def test_down_removes_containers_and_keeps_their_data(
    stack: UsedStack, programs: Path
) -> None:
    code, calls = moderate(stack, programs, "down")
    assert code == 0
    assert calls[-1].endswith(" down")


def test_down_with_data_removes_the_volumes_too(
    stack: UsedStack, programs: Path
) -> None:
    _, calls = moderate(stack, programs, "down", "--data")
    assert calls[-1].endswith(" down --volumes")
