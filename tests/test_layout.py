"""The layout of the project: who may import what, and where things are."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.step_process import ROOT
from workflows.registry import FEATURES

HEAVY = {
    "boto3",
    "botocore",
    "httpx",
    "keycloak",
    "numpy",
    "pandas",
    "psycopg",
    "pyscamp",
    "stumpy",
    "tenacity",
}
SHARED = {"authoring", "monitoring", "trust"}
PRINT_MODULES = """\
import sys, workflows.registry
print(*sys.modules, sep="\\n")
"""


def modules_of(folder: str) -> list[Path]:
    """Return a folder's Python files."""
    return sorted((ROOT / folder).rglob("*.py"))


def imported_by(module: Path) -> Iterator[str]:
    """Yield the top-level names of everything that a file imports."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def folders_in(folder: str) -> set[str]:
    """Return the names of a folder's packages."""
    return {
        entry.name
        for entry in (ROOT / folder).iterdir()
        if entry.is_dir() and any(entry.glob("*.py"))
    }


@pytest.mark.parametrize(
    "module", modules_of("steps"), ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_step_never_imports_hera_workflows_or_the_tool(
    module: Path,
) -> None:
    forbidden = {"hera", "workflows", "moderate"}
    assert not forbidden.intersection(imported_by(module))


@pytest.mark.parametrize(
    "module",
    modules_of("workflows"),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_workflow_never_imports_a_heavy_dependency(module: Path) -> None:
    assert not HEAVY.intersection(imported_by(module))


def test_importing_all_workflows_loads_no_heavy_dependency() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINT_MODULES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {module.partition(".")[0] for module in done.stdout.split()}
    assert "workflows" in loaded
    assert not HEAVY.intersection(loaded)


@pytest.mark.parametrize("folder", ["workflows", "steps", "tests"])
def test_every_feature_has_the_same_name_everywhere(folder: str) -> None:
    assert folders_in(folder) >= FEATURES.keys()


def test_every_folder_of_workflows_is_a_feature_in_the_registry() -> None:
    assert folders_in("workflows") - SHARED == FEATURES.keys()


def test_every_folder_of_steps_has_its_tests_under_its_name() -> None:
    assert folders_in("tests") >= folders_in("steps")
