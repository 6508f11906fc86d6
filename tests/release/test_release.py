"""What a release is made of, and the hosted CI's configuration."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
import yaml

from checkout.images import IMAGES
from checkout.paths import RENDERED, ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yaml"))
PINNED = re.compile(r"^[\w-]+/[\w-]+@[0-9a-f]{40}$")
# A key of the documentation of AWS, taken apart so that no scan finds it here.
PLANTED = "AKIA" + "IOSFODNN7EXAMPLQ"

REGISTRY = "registry.example.org/moderate"
DIGEST = "sha256:" + "d" * 64
RECORDER = f"""\
#!/bin/bash
printf '%s %s\\n' "$(basename "$0")" "$*" >>"${{CALLS}}"
case "$(basename "$0") $*" in
  'docker buildx imagetools inspect'*) echo '"{DIGEST}"' ;;
  'helm push'*) echo 'Digest: {DIGEST}' ;;
  "${{BROKEN:-nothing}}"*) exit 1 ;;
esac
"""

every_workflow = pytest.mark.parametrize(
    "workflow", WORKFLOWS, ids=[path.name for path in WORKFLOWS]
)


class Machine:
    """A machine on which the programs of a release only record calls."""

    def __init__(self, folder: Path) -> None:
        """Make the programs.

        Args:
            folder: Where they are.
        """
        self._folder = folder
        self._calls = folder / "calls"
        for program in ("cosign", "docker", "helm"):
            file = folder / program
            file.write_text(RECORDER)
            file.chmod(0o755)

    def run(self, *arguments: str, broken: str = "") -> int:
        """Run the release script; return its exit code."""
        done = subprocess.run(
            [ROOT / "scripts/release", *arguments],
            capture_output=True,
            check=False,
            env={
                **os.environ,
                "PATH": f"{self._folder}:{os.environ['PATH']}",
                "CALLS": str(self._calls),
                "BROKEN": broken or "nothing",
            },
        )
        return done.returncode

    def calls(self, beginning: str) -> list[str]:
        """List the calls that begin like this, in order."""
        return [
            call
            for call in self._calls.read_text().splitlines()
            if call.startswith(beginning)
        ]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with docker, helm and cosign."""
    return Machine(tmp_path)


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


def test_the_changelog_has_the_version() -> None:
    assert release("notes").startswith("- ")


def test_every_image_is_pushed_with_an_sbom_and_its_provenance(
    machine: Machine,
) -> None:
    assert machine.run("images", REGISTRY) == 0
    builds = machine.calls("docker build ")
    assert len(builds) == len(IMAGES)
    for flag in ("--push", "--sbom=true", "--provenance=mode=max"):
        assert all(flag in call.split() for call in builds)


@pytest.mark.parametrize("image", IMAGES)
def test_every_image_is_signed_by_its_digest(
    machine: Machine, image: str
) -> None:
    machine.run("images", REGISTRY)
    name = f"{REGISTRY}/{image}:{version()}@{DIGEST}"
    assert f"cosign sign --yes {name}" in machine.calls("cosign")


def test_an_image_that_cannot_be_built_ends_the_release(
    machine: Machine,
) -> None:
    assert machine.run("images", REGISTRY, broken="docker build") != 0


def test_the_chart_is_pushed_and_signed_by_its_digest(
    machine: Machine,
) -> None:
    assert machine.run("chart", REGISTRY) == 0
    (push,) = machine.calls("helm push")
    assert push.endswith(f"-{version()}.tgz oci://{REGISTRY}/charts")
    assert machine.calls("cosign") == [
        f"cosign sign --yes {REGISTRY}/charts/moderate-workflows@{DIGEST}"
    ]


def test_a_chart_that_cannot_be_pushed_is_not_signed(
    machine: Machine,
) -> None:
    assert machine.run("chart", REGISTRY, broken="helm package") != 0
    assert machine.calls("cosign") == []


def test_the_rendered_yaml_is_part_of_a_release(machine: Machine) -> None:
    archive = ROOT / f"dist/rendered-{version()}.tar.gz"
    archive.unlink(missing_ok=True)
    assert machine.run("package") == 0
    with tarfile.open(archive) as packed:
        names = {Path(name).name for name in packed.getnames()}
    assert names >= {file.name for file in RENDERED.glob("*.yaml")}


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
