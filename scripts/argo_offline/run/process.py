"""Running one process under its supervisor."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT
from contextlib import suppress
from pathlib import Path

from argo_offline.run.container import CommandError, Process

_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_CHUNK = 65536
_RESULT_BYTES = 256 * 1024


class RunningProcess:
    """A process that was started, and everything that it starts."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        """Takes over a supervisor.

        Args:
            child: The supervisor.
        """
        self._child = child
        self._ended = asyncio.Event()

    @classmethod
    async def start(
        cls, process: Process, grace: float, *, capture: bool
    ) -> "RunningProcess":
        """Starts a process.

        Args:
            process: The process.
            grace: Seconds between SIGTERM and SIGKILL.
            capture: Whether standard output is read with ``output``.

        Returns:
            The running process.

        Raises:
            CommandError: The system refuses to start it.
        """
        with process.log.open("ab") as log:
            try:
                child = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-I",
                    "-S",
                    str(_SUPERVISOR),
                    str(grace),
                    *process.command,
                    stdin=PIPE,
                    stdout=PIPE if capture else log,
                    stderr=log if capture else STDOUT,
                    env=dict(process.environment),
                    cwd=process.directory,
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                raise CommandError(
                    f"CreateContainerError: {process.command[0]} cannot be "
                    f"started in {process.directory}: {error}"
                ) from None
        return cls(child)

    async def wait(self) -> int:
        """Waits for the end.

        Returns:
            The exit code.
        """
        code = await self._child.wait()
        self._ended.set()
        return code

    async def output(self, log: Path) -> str:
        """Reads standard output to its end, and copies it to the log.

        Args:
            log: The log.

        Returns:
            The last 256 KiB, without one newline at the end.
        """
        stream = self._child.stdout
        kept = b""
        with log.open("ab", buffering=0) as file:
            while stream and (chunk := await stream.read(_CHUNK)):
                file.write(chunk)
                kept = (kept + chunk)[-_RESULT_BYTES - 1 :]
        return kept.removesuffix(b"\n")[-_RESULT_BYTES:].decode(
            errors="replace"
        )

    def terminate(self) -> None:
        """Asks the process to end, and kills it after the grace period."""
        with suppress(ProcessLookupError):
            self._child.terminate()

    def kill(self) -> None:
        """Kills the process and everything that it started, at once."""
        if self._child.stdin:
            self._child.stdin.close()
