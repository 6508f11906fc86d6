"""Fixtures of the contract's tests."""

from pathlib import Path

import pytest

from tests.step_process import RunStep, StepRun, run_step

TOYS_PROGRAM = ("-m", "tests.contract.toys")


@pytest.fixture
def toy(tmp_path: Path) -> RunStep:
    """Runs a toy step as a process: arguments, then environment."""

    def run(*arguments: str, **environment: str) -> StepRun:
        folder = tmp_path / "outputs"
        return run_step(arguments, folder, environment, TOYS_PROGRAM)

    return run
