"""A dead event is shown, kept, and makes its workflow fail."""

import pytest

from steps.contract.errors import ExitCode
from steps.contract.wire import encode
from tests.hostile import hostile
from tests.step_process import RunStep, StepRun

NAME = "dead-letter-show"


@pytest.fixture
def shown(step: RunStep) -> StepRun:
    """What showing an event leaves."""
    event = encode('{"body": {"job_id": "42"}}')
    return step(NAME, "--sensor=matrix-profile", f"--event={event}")


def test_an_event_that_is_shown_is_a_failure(shown: StepRun) -> None:
    assert shown.exit_code == ExitCode.BAD_DATA


def test_the_event_is_in_the_log(shown: StepRun) -> None:
    assert "job_id" in shown.stderr


def test_the_log_names_what_to_do(shown: StepRun) -> None:
    assert "`moderate dead-letter replay`" in shown.stderr


@hostile
def test_an_event_is_one_line_of_the_log(step: RunStep, hostile: str) -> None:
    run = step(NAME, "--sensor=s", f"--event={encode(hostile)}")
    assert len(run.stderr.splitlines()) == 2
