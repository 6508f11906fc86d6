"""A way to a service inside the cluster, for as long as it is needed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_services.process import LOOPBACK, free_port, is_listening, server
from moderate.operations.kubernetes import (
    PROGRAM,
    error_of,
    missing_kubectl,
)
from steps.contract.errors import TemporaryError, UnavailableError

KUBECONFIG = "KUBECONFIG"
LOG_CHARACTERS = 500


@dataclass(frozen=True)
class Target:
    """A port of a service.

    Attributes:
        namespace: The service's namespace.
        service: Its name.
        port: The port.
    """

    namespace: str
    service: str
    port: int


@dataclass(frozen=True)
class Forward:
    """A way to a service.

    Attributes:
        port: The port on this machine's loopback.
        process: The process that keeps it open.
        log: What the process prints.
    """

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    def wait(self) -> None:
        """Waits until the way is closed from the other side.

        Raises:
            TemporaryError: It was; with kubectl's message.
        """
        self.process.wait()
        errors = self.log.read_text(errors="replace").strip()
        raise TemporaryError(
            f"kubectl has ended: {errors[-LOG_CHARACTERS:]}. Run it again."
        )


@contextmanager
def forwarded(target: Target, port: int | None = None) -> Iterator[Forward]:
    """Opens a way to a service; it ends with the block.

    Args:
        target: The service.
        port: The port on this machine; a free one where None.

    Yields:
        The way, once it is open.

    Raises:
        ModerateError: There is no such service, no kubectl, or no cluster.
    """
    if shutil.which(PROGRAM) is None:
        raise missing_kubectl()
    ours = port or free_port()
    if is_listening(ours):
        raise UnavailableError(
            f"Port {ours} of this machine is taken. Choose another one with "
            "--port."
        )
    # A file without a name is removed however this process ends.
    with tempfile.TemporaryFile() as unnamed:
        log = Path(f"/proc/self/fd/{unnamed.fileno()}")
        try:
            with server(
                PROGRAM,
                [
                    PROGRAM,
                    f"--namespace={target.namespace}",
                    "port-forward",
                    f"--address={LOOPBACK}",
                    f"service/{target.service}",
                    f"{ours}:{target.port}",
                ],
                log=log,
                ready=lambda: is_listening(ours),
                environment=_environment(),
            ) as process:
                yield Forward(ours, process, log)
        except UnavailableError:
            errors = log.read_text(errors="replace").strip()
            raise error_of(errors, target.namespace) from None


def _environment() -> Mapping[str, str]:
    """The environment, good in every folder."""
    named = os.environ.get(KUBECONFIG, "")
    files = [file for file in named.split(os.pathsep) if file]
    absolute = os.pathsep.join(str(Path(file).absolute()) for file in files)
    return {**os.environ, **({KUBECONFIG: absolute} if files else {})}
