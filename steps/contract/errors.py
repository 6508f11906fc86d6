"""The errors that are expected, as one tree, and their exit codes.

The codes follow sysexits.h. They decide retries: the rendered
``retryStrategy`` repeats a step on ``TEMPORARY_FAILURE`` and on failures of
the infrastructure only.
"""

from enum import IntEnum

from pydantic import BaseModel


class ExitCode(IntEnum):
    """Exit codes of steps and of the command ``moderate``.

    Attributes:
        DONE: It is done, and all is well.
        FAILED: It is done, and something is not well: a run has failed, lint
            has found something, a file is out of date. Steps never use it.
        PARTIAL: It is done, but for parts of some items. Steps use it for
            themselves, and `moderate run` where nothing else has failed.
        WRONG_USE: It was called with arguments that it does not take.
        BAD_DATA: The input is at fault; repeating cannot help.
        UNAVAILABLE: A program of this machine is missing.
        BUG: A fault of the code itself; the only one with a stack trace.
        FILE_FAULT: A file of this machine could not be read or written.
        TEMPORARY_FAILURE: A service failed in a way that passes.
        NO_PERMISSION: The cluster refuses this account.
        BAD_SETTINGS: A setting is missing, malformed or refused.
        STOPPED: Ctrl-C or SIGTERM ended it.
    """

    DONE = 0
    FAILED = 1
    PARTIAL = 3
    WRONG_USE = 64
    BAD_DATA = 65
    UNAVAILABLE = 69
    BUG = 70
    FILE_FAULT = 74
    TEMPORARY_FAILURE = 75
    NO_PERMISSION = 77
    BAD_SETTINGS = 78
    STOPPED = 130


class ModerateError(Exception):
    """An expected failure: what happened, and what to do; no stack trace."""

    exit_code = ExitCode.FAILED


class WrongUseError(ModerateError):
    """A step or command was called with arguments that it does not take."""

    exit_code = ExitCode.WRONG_USE


class BadDataError(ModerateError):
    """The input is at fault; repeating cannot help."""

    exit_code = ExitCode.BAD_DATA


class ItemsFailedError(BadDataError):
    """Some items have failed; the outputs of all of them are kept.

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


class ItemsPartialError(ItemsFailedError):
    """No item has failed, but parts of some have; all outputs are kept."""

    exit_code = ExitCode.PARTIAL


class UnavailableError(ModerateError):
    """A program of this machine is missing."""

    exit_code = ExitCode.UNAVAILABLE


class TemporaryError(ModerateError):
    """A service failed in a way that passes; it is worth repeating."""

    exit_code = ExitCode.TEMPORARY_FAILURE


class NoPermissionError(ModerateError):
    """The cluster refuses this account."""

    exit_code = ExitCode.NO_PERMISSION


class BadSettingsError(ModerateError):
    """A setting is missing, malformed or refused by its service."""

    exit_code = ExitCode.BAD_SETTINGS
