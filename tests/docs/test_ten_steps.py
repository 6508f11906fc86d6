"""The ten steps to a new pipeline work as they stand in the documents."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from checkout.paths import ROOT
from tests.conftest import ServedStore
from tests.docs.markdown import tokens

# The last two need an S3 server, and all of them two minutes.
pytestmark = pytest.mark.services

PAGE = ROOT / "docs/development.md"
INTO = "into "
REGISTRY = re.compile(r"MappingProxyType\(\n {4}\{\n")
IMPORT = re.compile(r"^from workflows\..*\n", re.MULTILINE)
RENDERED = "charts/moderate-workflows/rendered/object-count"
PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Clone:
    """A copy of the checkout in which somebody has followed the steps.

    Attributes:
        root: Where it is.
    """

    root: Path

    def run(
        self, *command: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it, on its own code."""
        path = os.pathsep.join([str(self.root), str(self.root / "scripts")])
        return subprocess.run(
            [PROGRAMS / command[0], *command[1:]],
            capture_output=True,
            check=False,
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": path, **environment},
            text=True,
        )


def written() -> Iterator[tuple[str, str]]:
    """List the page's files, by their names."""
    for token in tokens(PAGE):
        language, _, file = token.info.partition(" ")
        if token.type == "fence" and language == "python" and file:
            yield file, token.content


def follow(root: Path) -> None:
    """Write the page's files."""
    for name, text in written():
        if name.startswith(INTO):
            register(root / name.removeprefix(INTO), text)
        else:
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)


def register(file: Path, lines: str) -> None:
    """Add entries, and the imports that they need, by the alphabet."""
    text = file.read_text()
    for line in lines.splitlines(keepends=True):
        at = place_of(line, text)
        text = text[:at] + line + text[at:]
    file.write_text(text)


def place_of(line: str, text: str) -> int:
    """Find where a line of a registry belongs."""
    if line.startswith(" "):
        registry = REGISTRY.search(text)
        assert registry
        return registry.end()
    return next(
        found.start() for found in IMPORT.finditer(text) if found[0] > line
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A copy of the checkout, after the steps up to rendering."""
    root = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(
        [
            "git",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    follow(root)
    made = Clone(root)
    done = made.run("moderate", "render")
    assert done.returncode == 0, done.stderr
    return made


def test_the_workflow_is_rendered(clone: Clone) -> None:
    assert (clone.root / f"{RENDERED}.workflowtemplate.yaml").exists()


@pytest.mark.parametrize(
    "command",
    [
        ("moderate", "lint"),
        ("moderate", "render", "--check"),
        ("mypy", "steps/object_count", "workflows/object_count"),
        ("ruff", "format", "--check", "steps", "workflows", "tests"),
        ("ruff", "check", "steps", "workflows", "tests"),
        ("pytest", "tests/test_layout.py", "-k", "every_f"),
    ],
    ids=" ".join,
)
def test_the_checks_pass(clone: Clone, command: tuple[str, ...]) -> None:
    done = clone.run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_test_of_the_example_passes(clone: Clone) -> None:
    done = clone.run("pytest", "tests/object_count")
    assert done.returncode == 0, done.stdout


def test_the_workflow_runs_here(clone: Clone, s3: ServedStore) -> None:
    s3.put("jane-assets/readings.csv", "1")
    done = clone.run(
        "moderate",
        "run",
        "object-count",
        "-p",
        "prefix=jane-assets/",
        **s3.environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 objects begin" in "".join(
        file.read_text(errors="replace")
        for file in (clone.root / "runs").rglob("*")
        if file.is_file()
    )
