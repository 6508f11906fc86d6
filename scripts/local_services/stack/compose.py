"""The stack in containers: Docker Compose or Podman's."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from checkout.paths import COMPOSE, ROOT
from local_services.stack.names import Stack
from steps.contract.errors import BadSettingsError, UnavailableError

CHOICE_VARIABLE = "SERVICES_WITH"
CONTAINERS = "compose"
PROCESSES = "processes"
PROGRAMS = ("docker", "podman")
PROBES = (("compose", "version"), ("info",))


def engine() -> Sequence[str] | None:
    """Chooses what runs the services.

    Returns:
        The command of Compose; None where they run as processes.

    Raises:
        BadSettingsError: The choice is not one.
        UnavailableError: The choice cannot be had here.
    """
    choice = os.environ.get(CHOICE_VARIABLE, "")
    if choice == PROCESSES:
        return None
    if choice not in {"", CONTAINERS}:
        raise BadSettingsError(
            f"{CHOICE_VARIABLE} is {choice!r}. It can be {CONTAINERS!r} or "
            f"{PROCESSES!r}; without it, {CONTAINERS!r} is taken where it can "
            "be had."
        )
    for program in PROGRAMS:
        if _works(program):
            return (program, "compose")
    if choice:
        raise UnavailableError(
            "Neither Docker nor Podman answers here, with Compose. Start "
            f"one, or set {CHOICE_VARIABLE}={PROCESSES}."
        )
    return None


def compose(
    command: Sequence[str],
    stack: Stack,
    values: Mapping[str, str],
    *arguments: str,
) -> None:
    """Runs Compose on the stack; the file alone names its settings.

    Args:
        command: The command of Compose.
        stack: The stack.
        values: The stack's settings by variable name.
        *arguments: What Compose is to do.

    Raises:
        UnavailableError: It failed; it has printed why.
    """
    done = subprocess.run(  # noqa: S603  (Docker or Podman)
        [
            *command,
            f"--project-directory={ROOT}",
            f"--file={COMPOSE}",
            f"--env-file={stack.dotenv.resolve()}",
            *arguments,
        ],
        check=False,
        cwd=ROOT,
        env={
            name: value
            for name, value in os.environ.items()
            if name not in values
        },
    )
    if done.returncode:
        raise UnavailableError(
            f"`{' '.join(command)} {' '.join(arguments)}` failed; see "
            f"above. `{' '.join(command)} logs SERVICE` shows more."
        )


def _works(program: str) -> bool:
    return shutil.which(program) is not None and all(
        subprocess.run(  # noqa: S603  (Docker or Podman)
            [program, *arguments], check=False, capture_output=True
        ).returncode
        == 0
        for arguments in PROBES
    )
