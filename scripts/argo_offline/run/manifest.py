"""What can be run of a manifest; the rest is refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argo_offline.errors import ManifestError
from argo_offline.go_values import any_string
from argo_offline.lint import RUN_RULES, Rule, findings_in
from argo_offline.manifests.folder import Folder, Source
from argo_offline.manifests.folder import Manifest as Parsed
from argo_offline.run.fields import (
    MANIFEST,
    TEMPLATE,
    Kind,
    Leaf,
    Listed,
    Object,
)
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


def read_manifests(
    documents: Iterable[object], source: str
) -> tuple[Manifest, ...]:
    """Reads manifests that have been parsed; see ``manifests_of``.

    Args:
        documents: The parsed YAML documents.
        source: The file's name, for messages.

    Returns:
        The manifests.

    Raises:
        ManifestError: Argo refuses one, or it is not supported.
    """
    parsed = Source(Path(source), documents=tuple(documents))
    return manifests_of(Folder((parsed,)))


def manifests_of(folder: Folder) -> tuple[Manifest, ...]:
    """Reads manifests, and refuses those that cannot be run.

    Args:
        folder: The files.

    Returns:
        The manifests, in order.

    Raises:
        ManifestError: Argo refuses one, or it is not supported.
    """
    refuse_faults(folder, RUN_RULES)
    return tuple(map(_manifest, folder.manifests))


def refuse_faults(folder: Folder, rules: Sequence[Rule]) -> None:
    """Refuses what Argo refuses or the local run lacks, as lint does.

    Args:
        folder: The files.
        rules: The rules of lint.

    Raises:
        ManifestError: There is a fault.
    """
    faults = findings_in(folder, rules)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise ManifestError(f"{faults[0]}{more}")


def _manifest(read: Parsed) -> Manifest:
    source, document = str(read.file), read.document
    version = document.get("apiVersion")
    if version != API_VERSION or read.kind not in KINDS:
        raise ManifestError(
            f"{source}: apiVersion {version!r}, kind {read.kind!r} cannot be "
            f"run; it has to be {API_VERSION} and {' or '.join(sorted(KINDS))}"
        )
    known = _known(document, MANIFEST, [source])
    metadata = known.get("metadata", {})
    name = metadata.get("name") or metadata.get("generateName", "")
    if not name:
        raise ManifestError(f"{source}: metadata.name is missing")
    return Manifest(
        source=source,
        kind=read.kind,
        name=str(name).rstrip("-"),
        is_named=read.kind == "Workflow" and "name" in metadata,
        labels=_texts(metadata.get("labels")),
        annotations=_texts(metadata.get("annotations")),
        spec=known.get("spec", {}),
    )


def _known(value: object, kind: Kind, path: list[str]) -> Any:
    if isinstance(kind, Leaf):
        return _leaf(value, path)
    if isinstance(kind, Listed):
        return _known_list(value, kind, path)
    return _known_object(value, kind, path)


def _leaf(value: object, path: list[str]) -> object:
    if path[-1] in _TEXTS and value is not None:
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


@dataclass(frozen=True)
class TemplateIndex:
    """The templates seen from one manifest.

    Attributes:
        home: The manifest whose templates have no reference.
        others: WorkflowTemplates by name, for ``templateRef``.
    """

    home: Manifest
    others: dict[str, Manifest]

    @classmethod
    def of(
        cls, home: Manifest, manifests: Iterable[Manifest]
    ) -> "TemplateIndex":
        """Collects the WorkflowTemplates among manifests."""
        others = {
            manifest.name: manifest
            for manifest in manifests
            if manifest.kind == "WorkflowTemplate"
        }
        return cls(home, others)

    def resolve(self, task: Json) -> tuple["TemplateIndex", Json]:
        """Finds the template of a task or step.

        Args:
            task: The task or step.

        Returns:
            The index seen from the template, and the template.

        Raises:
            ManifestError: There is no such template.
        """
        reference = task.get("templateRef")
        if reference is None:
            return self, self.home.template(str(task.get("template", "")))
        manifest = self.workflow_template(str(reference.get("name", "")))
        name = str(reference.get("template", ""))
        return TemplateIndex(manifest, self.others), manifest.template(name)

    def workflow_template(self, name: str) -> Manifest:
        """Finds a WorkflowTemplate.

        Args:
            name: Its name.

        Returns:
            The manifest.

        Raises:
            ManifestError: It is not among the manifests of the run.
        """
        if name not in self.others:
            raise ManifestError(
                f"{self.home.source}: WorkflowTemplate {name} not found among "
                "the manifests of this run; add its file"
            )
        return self.others[name]
