"""Measuring whole processes, by the operating system's own account."""

import os
import subprocess
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
KIBIBYTES_A_MEBIBYTE = 1024


@dataclass(frozen=True)
class Run:
    """What one run of a process took.

    Attributes:
        seconds: Wall-clock time of the process.
        processor_seconds: Time that all cores spent on it.
        mebibytes: The most memory that it held.
    """

    seconds: float
    processor_seconds: float
    mebibytes: float

    def cells(self) -> tuple[str, str, str]:
        """Returns the measures as a table shows them."""
        return (
            f"{self.seconds:.2f}",
            f"{self.processor_seconds:.2f}",
            f"{self.mebibytes:.0f}",
        )


def measure(
    command: Sequence[str],
    environment: Mapping[str, str],
    accepted: Collection[int] = (0,),
) -> Run:
    """Runs a process to its end.

    Args:
        command: The program and its arguments.
        environment: Its whole environment.
        accepted: The exit codes that are no failure.

    Returns:
        What it took.

    Raises:
        RuntimeError: It ended with another exit code.
    """
    started = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603  (this project's own code)
            command, cwd=ROOT, env=environment, stderr=log
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in accepted:
            log.seek(0)
            raise RuntimeError(
                f"{' '.join(command)} ended with {process.returncode}:\n"
                f"{log.read().decode(errors='replace')}"
            )
    return Run(
        seconds,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / KIBIBYTES_A_MEBIBYTE,
    )
