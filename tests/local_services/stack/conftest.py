"""One development stack for all tests of it, as processes."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from local_services.process import free_port
from local_services.stack.names import PORTS, Name, Stack
from local_services.stack.processes import running
from local_services.stack.settings import stack_settings
from local_services.stack.status import ServiceStatus, statuses
from tests.requirements import JAVA, RABBITMQ, require
from tests.step_process import ROOT

MODERATE = Path(sys.executable).with_name("moderate")
ENTERED_BY_ALL = 0o711
# On a new machine, Keycloak and the catalog's framework come first.
FIRST_START_SECONDS = 1_200


@dataclass(frozen=True)
class UsedStack:
    """A stack, as a person at a terminal uses it.

    Attributes:
        stack: Where it is.
    """

    stack: Stack

    @property
    def values(self) -> Mapping[str, str]:
        """Its settings by variable name."""
        return stack_settings(self.stack.dotenv)

    @property
    def ports(self) -> Mapping[Name, int]:
        """The ports of its services."""
        return {name: int(self.values[PORTS[name]]) for name in Name}

    def moderate(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of `moderate services` on it."""
        return subprocess.run(
            [
                MODERATE,
                "services",
                *arguments,
                f"--env-file={self.stack.dotenv}",
                f"--folder={self.stack.folder}",
            ],
            cwd=ROOT,
            capture_output=True,
            check=False,
            text=True,
            env={
                **os.environ,
                "COLUMNS": "200",
                "SERVICES_WITH": "processes",
            },
        )

    def up(self) -> None:
        """Starts what does not run."""
        done = self.moderate("up")
        assert done.returncode == 0, done.stdout + done.stderr

    def statuses(self) -> Mapping[Name, ServiceStatus]:
        """Asks for the status of every service."""
        return {one.service: one for one in statuses(self.stack, self.values)}

    def supervisor(self, name: Name) -> int:
        """Returns the number of the process that keeps a service running."""
        return running(self.stack)[name]


def with_free_ports(dotenv: Path) -> None:
    """Writes a `.env` with closed ports."""
    stack_settings(dotenv)
    text = re.sub(
        r"(?m)^(\w+_PORT)=\d+$",
        lambda line: f"{line[1]}={free_port()}",
        dotenv.read_text(),
    )
    dotenv.write_text(text)


@pytest.fixture(scope="session")
def _started_stack() -> Iterator[UsedStack]:
    require(JAVA, RABBITMQ)
    with TemporaryDirectory(prefix="stack-") as name:
        folder = Path(name)
        folder.chmod(ENTERED_BY_ALL)
        used = UsedStack(Stack(folder / ".env", folder / "services"))
        with_free_ports(used.stack.dotenv)
        try:
            used.up()
            yield used
        finally:
            used.moderate("down")


@pytest.fixture
def stack(_started_stack: UsedStack) -> UsedStack:
    """The stack, with all its services running."""
    if len(running(_started_stack.stack)) < len(Name):
        _started_stack.up()
    return _started_stack
