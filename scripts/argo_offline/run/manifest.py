"""Reading of manifests: what is not supported is refused here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from argo_offline.run.errors import ManifestError
from argo_offline.run.fields import (
    MANIFEST,
    TEMPLATE,
    Kind,
    Leaf,
    Listed,
    Object,
)
from argo_offline.run.go_values import any_string
from argo_offline.run.nodes import Json

API_VERSION = "argoproj.io/v1alpha1"
KINDS = frozenset({"Workflow", "WorkflowTemplate"})
_TEXTS = frozenset({"value", "default"})


@dataclass(frozen=True)
class Manifest:
    """One Workflow or WorkflowTemplate.

    Attributes:
        source: Where it comes from, for messages.
        kind: ``Workflow`` or ``WorkflowTemplate``.
        name: Its name; the start of a run's name.
        is_named: Whether a run has exactly this name.
        labels: Its labels.
        annotations: Its annotations.
        spec: Its spec, with the supported fields only.
    """

    source: str
    kind: str
    name: str
    is_named: bool
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    spec: Json

    def template(self, name: str) -> Json:
        """Finds a template.

        Args:
            name: The template's name.

        Returns:
            The template.

        Raises:
            ManifestError: There is no such template.
        """
        for template in self.spec.get("templates", []):
            if template.get("name") == name:
                return dict(template)
        known = [t.get("name") for t in self.spec.get("templates", [])]
        raise ManifestError(
            f"{self.source}: template name '{name}' undefined; "
            f"there are {', '.join(map(str, known)) or 'none'}"
        )


def read_manifest(document: object, source: str) -> Manifest:
    """Reads a manifest and refuses what the local run does not support.

    Args:
        document: The parsed YAML document.
        source: The file's name, for messages.

    Returns:
        The manifest.

    Raises:
        ManifestError: A field is not supported or malformed.
    """
    if not isinstance(document, dict):
        raise ManifestError(f"{source}: the document is not an object")
    kind = document.get("kind")
    if document.get("apiVersion") != API_VERSION or kind not in KINDS:
        raise ManifestError(
            f"{source}: apiVersion {document.get('apiVersion')!r}, kind "
            f"{kind!r} cannot be run; it has to be {API_VERSION} and "
            f"{' or '.join(sorted(KINDS))}"
        )
    known = _known(document, MANIFEST, [source])
    metadata = known.get("metadata", {})
    name = metadata.get("name") or metadata.get("generateName", "")
    if not name:
        raise ManifestError(f"{source}: metadata.name is missing")
    return Manifest(
        source=source,
        kind=str(kind),
        name=str(name).rstrip("-"),
        is_named=kind == "Workflow" and "name" in metadata,
        labels=_texts(metadata.get("labels")),
        annotations=_texts(metadata.get("annotations")),
        spec=known.get("spec", {}),
    )


def read_manifests(
    documents: Iterable[object], source: str
) -> tuple[Manifest, ...]:
    """Reads several manifests of one source; see ``read_manifest``."""
    return tuple(read_manifest(document, source) for document in documents)


def _known(value: object, kind: Kind, path: list[str]) -> Any:
    if isinstance(kind, Leaf):
        return _leaf(value, path)
    if isinstance(kind, Listed):
        return _known_list(value, kind, path)
    return _known_object(value, kind, path)


def _leaf(value: object, path: list[str]) -> object:
    scalar = isinstance(value, str | bool | int | float)
    if path[-1] in _TEXTS and scalar:
        return any_string(value)
    return value


def _known_list(value: object, kind: Listed, path: list[str]) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ManifestError(f"{_place(path)} has to be a list")
    return [
        _known(item, kind.of, [*path[:-1], f"{path[-1]}[{position}]"])
        for position, item in enumerate(value)
    ]


def _known_object(value: object, kind: Object, path: list[str]) -> Json:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ManifestError(f"{_place(path)} has to be an object")
    if kind is TEMPLATE and value.get("name"):
        path = [path[0], f"template {value['name']}"]
    for name in value:
        if name not in kind.supported and name not in kind.ignored:
            raise ManifestError(
                f"{_place([*path, str(name)])} is not supported by the "
                "local run; remove it or run the workflow on a cluster"
            )
    return {
        name: _known(value[name], inner, [*path, name])
        for name, inner in kind.supported.items()
        if name in value and value[name] is not None
    }


def _place(path: list[str]) -> str:
    source, *rest = path
    if rest and rest[0].startswith("template "):
        return f"{source}: {rest[0]}: {'.'.join(rest[1:])}"
    return f"{source}: {'.'.join(rest)}"


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {str(name): any_string(text) for name, text in value.items()}
