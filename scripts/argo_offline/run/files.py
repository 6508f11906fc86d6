"""Running a manifest from any files."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from argo_offline.errors import ArgumentError, ManifestError
from argo_offline.manifests.access import mapping, text
from argo_offline.manifests.folder import Folder, Source, read
from argo_offline.manifests.folder import Manifest as Parsed
from argo_offline.manifests.workflow import (
    Workflow,
    referenced_workflow,
    workflow_references,
)
from argo_offline.run.cluster import ConfigMap, LocalCluster, LocalImage
from argo_offline.run.manifest import KINDS, Manifest, manifests_of


@dataclass(frozen=True)
class FilesRun:
    """What is to be run, and what it finds around it.

    Attributes:
        manifests: The Workflow or WorkflowTemplate, and those it refers to.
        config_maps: The ConfigMaps of the files by name.
        secrets: The Secrets of the files by name.
    """

    manifests: tuple[Manifest, ...]
    config_maps: Mapping[str, ConfigMap]
    secrets: Mapping[str, Mapping[str, str]]

    def cluster(
        self, images: Iterable[str], evictions: Iterable[str] = ()
    ) -> LocalCluster:
        """Builds the cluster of the files.

        Args:
            images: ``NAME=FOLDER-OF-AN-ENVIRONMENT`` each.
            evictions: ``TEMPLATE`` or ``TEMPLATE=HOW-MANY-PODS`` each.

        Returns:
            The cluster.

        Raises:
            ArgumentError: One is not of that form.
        """
        return LocalCluster(
            images=dict(map(_image, images)),
            config_maps=self.config_maps,
            secrets=self.secrets,
            evictions=dict(map(_eviction, evictions)),
        )


def read_run(path: Path, name: str = "") -> FilesRun:
    """Reads what is to be run from a file or a folder.

    Args:
        path: The file or folder.
        name: The workflow's name; needed where there are several.

    Returns:
        The workflow, the templates that it refers to, ConfigMaps and Secrets.

    Raises:
        ManifestError: It cannot be run; the message has the reason.
    """
    if not path.exists():
        raise ManifestError(f"there is no file or folder {path}")
    folder = read(path)
    for source in folder.sources:
        if source.error:
            raise ManifestError(f"{source.file}: {source.error}")
    home = _chosen(folder, path, name)
    needed = (home, *_needed(Workflow(home), folder))
    sources = tuple(Source(m.file, documents=(m.document,)) for m in needed)
    return FilesRun(
        manifests=manifests_of(Folder(sources)),
        config_maps={
            item.name: ConfigMap(
                _texts(item, "data"), _texts(item, "metadata", "labels")
            )
            for item in folder.of_kinds(frozenset({"ConfigMap"}))
        },
        secrets={
            item.name: {**_decoded(item), **_texts(item, "stringData")}
            for item in folder.of_kinds(frozenset({"Secret"}))
        },
    )


def parameter_of(option: str) -> tuple[str, str]:
    """Reads a parameter, ``KEY=VALUE``.

    Args:
        option: The text.

    Returns:
        Name and value.

    Raises:
        ArgumentError: It is not of that form.
    """
    name, equals, value = option.partition("=")
    if not equals:
        raise ArgumentError(f"the parameter {option!r} is not KEY=VALUE")
    return name, value


def _eviction(option: str) -> tuple[str, int]:
    name, _, count = option.partition("=")
    if count and not count.isdecimal():
        raise ArgumentError(f"{option!r} is not TEMPLATE or TEMPLATE=NUMBER")
    return name, int(count or 1)


def _image(option: str) -> tuple[str, LocalImage]:
    name, _, folder = option.rpartition("=")
    programs = Path(folder).resolve() / "bin"
    if not name or not programs.is_dir():
        raise ArgumentError(
            f"the image {option!r} is not NAME=FOLDER with the folder of an "
            "environment that has a bin, for example busybox:1.36=.venv"
        )
    return name, LocalImage(path=(programs,))


def _chosen(folder: Folder, path: Path, name: str) -> Parsed:
    found = [item for item in folder.of_kinds(KINDS) if not item.where]
    runs = [item for item in found if item.kind == "Workflow"] or found
    if name:
        runs = [item for item in found if name in _names(item)]
    if len(runs) == 1:
        return runs[0]
    listed = ", ".join(sorted(_names(item)[0] for item in found)) or "none"
    wanted = f"{len(runs)} workflows {name}" if name else "several workflows"
    reason = wanted if runs else f"no workflow {name}".rstrip()
    raise ManifestError(
        f"{path} holds {reason}; name one of its Workflows and "
        f"WorkflowTemplates: {listed}"
    )


def _names(item: Parsed) -> list[str]:
    prefix = text(mapping(item.document, "metadata").get("generateName"))
    return [item.name or prefix, prefix.rstrip("-")]


def _needed(workflow: Workflow, folder: Folder) -> Iterator[Parsed]:
    seen = [workflow.manifest]
    waiting = [workflow]
    while waiting:
        for reference in workflow_references(waiting.pop()):
            found = referenced_workflow(reference, folder)
            if found and found.manifest not in seen:
                seen.append(found.manifest)
                waiting.append(found)
                yield found.manifest


def _texts(item: Parsed, *keys: str) -> dict[str, str]:
    held = mapping(item.document, *keys)
    return {str(key): text(value) for key, value in held.items()}


def _decoded(item: Parsed) -> dict[str, str]:
    return {
        key: base64.b64decode(value).decode(errors="replace")
        for key, value in _texts(item, "data").items()
    }
