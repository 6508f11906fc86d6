"""Rendering: every object to a file of its own, the same bytes each time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from events.names import VARIANT_ANNOTATION
from events.registry import FEATURES as EVENTS
from monitoring.dashboard import FILE as DASHBOARD
from monitoring.dashboard import dashboard
from monitoring.registry import all_rules
from workflows.authoring.workflow_template import reset_hera
from workflows.registry import FEATURES as WORKFLOWS

HEADER = "# Rendered by `moderate render` from {}; do not edit.\n"
WORKFLOWS_AND_EVENTS = "workflows/ and events/"
MONITORING = "scripts/monitoring/"
# A name that the chart's glob does not match.
BASE = "Kustomization"
OTHER_VARIANTS = ("amqp", "development")
LINE_WIDTH = 79
FIRST_KEYS = ("apiVersion", "kind", "metadata", "name")


class Fault(StrEnum):
    """How a file differs from what would be rendered."""

    EDITED = "is not what the code renders"
    MISSING = "is missing"
    ORPHANED = "is rendered by no code"


@dataclass(frozen=True)
class Drift:
    """A file that is not as the code renders it.

    Attributes:
        file: The file's name.
        fault: How it differs.
    """

    file: str
    fault: Fault


def render() -> dict[str, str]:
    """Renders all objects.

    Returns:
        The content of each file by its name.

    Raises:
        ValueError: Two objects would go to the same file, or what Hera
            wrote is not YAML.
    """
    reset_hera()
    files: dict[str, str] = {}
    for build in (*WORKFLOWS.values(), *EVENTS.values()):
        for built in build():
            document = built if isinstance(built, dict) else built.to_dict()
            name = _file_name(document)
            if name in files:
                raise ValueError(f"Two objects are rendered to {name}.")
            files[name] = _to_yaml(document, WORKFLOWS_AND_EVENTS)
    return files


def render_for_kustomize() -> dict[str, str]:
    """Renders all objects, and the base of them for Kustomize.

    Returns:
        The content of each file by its name. In the base is what the chart
        installs with its default values.
    """
    files = render()
    base = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": sorted(
            name
            for name in files
            if not set(OTHER_VARIANTS).intersection(name.split("."))
        ),
    }
    return {**files, BASE: _to_yaml(base, WORKFLOWS_AND_EVENTS)}


def render_monitoring() -> dict[str, str]:
    """Renders what operators watch.

    Returns:
        The content of each file by its name: alerts, and the dashboard.
    """
    documents = [rules.document() for rules in all_rules()]
    return {
        **{_file_name(one): _to_yaml(one, MONITORING) for one in documents},
        DASHBOARD: dashboard(),
    }


def write(
    folder: Path, make: Callable[[], Mapping[str, str]] = render
) -> list[str]:
    """Renders into a folder and removes what is stale there.

    Args:
        folder: The folder of rendered files.
        make: Renders them.

    Returns:
        The names of the files that changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = make()
    changed = [drift.file for drift in _compare(files, folder)]
    for name in changed:
        if name in files:
            (folder / name).write_text(files[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def check(
    folder: Path, make: Callable[[], Mapping[str, str]] = render
) -> list[Drift]:
    """Compares a folder with what would be rendered.

    Args:
        folder: The folder of rendered files.
        make: Renders them.

    Returns:
        Every edited, missing or orphaned file.
    """
    return _compare(make(), folder)


def _compare(files: Mapping[str, str], folder: Path) -> list[Drift]:
    present = {
        file.name: file.read_bytes()
        for file in folder.glob("*")
        if file.is_file()
    }
    drifts = [
        Drift(name, Fault.MISSING if name not in present else Fault.EDITED)
        for name, content in files.items()
        if present.get(name) != content.encode()
    ]
    orphans = [
        Drift(name, Fault.ORPHANED) for name in present if name not in files
    ]
    return sorted(drifts + orphans, key=lambda drift: drift.file)


def _file_name(document: Mapping[str, Any]) -> str:
    """Names the file; the variants of one object have one each."""
    metadata = document["metadata"]
    variant = metadata.get("annotations", {}).get(VARIANT_ANNOTATION, "")
    parts = (
        metadata["name"],
        variant.rpartition("=")[-1],
        document["kind"].lower(),
        "yaml",
    )
    return ".".join(part for part in parts if part)


def _to_yaml(document: Mapping[str, Any], source: str) -> str:
    text = HEADER.format(source) + yaml.dump(
        _ordered(document),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=LINE_WIDTH,
    )
    if yaml.safe_load(text) != document:
        raise ValueError(
            f"{document['kind']} does not read back as it was written."
        )
    return text


def _ordered(value: Any) -> Any:  # noqa: ANN401  (any part of a document)
    if isinstance(value, dict):
        first = [key for key in FIRST_KEYS if key in value]
        rest = sorted(value.keys() - set(first))
        return {key: _ordered(value[key]) for key in [*first, *rest]}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return value


class _Dumper(yaml.SafeDumper):
    """Writes repeated parts in full; Kubernetes' people read no anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True
