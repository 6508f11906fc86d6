"""The layout of the project: who may import what, and where things are."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.imports import HERA, LIGHT, packages_loaded_by
from tests.step_process import ROOT
from workflows.registry import FEATURES

SHARED = {"authoring"}
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


def test_importing_all_workflows_loads_nothing_heavy_but_hera() -> None:
    loaded = packages_loaded_by("import workflows.registry, events.registry")
    assert loaded <= LIGHT | HERA


@pytest.mark.parametrize("folder", ["workflows", "steps", "tests"])
def test_every_feature_has_the_same_name_everywhere(folder: str) -> None:
    assert folders_in(folder) >= FEATURES.keys()


def test_every_folder_of_workflows_is_a_feature_in_the_registry() -> None:
    assert folders_in("workflows") - SHARED == FEATURES.keys()


def test_every_folder_of_steps_has_its_tests_under_its_name() -> None:
    assert folders_in("tests") >= folders_in("steps")
