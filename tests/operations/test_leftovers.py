"""`moderate clean` lists everything first, and removes nothing else."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from checkout.paths import ROOT
from steps.contract.errors import ExitCode
from tests.operations.stand_in import StandIn

CLEAN = """\
import sys
from pathlib import Path
from moderate.cli import clean_command, main
clean_command.ROOT = Path(sys.argv.pop(1))
main()
"""
IMAGE = "localhost/moderate-workflows/steps:dev"


class Machine:
    """A checkout and a cache that tasks have left things in."""

    def __init__(self, folder: Path) -> None:
        """Makes them."""
        self.checkout = folder / "checkout"
        self.cache = folder / "cache/moderate-workflows"
        self.programs = folder / "programs"
        self.programs.mkdir()
        for file in (
            self.checkout / "runs/one/log",
            self.checkout / ".venv/bin/python",
            self.checkout / ".env",
            self.checkout / "README.md",
            self.cache / "keycloak.zip",
        ):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("1234")
        script = self.checkout / "scripts/local_cluster"
        script.parent.mkdir()
        script.write_text(f"#!/bin/bash\ntouch {folder}/cluster-$1\n")
        script.chmod(0o755)
        self.cluster_is_down = folder / "cluster-down"

    def has(self, name: str) -> StandIn:
        """Puts a program on the machine."""
        return StandIn(self.programs, name)

    def clean(
        self, *arguments: str, stdin: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Runs the command."""
        return subprocess.run(
            [
                sys.executable,
                "-c",
                CLEAN,
                str(self.checkout),
                "clean",
                *arguments,
            ],
            input=stdin,
            capture_output=True,
            check=False,
            text=True,
            cwd=ROOT,
            env=self.environment,
        )

    def listed(self) -> dict[str, int | None]:
        """What it would remove, with the sizes."""
        done = self.clean("--dry-run", "--json")
        assert done.returncode == 0, done.stderr
        return {
            f"{one['kind']} {one['name']}": one["bytes"]
            for one in json.loads(done.stdout)
        }

    @property
    def environment(self) -> Mapping[str, str]:
        """An environment without the real machine's programs."""
        links = self.programs
        for name in ("bash", "cat", "dirname", "basename", "wc", "touch"):
            link = links / name
            if not link.exists():
                link.symlink_to(f"/usr/bin/{name}")
        return {
            "PATH": str(links),
            "HOME": os.environ["HOME"],
            "XDG_CACHE_HOME": str(self.cache.parent),
            "COLUMNS": "200",
        }


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine that tasks have left things on."""
    return Machine(tmp_path)


def test_everything_is_listed_with_its_size(machine: Machine) -> None:
    assert machine.listed() == {
        f"folder {machine.cache}": 4,
        f"folder {machine.checkout}/runs": 4,
        f"folder {machine.checkout}/.venv": 4,
    }


def test_a_dry_run_removes_nothing(machine: Machine) -> None:
    machine.clean("--dry-run", "--yes")
    assert (machine.checkout / "runs/one/log").exists()


def test_everything_listed_is_removed_and_nothing_else(
    machine: Machine,
) -> None:
    done = machine.clean("--yes")
    assert done.returncode == 0, done.stderr
    assert machine.listed() == {}
    assert (machine.checkout / ".env").exists()
    assert (machine.checkout / "README.md").exists()


@pytest.mark.parametrize("answer", ["n\n", "", "\n"])
def test_without_a_yes_nothing_is_removed(
    machine: Machine, answer: str
) -> None:
    done = machine.clean(stdin=answer)
    assert done.returncode == ExitCode.STOPPED
    assert (machine.checkout / "runs/one/log").exists()


def test_a_yes_removes_it(machine: Machine) -> None:
    machine.clean(stdin="y\n")
    assert not (machine.checkout / "runs").exists()


def test_a_link_is_not_followed(machine: Machine, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x" * 1_000)
    (machine.checkout / "runs/link").symlink_to(elsewhere)
    assert machine.listed()[f"folder {machine.checkout}/runs"] == 4
    machine.clean("--yes")
    assert (elsewhere / "precious").exists()


def test_the_settings_are_listed_as_kept(machine: Machine) -> None:
    assert "it holds your settings" in machine.clean("--dry-run").stderr


def test_the_cluster_is_removed_by_its_own_script(machine: Machine) -> None:
    machine.has("k3d")
    assert "cluster moderate, with all that is in it" in machine.listed()
    machine.clean("--yes")
    assert machine.cluster_is_down.exists()


def test_without_a_cluster_none_is_listed(machine: Machine) -> None:
    machine.has("k3d").fails("cluster get", "no such cluster")
    assert not any(one.startswith("cluster") for one in machine.listed())


def test_images_of_the_project_are_removed(machine: Machine) -> None:
    docker = machine.has("docker")
    docker.prints_text("image ls", f"{IMAGE}\n")
    assert f"docker image {IMAGE}" in machine.listed()
    assert "reference=localhost/moderate-workflows/*" in docker.calls[0]
    machine.clean("--yes")
    assert f"rmi {IMAGE}" in docker.calls


def test_images_that_two_engines_share_are_listed_once(
    machine: Machine,
) -> None:
    machine.has("podman").prints_text("image ls", f"{IMAGE}\n")
    machine.has("buildah").prints_text("images", f"{IMAGE}\n")
    assert [one for one in machine.listed() if IMAGE in one] == [
        f"podman image {IMAGE}"
    ]


def test_an_engine_that_does_not_answer_is_named(machine: Machine) -> None:
    machine.has("docker").fails("image ls", "is the daemon running?")
    done = machine.clean("--dry-run")
    assert done.returncode == 0
    assert "docker does not answer" in done.stderr


def test_what_cannot_be_removed_holds_up_nothing(machine: Machine) -> None:
    docker = machine.has("docker")
    docker.prints_text("image ls", f"{IMAGE}\n")
    docker.fails("rmi", "image is in use")
    done = machine.clean("--yes")
    assert done.returncode == ExitCode.FAILED
    assert "image is in use" in done.stderr
    assert not (machine.checkout / "runs").exists()
