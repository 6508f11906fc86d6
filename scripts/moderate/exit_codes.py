"""What the tool's exit codes mean, to scripts as to people."""

from enum import IntEnum

from steps.contract.errors import ExitCode as StepExitCode


class ExitCode(IntEnum):
    """Exit codes of ``moderate``; beyond 1 they follow sysexits.h.

    A step's own codes are among them, with the same meaning.

    Attributes:
        DONE: What was asked for is done, and all is well.
        NOT_WELL: It is done, and something is not well: a run has failed,
            lint has found something, a file is out of date.
        WRONG_USE: The command was called in a way that it does not take.
        BAD_DATA: What it was given, or has found, is at fault.
        UNAVAILABLE: A program or a service of this machine is missing.
        BUG: A fault of the tool itself; the only one with a stack trace.
        FILE_FAULT: A file of this machine could not be read or written.
        TEMPORARY_FAILURE: A service did not answer; it may pass by itself.
        NO_PERMISSION: The cluster does not let this account do it.
        BAD_SETTINGS: A setting is missing, malformed or refused.
        STOPPED: Somebody stopped it, with Ctrl-C or SIGTERM.
    """

    DONE = StepExitCode.DONE
    NOT_WELL = 1
    WRONG_USE = StepExitCode.WRONG_USE
    BAD_DATA = StepExitCode.BAD_DATA
    UNAVAILABLE = 69
    BUG = StepExitCode.BUG
    FILE_FAULT = 74
    TEMPORARY_FAILURE = StepExitCode.TEMPORARY_FAILURE
    NO_PERMISSION = 77
    BAD_SETTINGS = StepExitCode.BAD_SETTINGS
    STOPPED = 130
