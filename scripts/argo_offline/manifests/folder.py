"""Reads a folder of manifests: text, YAML nodes, documents."""

import json
import re
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
# What a trigger creates; with another operation it names an object.
CREATING = {"k8s": ("", "create"), "argoWorkflow": ("", "submit")}
_TAG = "tag:yaml.org,2002:"
# Scalars as Kubernetes reads them: YAML 1.1 without dates and base 60.
_SCALARS = {
    "bool": r"[yYnN]|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE"
    r"|on|On|ON|off|Off|OFF",
    "int": r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]*|[1-9][0-9_]*)",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
    "null": r"~|null|Null|NULL|",
    "merge": r"<<",
}


class _Loader(yaml.SafeLoader):
    """Reads YAML as Kubernetes does."""

    def construct_bool(self, node: yaml.Node) -> bool:
        """Construct a boolean; ``y`` and ``n`` are some, too."""
        return str(node.value).lower() in {"y", "yes", "true", "on"}

    def construct_integer(self, node: yaml.Node) -> int | float:
        """Construct an integer; a leading zero makes it octal.

        What no 64 bits hold is a float.
        """
        value = str(node.value).replace("_", "")
        number = int(
            re.sub(r"^([-+]?)0([0-7])", r"\1 0o\2", value).replace(" ", ""), 0
        )
        return number if -(2**63) <= number < 2**64 else float(number)


_Loader.yaml_implicit_resolvers = {
    None: [
        (f"{_TAG}{name}", re.compile(f"(?:{pattern})$"))
        for name, pattern in _SCALARS.items()
    ]
}
_Loader.add_constructor(f"{_TAG}bool", _Loader.construct_bool)
_Loader.add_constructor(f"{_TAG}int", _Loader.construct_integer)


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
        partial: Whether the object completes one of the cluster.
    """

    file: Path
    document: Json
    where: str = ""
    filled: frozenset[str] = frozenset()
    partial: bool = False

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
    """All files that one run reads.

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
            for manifest in _with_embedded(source.file, document)
        )

    def of_kinds(self, kinds: frozenset[str]) -> list[Manifest]:
        """Select the objects of some kinds, in order.

        Args:
            kinds: The kinds that are wanted.

        Returns:
            Objects of these kinds that a file states as a whole.
        """
        return [
            item
            for item in self.manifests
            if item.kind in kinds and not item.partial
        ]


def read(folder_or_files: Path | Iterable[Path]) -> Folder:
    """Read manifests.

    Args:
        folder_or_files: A folder, of which all YAML files below are read, or
            single files.

    Returns:
        The files, sorted by path.
    """
    files = (
        _yaml_files(folder_or_files)
        if isinstance(folder_or_files, Path)
        else folder_or_files
    )
    return Folder(sources=tuple(_read_source(file) for file in sorted(files)))


def _yaml_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.suffix in YAML_SUFFIXES]


def _read_source(file: Path) -> Source:
    """Read one file."""
    try:
        content = file.read_text("utf-8")
        aliases = _checked_events(content)
        found = yaml.compose_all(content, Loader=_Loader)
        nodes = tuple(node for node in found if node is not None)
        _refuse_bombs(nodes)
        documents = tuple(_construct(node) for node in nodes)
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
    for event in yaml.parse(content, Loader=_Loader):
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


def _construct(node: yaml.Node) -> object:
    loader = _Loader("")
    try:
        return _with_text_keys(loader.construct_document(node))
    finally:
        loader.dispose()


def _with_text_keys(value: object) -> object:
    """Makes the keys of mappings text, as Kubernetes does."""
    if isinstance(value, dict):
        return {
            key if isinstance(key, str) else json.dumps(key): _with_text_keys(
                item
            )
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_with_text_keys(item) for item in value]
    return value


def _with_embedded(file: Path, document: object) -> Iterator[Manifest]:
    manifest = Manifest(file, mapping(document))
    yield manifest
    if manifest.kind == "Sensor":
        for trigger in mappings(manifest.spec.get("triggers")):
            yield from _embedded(file, mapping(trigger, "template"))
            dead_letter = mapping(trigger, "dlqTrigger", "template")
            yield from _embedded(file, dead_letter)


def _embedded(file: Path, template: Json) -> Iterator[Manifest]:
    name = text(template.get("name"))
    for trigger, creates in CREATING.items():
        body = mapping(template, trigger)
        resource = mapping(body, "source", "resource")
        parameters = mappings(body.get("parameters"))
        if resource:
            yield Manifest(
                file,
                resource,
                f"trigger {name}",
                frozenset(text(item.get("dest")) for item in parameters),
                partial=text(body.get("operation")) not in creates,
            )
