"""A step is a typed function; what it needs is read from its types."""

import pytest

from steps.contract.step import Resources, Retry, Step
from tests.contract.toys import (
    BellSettings,
    ErrorInputs,
    LockSettings,
    Two,
    leave,
    spare,
)
from tests.step_process import RunStep

SECRET = "sesame-0pen"
LOCK = {"LOCK_URL": "https://lock.example.org", "LOCK_SECRET": SECRET}


def test_inputs_and_outputs_are_read_from_the_annotations() -> None:
    assert (leave.inputs, leave.outputs) == (ErrorInputs, Two)


def test_settings_are_read_from_the_annotations() -> None:
    assert leave.settings == {"lock": LockSettings, "bell": BellSettings}


def test_settings_that_a_step_can_do_without_are_marked() -> None:
    assert spare.settings == {"lock": LockSettings}
    assert spare.optional_settings == frozenset({"lock"})
    assert not leave.optional_settings


@pytest.mark.parametrize("one", [leave, spare], ids=["leave", "spare"])
def test_a_step_has_resources_retries_and_a_deadline(
    one: Step[ErrorInputs, Two],
) -> None:
    assert one.resources == Resources()
    assert one.retry == Retry()
    assert one.deadline_seconds > 0


def test_a_step_runs_without_settings_that_it_can_do_without(
    toy: RunStep,
) -> None:
    outputs = toy("spare").outputs
    assert outputs["first"] == "BadSettingsError"
    assert "LOCK_URL: is missing" in outputs["second"]


def test_a_step_gets_settings_that_it_could_do_without(toy: RunStep) -> None:
    assert toy("spare", **LOCK).outputs["first"] == "LockSettings"


def test_settings_as_text_hide_their_secrets(toy: RunStep) -> None:
    assert SECRET not in toy("spare", **LOCK).everything
