"""The tool runs with its own dependencies, and none of the steps'."""

import os
import subprocess
from pathlib import Path

import pytest

from checkout.images import UV
from checkout.paths import ENVIRONMENTS, ROOT
from local_services.process import LOOPBACK, free_port
from steps.contract.errors import ExitCode

pytestmark = pytest.mark.services

FOLDER = ENVIRONMENTS / "tool"


@pytest.fixture(scope="module")
def tool() -> Path:
    """The tool, as `uv run moderate` installs it in a fresh clone."""
    subprocess.run(
        [UV, "sync", "--frozen", "--quiet"],
        check=True,
        cwd=ROOT,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(FOLDER)},
    )
    return FOLDER / "bin/moderate"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("list", ExitCode.DONE),
        ("lint", ExitCode.DONE),
        ("render --check", ExitCode.DONE),
        ("check", ExitCode.TEMPORARY_FAILURE),
        ("trust failed", ExitCode.TEMPORARY_FAILURE),
        ("dead-letter list --in queue", ExitCode.TEMPORARY_FAILURE),
        ("rerun job 1", ExitCode.TEMPORARY_FAILURE),
        ("rerun database stock --dry-run", ExitCode.DONE),
        ("rotate-token", ExitCode.UNAVAILABLE),
        ("open argo", ExitCode.UNAVAILABLE),
        ("services status --env-file nosuch/.env", ExitCode.BAD_SETTINGS),
        ("demo --only nosuch", ExitCode.WRONG_USE),
        ("clean --dry-run", ExitCode.DONE),
    ],
)
def test_every_command_finds_what_it_imports(
    tool: Path, tmp_path: Path, command: str, code: ExitCode
) -> None:
    nowhere = f"{LOOPBACK}:{free_port()}"
    done = subprocess.run(
        [tool, *command.split()],
        capture_output=True,
        check=False,
        text=True,
        cwd=ROOT,
        env={
            "PATH": str(tmp_path),
            "HOME": str(tmp_path),
            "API_BASE_URL": f"http://{nowhere}",
            "API_USERNAME": "x",
            "API_PASSWORD": "x",
            "KEYCLOAK_SERVER_URL": f"http://{nowhere}",
            "KEYCLOAK_ADMIN_USERNAME": "x",
            "KEYCLOAK_ADMIN_PASSWORD": "x",
            "POSTGRES_HOST": LOOPBACK,
            "POSTGRES_PORT": nowhere.partition(":")[2],
            "POSTGRES_USERNAME": "x",
            "POSTGRES_PASSWORD": "x",
            "RABBIT_URL": f"amqp://x:x@{nowhere}/",
        },
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
