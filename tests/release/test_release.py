"""What a release is made of, and what the hosted CI is told."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from moderate.checkout import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yaml"))
PINNED = re.compile(r"^[\w-]+/[\w-]+@[0-9a-f]{40}$")
# A key of the documentation of AWS, taken apart so that no scan finds it here.
PLANTED = "AKIA" + "IOSFODNN7EXAMPLQ"

every_workflow = pytest.mark.parametrize(
    "workflow", WORKFLOWS, ids=[path.name for path in WORKFLOWS]
)


def release(*arguments: str) -> str:
    """Run the release script; return what it prints."""
    done = subprocess.run(
        [ROOT / "scripts/release", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def scan(*files: Path) -> int:
    """Scan files for secrets, as `make check` does; return the exit code."""
    command = Path(sys.executable).with_name("detect-secrets-hook")
    done = subprocess.run(
        [command, "--baseline", ROOT / ".secrets.baseline", *files],
        check=False,
        capture_output=True,
    )
    return done.returncode


def version() -> str:
    """Return the package's version."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def test_the_release_is_the_packages_version() -> None:
    assert release("version") == version()


def test_the_changelog_tells_what_is_in_the_version() -> None:
    assert release("notes").startswith("- ")


@every_workflow
def test_the_hosted_ci_can_read_its_files(workflow: Path) -> None:
    done = subprocess.run(
        [
            Path(sys.executable).with_name("check-jsonschema"),
            "--builtin-schema=vendor.github-workflows",
            workflow,
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@every_workflow
def test_the_hosted_ci_runs_nothing_that_can_change(workflow: Path) -> None:
    jobs = yaml.safe_load(workflow.read_text())["jobs"]
    used = [
        step["uses"]
        for job in jobs.values()
        for step in job["steps"]
        if "uses" in step
    ]
    assert used
    assert [one for one in used if not PINNED.match(one)] == []


def test_the_hosted_ci_runs_what_has_to_pass_before_a_change_lands() -> None:
    text = (ROOT / ".github/workflows/ci.yaml").read_text()
    assert ".ci/run" in text


def test_a_secret_in_a_file_is_found(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text(f'KEY = "{PLANTED}"\n')
    assert scan(file) == 1


def test_a_file_without_a_secret_passes(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text('KEY = "a-long-secret"\n')
    assert scan(file) == 0
