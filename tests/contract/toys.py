"""Small steps that do one thing each: ``python -m tests.contract.toys``."""

import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from steps import registry
from steps.contract import process
from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    ItemsFailedError,
    ModerateError,
    TemporaryError,
    WrongUseError,
)
from steps.contract.outputs import LARGEST_OUTPUT_BYTES
from steps.contract.settings import ServiceSettings
from steps.contract.step import step
from steps.contract.wire import Encoded

ERRORS: dict[str, type[ModerateError]] = {
    error.__name__: error
    for error in (
        BadDataError,
        BadSettingsError,
        ModerateError,
        TemporaryError,
        WrongUseError,
    )
}


FILE_EVENTS = {"open", "os.mkdir", "os.chmod", "os.rename", "os.scandir"}


class LockSettings(ServiceSettings):
    """A door's lock."""

    service: ClassVar[str] = "lock"

    lock_url: str = Field(
        description="the URL of the lock",
        examples=["https://lock.example.org"],
        min_length=8,
    )
    lock_secret: SecretStr = Field(
        description="the lock's secret", examples=["open-sesame"]
    )


class BellSettings(ServiceSettings):
    """A door's bell."""

    service: ClassVar[str] = "bell"

    bell_volume: int = Field(
        description="how loud it rings", examples=["11"], gt=0
    )


class Values(BaseModel):
    """One field of each kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = ""
    hidden: Encoded = ""
    choice: Literal["a", "b"] = "a"
    number: int = 0
    share: float = 0.0
    yes: bool = False
    names: list[str] = Field(default_factory=list)
    table: dict[str, int] = Field(default_factory=dict)
    maybe: str | None = None
    day: date = date(2026, 11, 1)


class ErrorInputs(BaseModel):
    """Which error to end with."""

    name: str = ""
    text: str = ""


class Nothing(BaseModel):
    """No fields."""


class KilledInputs(BaseModel):
    """How many file operations to survive."""

    operations: int


class Two(BaseModel):
    """Two fields."""

    first: str = "1"
    second: str = "2"


class ArgumentsInputs(BaseModel):
    """A required number."""

    number: int


@step("echo")
def echo(inputs: Values) -> Values:
    """Returns its inputs."""
    return inputs


@step("partly")
def partly(inputs: ErrorInputs) -> Two:
    """Fails, and reports all items."""
    raise ItemsFailedError(inputs.text, Two(second="{{=1+1}}"))


@step("fail")
def fail(inputs: ErrorInputs) -> Two:
    """Ends with the named error."""
    raise ERRORS[inputs.name](inputs.text)


@step("crash")
def crash(inputs: ErrorInputs, lock: LockSettings) -> Two:
    """Ends with a bug whose trace holds the secret."""
    raise RuntimeError(inputs.text + lock.lock_secret.get_secret_value())


@step("leave")
def leave(inputs: ErrorInputs, lock: LockSettings, bell: BellSettings) -> Two:
    """Leaves a mark in the working folder."""
    Path(inputs.text).touch()
    return Two(first=f"{lock.lock_url}", second=f"{bell.bell_volume}")


@step("spare")
def spare(_: Nothing, lock: LockSettings | BadSettingsError) -> Two:
    """Does without a lock."""
    return Two(first=type(lock).__name__, second=str(lock))


@step("large")
def large(_: Nothing) -> Two:
    """Returns too much."""
    return Two(second="x" * (LARGEST_OUTPUT_BYTES + 1))


@step("killed")
def killed(inputs: KilledInputs) -> Two:
    """Is killed in the middle of its file operations."""
    left = [None] * inputs.operations

    def kill(event: str, _: tuple[Any, ...]) -> None:
        if event in FILE_EVENTS and left:
            left.pop()
        elif event in FILE_EVENTS:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill)
    return Two()


NAMES = (
    "echo",
    "fail",
    "partly",
    "crash",
    "leave",
    "spare",
    "large",
    "killed",
)


def main() -> int:
    """Runs a toy as ``python -m steps`` runs a step."""
    registry.STEPS = {name: f"{__name__}:{name}" for name in NAMES}
    return process.run_step(sys.argv[1], sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
