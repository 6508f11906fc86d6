"""How this repository writes its files: one object each, no traps of YAML."""

from collections.abc import Iterator

import yaml

from argo_offline.lint.rule import Rule
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, Source, walk
from moderate.project_rules.group import PROJECT

# YAML 1.1 reads these plain words as booleans.
BOOLEAN_WORDS = frozenset({"y", "n", "yes", "no", "on", "off"})
BOOLEAN_KEYS = BOOLEAN_WORDS | {"true", "false"}


def one_object(folder: Folder) -> Iterator[Finding]:
    """Refuse files that do not hold exactly one object."""
    for source in folder.sources:
        count = len(source.nodes)
        if count != 1 and not source.error:
            yield Finding(
                source.file,
                "file",
                f"holds {count} objects; write one object to each file",
            )
        elif not source.error and not _is_mapping(source):
            yield Finding(
                source.file, "file", "holds no Kubernetes object but a value"
            )


def _is_mapping(source: Source) -> bool:
    return isinstance(source.nodes[0], yaml.MappingNode)


def boolean_words(folder: Folder) -> Iterator[Finding]:
    """Refuse plain words that Kubernetes reads as booleans."""
    for source in folder.sources:
        for node, path in walk(source):
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if _is_plain(key, BOOLEAN_KEYS):
                        yield _boolean(source, path, f"key {key.value}")
                    if _is_plain(value, BOOLEAN_WORDS):
                        where = f"{path}.{key.value}"
                        yield _boolean(source, where, f"value {value.value}")
            elif isinstance(node, yaml.SequenceNode):
                for value in node.value:
                    if _is_plain(value, BOOLEAN_WORDS):
                        yield _boolean(source, path, f"value {value.value}")


def _boolean(source: Source, where: str, what: str) -> Finding:
    message = (
        f"the {what} is a boolean to Kubernetes (YAML 1.1): put it in quotes "
        "for a string, else write true or false"
    )
    return Finding(source.file, where.lstrip("."), message)


def _is_plain(node: yaml.Node, words: frozenset[str]) -> bool:
    return (
        isinstance(node, yaml.ScalarNode)
        and node.style is None
        and node.value.lower() in words
    )


def aliases(folder: Folder) -> Iterator[Finding]:
    """Refuse aliases, which hide the value from the reader."""
    for source in folder.sources:
        for name in source.aliases:
            message = f"an alias, *{name}; write the value out"
            yield Finding(source.file, "file", message)


RULES = (
    Rule("one-object", "every file holds one object", one_object, PROJECT),
    Rule(
        "boolean-words",
        "no unquoted word that YAML 1.1 reads as a boolean",
        boolean_words,
        PROJECT,
    ),
    Rule("aliases", "values are written out", aliases, PROJECT),
)
