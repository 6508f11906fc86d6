"""The package's layers: each imports only those below it."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import argo_offline

ROOT = Path(argo_offline.__file__).parents[1]
PACKAGE = "argo_offline"
LAYERS = {
    "errors": 0,
    "go_values": 1,
    "expressions": 2,
    "manifests": 3,
    "lint": 4,
    "run": 5,
    "__main__": 6,
}


def modules() -> dict[str, Path]:
    """List the package's modules by name."""
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(
            ".__init__"
        ): file
        for file in (ROOT / PACKAGE).rglob("*.py")
    }


def imports(file: Path, known: set[str]) -> Iterator[str]:
    """List the modules of the package that one imports, types' too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                name = inner if inner in known else node.module
                if name in known:
                    yield name


def graph() -> dict[str, set[str]]:
    """Map each module to the modules that it imports."""
    known = modules()
    return {
        name: set(imports(file, set(known))) - {name}
        for name, file in known.items()
    }


def layer(module: str) -> int:
    """Return how high a module's layer is."""
    return LAYERS.get(module.split(".")[1], 0) if "." in module else 0


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert list(TopologicalSorter(graph()).static_order())


def test_a_layer_imports_only_those_below_it() -> None:
    assert not {
        f"{name} imports {imported}"
        for name, found in graph().items()
        for imported in found
        if layer(imported) > layer(name)
    }
