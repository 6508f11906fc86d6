"""Reads a folder of manifests: text, YAML nodes, documents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from argo_offline.manifests.access import Json, mapping, mappings, text

MAX_DEPTH = 100
# What a file may hold once its aliases are written out.
MAX_NODES = 200_000
YAML_SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True)
class Source:
    """One file.

    Attributes:
        file: The file as it was given to lint.
        nodes: Roots of its YAML documents; empty when it does not parse.
        documents: The same documents, constructed.
        aliases: Names of the aliases in it, in order.
        error: Why it does not parse, empty when it does.
    """

    file: Path
    nodes: tuple[yaml.Node, ...] = ()
    documents: tuple[object, ...] = ()
    aliases: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, eq=False)
class Manifest:
    """One Kubernetes object.

    Attributes:
        file: The file that holds it.
        document: The object.
        where: Place in the file, empty for the file's own object.
        filled: Fields that a Sensor's trigger fills in, with dots.
    """

    file: Path
    document: Json
    where: str = ""
    filled: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """The object's kind, empty when it has none."""
        return text(self.document.get("kind"))

    @property
    def name(self) -> str:
        """The object's name, empty when it has none."""
        return text(mapping(self.document, "metadata").get("name"))

    @property
    def spec(self) -> Json:
        """The object's specification."""
        return mapping(self.document, "spec")


@dataclass(frozen=True, eq=False)
class Folder:
    """All files that one run looks at.

    Attributes:
        sources: The files in order.
    """

    sources: tuple[Source, ...]

    @cached_property
    def manifests(self) -> tuple[Manifest, ...]:
        """The objects of all files, and the workflows inside Sensors."""
        return tuple(
            manifest
            for source in self.sources
            for document in source.documents
            for manifest in with_embedded(source.file, document)
        )

    def of_kinds(self, kinds: frozenset[str]) -> list[Manifest]:
        """Select objects by kind.

        Args:
            kinds: The kinds that are wanted.

        Returns:
            Objects of these kinds, in order.
        """
        return [item for item in self.manifests if item.kind in kinds]


def read(folder_or_files: Path | Iterable[Path]) -> Folder:
    """Read manifests.

    Args:
        folder_or_files: A folder, of which all YAML files below are read, or
            single files.

    Returns:
        The files, sorted by path.
    """
    files = (
        yaml_files(folder_or_files)
        if isinstance(folder_or_files, Path)
        else folder_or_files
    )
    return Folder(sources=tuple(read_source(file) for file in sorted(files)))


def yaml_files(path: Path) -> list[Path]:
    """List the YAML files of a folder.

    Args:
        path: A folder, or one file.

    Returns:
        The files.
    """
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.suffix in YAML_SUFFIXES]


def read_source(file: Path) -> Source:
    """Read one file.

    Args:
        file: The file.

    Returns:
        Its YAML documents, or why there are none.
    """
    try:
        content = file.read_text("utf-8")
        aliases = _checked_events(content)
        found = yaml.compose_all(content, Loader=yaml.SafeLoader)
        nodes = tuple(node for node in found if node is not None)
        _refuse_bombs(nodes)
        documents = tuple(construct(node) for node in nodes)
        return Source(file, nodes, documents, aliases)
    except UnicodeDecodeError as error:
        return Source(file, error=f"it is not UTF-8 text: {error.reason}")
    except (yaml.YAMLError, ValueError) as error:
        return Source(file, error=" ".join(str(error).split()))
    except OSError as error:
        return Source(file, error=f"it cannot be read: {error.strerror}")


def _checked_events(content: str) -> tuple[str, ...]:
    """Refuses deep nesting; returns the names of the aliases."""
    depth = 0
    aliases = []
    for event in yaml.parse(content, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            aliases.append(str(event.anchor))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise yaml.YAMLError(f"more than {MAX_DEPTH} levels of nesting")
    return tuple(aliases)


def _refuse_bombs(nodes: Iterable[yaml.Node]) -> None:
    """Refuses small files that aliases make large, or endless."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node) -> int:
        key = id(node)
        if sizes.get(key) == 0:
            raise yaml.YAMLError("an alias stands inside its own value")
        if key not in sizes:
            sizes[key] = 0
            sizes[key] = 1 + sum(map(size, _parts(node)))
        return sizes[key]

    if sum(map(size, nodes)) > MAX_NODES:
        raise yaml.YAMLError(
            f"more than {MAX_NODES} values, aliases written out"
        )


def _parts(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else []


def walk(source: Source) -> Iterator[tuple[yaml.Node, str]]:
    """Walk all nodes of a file.

    Args:
        source: The file.

    Yields:
        Node and path, for example ``spec.templates.0.name``.
    """
    waiting: list[tuple[yaml.Node, str]] = [
        (node, "") for node in source.nodes
    ]
    while waiting:
        node, path = waiting.pop()
        yield node, path
        if isinstance(node, yaml.MappingNode):
            waiting += [
                (value, f"{path}.{key.value}".lstrip("."))
                for key, value in node.value
            ]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [
                (value, f"{path}.{index}")
                for index, value in enumerate(node.value)
            ]


def construct(node: yaml.Node) -> object:
    """Build the document of a YAML node.

    Args:
        node: A document's root.

    Returns:
        The document.

    Raises:
        YAMLError: A value has a tag that no manifest may use.
    """
    loader = yaml.SafeLoader("")
    try:
        document: object = loader.construct_document(node)
    finally:
        loader.dispose()
    return document


def with_embedded(file: Path, document: object) -> Iterator[Manifest]:
    """Find the objects in a document.

    Args:
        file: The file that holds the document.
        document: The document.

    Yields:
        The object; for a Sensor also the workflows that its triggers create.
    """
    manifest = Manifest(file, mapping(document))
    yield manifest
    if manifest.kind == "Sensor":
        for trigger in mappings(manifest.spec.get("triggers")):
            yield from embedded(file, mapping(trigger, "template"))
            dead_letter = mapping(trigger, "dlqTrigger", "template")
            yield from embedded(file, dead_letter)


def embedded(file: Path, template: Json) -> Iterator[Manifest]:
    """Find the object that a Sensor's trigger creates.

    Args:
        file: The Sensor's file.
        template: The trigger's template.

    Yields:
        The object, when the trigger states one.
    """
    name = text(template.get("name"))
    for trigger in ("k8s", "argoWorkflow"):
        resource = mapping(template, trigger, "source", "resource")
        parameters = mappings(mapping(template, trigger).get("parameters"))
        filled = frozenset(text(item.get("dest")) for item in parameters)
        if resource:
            yield Manifest(file, resource, f"trigger {name}", filled)
