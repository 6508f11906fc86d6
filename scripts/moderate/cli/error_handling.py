"""Exit code handling, and errors as one line."""

import sys
import traceback
from collections.abc import Callable, Mapping
from types import MappingProxyType

import typer
from rich.console import Console
from rich.markup import escape
from typer.exceptions import TyperException

from argo_offline.errors import LocalRunError
from steps.contract.errors import ExitCode, ModerateError

EXPECTED: Mapping[type[Exception], ExitCode] = MappingProxyType(
    {
        LocalRunError: ExitCode.BAD_DATA,
        BrokenPipeError: ExitCode.FAILED,
    }
)


def exit_code_of(run: Callable[[], object]) -> int:
    """Runs the tool; expected errors end it without a stack trace.

    Args:
        run: Runs a command; what it returns is an exit code, or nothing.

    Returns:
        The exit code.
    """
    try:
        code = run()
    except (KeyboardInterrupt, typer.Abort):
        code = ExitCode.STOPPED
    except TyperException as error:
        return _wrong_use(error)
    except Exception as error:
        return _failure(error)
    if code == ExitCode.STOPPED:
        _errors().print("stopped")
    return code if isinstance(code, int) else ExitCode.DONE


def _failure(error: Exception) -> ExitCode:
    for kind, code in EXPECTED.items():
        if isinstance(error, kind):
            return _printed(str(error), code)
    if isinstance(error, ModerateError):
        return _printed(str(error), ExitCode(error.exit_code))
    if isinstance(error, OSError) and error.filename is not None:
        return _printed(
            f"{error.filename}: {error.strerror}.", ExitCode.FILE_FAULT
        )
    traceback.print_exception(error, file=sys.stderr)
    return _printed(
        "this is a bug in `moderate`. Report it with the lines above.",
        ExitCode.BUG,
    )


def _wrong_use(error: TyperException) -> ExitCode:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    if message and context is not None:
        message = (
            f"{message.rstrip('.')}. See `{context.command_path} --help`."
        )
    return _printed(message, ExitCode.WRONG_USE)


def _printed(message: str, code: ExitCode) -> ExitCode:
    if message:
        _errors().print(
            f"[bold red]error:[/] {escape(message)}", soft_wrap=True
        )
    return code


def _errors() -> Console:
    return Console(stderr=True, highlight=False)
