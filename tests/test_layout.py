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
    "quickmp",
    "stumpy",
    "tenacity",
}
SHARED = {"authoring", "trust"}
# Each package, and the packages below it, which it may import.
IMPORTS = {
    "argo_offline": set[str](),
    "steps": set[str](),
    "workflows": {"steps"},
    "events": {"steps", "workflows"},
    "checkout": {"steps", "workflows"},
    "local_services": {"steps", "checkout"},
    "monitoring": {"steps", "workflows", "events"},
    "moderate": {
        "argo_offline",
        "steps",
        "workflows",
        "events",
        "checkout",
        "local_services",
        "monitoring",
    },
}
FOLDERS = {
    package: f"scripts/{package}"
    for package in IMPORTS.keys() - {"steps", "workflows", "events"}
}
STEP_LAYERS = {
    "contract": set[str](),
    "clients": {"contract"},
    "state": {"contract", "clients"},
}
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


def parts_of_steps(module: Path) -> set[str]:
    """Return the parts of the steps that a file imports: ``steps.state``."""
    names = [
        node.module or ""
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    ]
    return {
        ".".join(name.split(".")[:2])
        for name in names
        if name.startswith("steps.")
    }


def folders_in(folder: str) -> set[str]:
    """Return the names of a folder's packages."""
    return {
        entry.name
        for entry in (ROOT / folder).iterdir()
        if entry.is_dir() and any(entry.glob("*.py"))
    }


@pytest.mark.parametrize("package", IMPORTS)
def test_a_package_imports_only_the_packages_below_it(package: str) -> None:
    allowed = IMPORTS[package] | {package}
    forbidden = IMPORTS.keys() - allowed
    assert not {
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules_of(FOLDERS.get(package, package))
        for name in forbidden.intersection(imported_by(module))
    }


@pytest.mark.parametrize("layer", STEP_LAYERS)
def test_a_layer_of_the_steps_imports_only_those_below_it(layer: str) -> None:
    allowed = {f"steps.{name}" for name in (layer, *STEP_LAYERS[layer])}
    assert not {
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules_of(f"steps/{layer}")
        for name in parts_of_steps(module) - allowed
    }


@pytest.mark.parametrize("package", ["steps", "scripts/argo_offline"])
def test_what_runs_without_hera_never_imports_it(package: str) -> None:
    assert not [
        module
        for module in modules_of(package)
        if "hera" in imported_by(module)
    ]


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
