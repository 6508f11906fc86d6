"""The relay as its container runs it: a process with an environment."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from local_services.process import LOOPBACK, free_port
from tests.relay.waiting import eventually
from tests.step_process import ROOT

STOP_SECONDS = 60


@dataclass(frozen=True)
class Relay:
    """A running relay.

    Attributes:
        process: Its process.
        port: The port of its probes.
        log: The file of its log.
    """

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def probe(self, path: str) -> httpx.Response:
        """Ask a probe."""
        return httpx.get(f"http://{LOOPBACK}:{self.port}{path}")

    def is_ready(self) -> bool:
        """Return whether its probe is ready."""
        return self._has_status("/ready", 200)

    def is_not_ready(self) -> bool:
        """Return whether its probe is not ready."""
        return self._has_status("/ready", 503)

    def is_up(self) -> bool:
        """Return whether it answers probes at all."""
        return self._has_status("/live", 200)

    def await_ready(self) -> None:
        """Wait until its probe is ready."""
        eventually(self.is_ready)

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """End it as Kubernetes would; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def text(self) -> str:
        """Return its log."""
        return self.log.read_text()

    def _has_status(self, path: str, status: int) -> bool:
        try:
            return self.probe(path).status_code == status
        except httpx.TransportError:
            return False


@contextmanager
def running_relay(
    log: Path, environment: Mapping[str, str]
) -> Iterator[Relay]:
    """Run a relay with this environment; it is killed in the end."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "steps.relay"],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "RELAY_ADDRESS": LOOPBACK,
                "RELAY_PORT": str(port),
                **environment,
            },
            stdout=output,
            stderr=output,
        )
    try:
        yield Relay(process, port, log)
    finally:
        process.kill()
        process.wait(STOP_SECONDS)
