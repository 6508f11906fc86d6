"""What is left of a pod when its process has ended."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from argo_offline.run.container import Process
from argo_offline.run.kubelet import termination_message

EXECUTOR_FAILURE: Final = 64
# What Argo's executor writes into the log of a container that fails.
_EXECUTOR_LOG: Final = (
    'time="{time}" level=info msg="sub-process exited" argo=true '
    'error="<nil>"\nError: exit status {code}\n'
)
_PROGRESS = re.compile(r"(\d+)/(\d+)")


def failure_message(process: Process, code: int) -> str:
    """Explains a process that failed, as Argo does.

    Args:
        process: The process.
        code: Its exit code.

    Returns:
        The node's message.
    """
    message = f"main: Error (exit code {code})"
    if not process.log_as_message:
        return message
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    log = (
        process.log.read_bytes()
        + _EXECUTOR_LOG.format(
            time=now.replace("+00:00", "Z"), code=code
        ).encode()
    )
    return f"{message}: {termination_message(log)}"


def read_outputs(process: Process) -> tuple[dict[str, str], str]:
    """Reads the output parameters of a process.

    Args:
        process: The process.

    Returns:
        Values by name, and what is missing; empty when nothing is.
    """
    values: dict[str, str] = {}
    for output in process.outputs:
        try:
            text = output.file.read_bytes().decode(errors="replace")
        except OSError as error:
            if output.default is None:
                return values, (
                    f"wait: Error (exit code {EXECUTOR_FAILURE}): open "
                    f"/mainctrfs{output.path}: {str(error.strerror).lower()}"
                )
            text = output.default
        values[output.name] = text.removesuffix("\n")
    return values, ""


def read_progress(path: Path) -> str:
    """Reads the last line of a progress file.

    Args:
        path: The file.

    Returns:
        ``N/M``; empty when there is none.
    """
    try:
        lines = path.read_text(errors="replace").split()
    except FileNotFoundError:
        return ""
    match = _PROGRESS.fullmatch(lines[-1]) if lines else None
    if match is None or not int(match[2]) or int(match[1]) > int(match[2]):
        return ""
    return match.group()
