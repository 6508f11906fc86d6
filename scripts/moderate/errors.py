"""What the command-line tool tells a person when it cannot go on."""

from moderate.exit_codes import ExitCode


class ToolError(Exception):
    """An expected failure: what happened, and what to do next."""

    exit_code = ExitCode.NOT_WELL


class WrongUseError(ToolError):
    """The command was called in a way that it does not take."""

    exit_code = ExitCode.WRONG_USE


class BadDataError(ToolError):
    """What the command was given, or has found, is at fault."""

    exit_code = ExitCode.BAD_DATA


class UnavailableError(ToolError):
    """A program of this machine is missing."""

    exit_code = ExitCode.UNAVAILABLE


class UnreachableError(ToolError):
    """A service did not answer; it may pass by itself."""

    exit_code = ExitCode.TEMPORARY_FAILURE


class NoPermissionError(ToolError):
    """The cluster does not let this account do it."""

    exit_code = ExitCode.NO_PERMISSION


class BadSettingsError(ToolError):
    """A setting is missing, malformed or refused."""

    exit_code = ExitCode.BAD_SETTINGS
