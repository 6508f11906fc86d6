"""Errors that a step may end with, and the exit codes they stand for.

The codes follow sysexits.h and decide retries: the rendered ``retryStrategy``
repeats a step on ``TEMPORARY_FAILURE`` and on infrastructure errors only.
"""

from enum import IntEnum

from pydantic import BaseModel


class ExitCode(IntEnum):
    """Exit codes of a step (sysexits.h)."""

    DONE = 0
    WRONG_USE = 64
    BAD_DATA = 65
    BUG = 70
    TEMPORARY_FAILURE = 75
    BAD_SETTINGS = 78


class StepError(Exception):
    """An expected failure: one sentence for a person, no stack trace."""

    exit_code = ExitCode.BUG


class WrongUseError(StepError):
    """The step was called with arguments that it does not take."""

    exit_code = ExitCode.WRONG_USE


class BadDataError(StepError):
    """The input is at fault; repeating the step cannot help."""

    exit_code = ExitCode.BAD_DATA


class ItemsFailedError(BadDataError):
    """Some items have failed; what came of all of them is handed on.

    Attributes:
        outputs: The step's outputs, written although it fails.
    """

    def __init__(self, message: str, outputs: BaseModel) -> None:
        """Keeps the outputs.

        Args:
            message: One sentence for a person.
            outputs: The step's outputs.
        """
        super().__init__(message)
        self.outputs = outputs


class BadSettingsError(StepError):
    """A setting is missing, malformed or refused by its service."""

    exit_code = ExitCode.BAD_SETTINGS


class TemporaryError(StepError):
    """A service failed in a way that passes; the step is worth repeating."""

    exit_code = ExitCode.TEMPORARY_FAILURE
