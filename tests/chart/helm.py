"""Helm, as an operator uses it, on the project's chart."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from checkout.paths import ROOT
from tests.requirements import HELM, require

CHART = ROOT / "charts/moderate-workflows"
RENDERED = CHART / "rendered"
RELEASE = "moderate"
KUBERNETES = "1.34.0"
SERVICES = "services"

Object = dict[str, Any]


class RefusedError(Exception):
    """Helm refused; holds its error."""


def helm(*arguments: str, stdin: str = "") -> str:
    """Runs Helm.

    Args:
        *arguments: Its arguments.
        stdin: What it reads.

    Returns:
        What it printed.

    Raises:
        RefusedError: It failed.
    """
    require(HELM)
    done = subprocess.run(
        ["helm", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        raise RefusedError(done.stderr)
    return done.stdout


def default_values() -> dict[str, Any]:
    """Reads ``values.yaml``."""
    values: dict[str, Any] = yaml.safe_load(
        (CHART / "values.yaml").read_text(encoding="utf-8")
    )
    return values


def service_names() -> list[str]:
    """Lists the services that can be switched off."""
    return list(default_values()[SERVICES])


def example(name: str) -> Path:
    """Returns the file of an example's values."""
    return CHART / f"examples/{name}.yaml"


def without(*services: str) -> dict[str, Any]:
    """Makes values that switch services off."""
    return {SERVICES: {name: {"enabled": False} for name in services}}


def template(
    values: Mapping[str, Any] | None = None, files: Sequence[Path] = ()
) -> list[Object]:
    """Renders the chart.

    Args:
        values: What differs from the default values and the files.
        files: Files of values.

    Returns:
        The objects that would be installed, hooks included.

    Raises:
        RefusedError: Helm refused the values.
    """
    text = helm(
        "template",
        RELEASE,
        str(CHART),
        f"--kube-version={KUBERNETES}",
        *(f"--values={file}" for file in files),
        "--values=-",
        stdin=yaml.safe_dump(dict(values or {})),
    )
    return [item for item in yaml.safe_load_all(text) if item]


def of_kind(objects: Sequence[Object], kind: str) -> list[Object]:
    """Selects objects of a kind."""
    return [item for item in objects if item["kind"] == kind]


def named(objects: Sequence[Object], kind: str, name: str) -> Object:
    """Finds an object."""
    (found,) = (
        item
        for item in of_kind(objects, kind)
        if item["metadata"]["name"] == name
    )
    return found


def rendered_files() -> dict[str, Object]:
    """Reads the rendered files by name."""
    return {
        file.name: yaml.safe_load(file.read_text(encoding="utf-8"))
        for file in sorted(RENDERED.glob("*.yaml"))
    }


def annotation(item: Object, name: str) -> list[str]:
    """Reads the parts of an annotation that are separated by commas."""
    text = item["metadata"].get("annotations", {}).get(name, "")
    return [part for part in text.split(",") if part]
