"""Rules on the YAML text itself."""

from collections.abc import Iterator

import yaml

from argo_offline.lint.access import repeated
from argo_offline.lint.finding import Finding, Rule
from argo_offline.lint.folder import Folder, Source

# YAML 1.1 reads these plain words as booleans; PyYAML knows all but y and n.
BOOLEAN_WORDS = frozenset({"y", "n", "yes", "no", "on", "off"})
BOOLEAN_KEYS = BOOLEAN_WORDS | {"true", "false"}


def parses(folder: Folder) -> Iterator[Finding]:
    """Refuse files that do not parse.

    Args:
        folder: The files.

    Yields:
        One finding per file.
    """
    for source in folder.sources:
        if source.error:
            message = f"the file cannot be parsed: {source.error}"
            yield Finding(source.file, "file", message)


def one_object(folder: Folder) -> Iterator[Finding]:
    """Refuse files that do not hold exactly one object.

    Args:
        folder: The files.

    Yields:
        One finding per file.
    """
    for source in folder.sources:
        count = len(source.nodes)
        if count != 1 and not source.error:
            yield Finding(
                source.file,
                "file",
                f"holds {count} objects; write one object to each file",
            )
        elif not source.error and not is_mapping(source):
            yield Finding(
                source.file, "file", "holds no Kubernetes object but a value"
            )


def is_mapping(source: Source) -> bool:
    """Tell whether a file's first document is an object.

    Args:
        source: A file that parses.

    Returns:
        Whether it is a mapping.
    """
    return isinstance(source.nodes[0], yaml.MappingNode)


def duplicate_keys(folder: Folder) -> Iterator[Finding]:
    """Refuse a key that stands twice in one mapping.

    Args:
        folder: The files.

    Yields:
        One finding per key.
    """
    for source in folder.sources:
        for node, path in walk(source):
            if isinstance(node, yaml.MappingNode):
                keys = [str(key.value) for key, _ in node.value]
                for key in repeated(keys):
                    message = (
                        f"the key '{key}' stands more than once; YAML keeps "
                        "the last one only: remove the others"
                    )
                    yield Finding(source.file, path, message)


def boolean_words(folder: Folder) -> Iterator[Finding]:
    """Refuse plain words that Kubernetes reads as booleans.

    Args:
        folder: The files.

    Yields:
        One finding per key or value.
    """
    for source in folder.sources:
        for node, path in walk(source):
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if is_plain(key, BOOLEAN_KEYS):
                        yield boolean(source, path, f"key {key.value}")
                    if is_plain(value, BOOLEAN_WORDS):
                        where = f"{path}.{key.value}"
                        yield boolean(source, where, f"value {value.value}")
            elif isinstance(node, yaml.SequenceNode):
                for value in node.value:
                    if is_plain(value, BOOLEAN_WORDS):
                        yield boolean(source, path, f"value {value.value}")


def boolean(source: Source, where: str, what: str) -> Finding:
    """Describe a word that is read as a boolean.

    Args:
        source: The file.
        where: Path of the mapping or value.
        what: "key" or "value" and the word.

    Returns:
        The finding.
    """
    message = (
        f"the {what} is a boolean to Kubernetes (YAML 1.1): put it in quotes "
        "when a string is meant, else write true or false"
    )
    return Finding(source.file, where.lstrip("."), message)


def is_plain(node: yaml.Node, words: frozenset[str]) -> bool:
    """Tell whether a node is one of some words without quotes.

    Args:
        node: Any node.
        words: The words in lower case.

    Returns:
        Whether it is.
    """
    return (
        isinstance(node, yaml.ScalarNode)
        and node.style is None
        and node.value.lower() in words
    )


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


RULES = (
    Rule("yaml", "every file parses as YAML", parses),
    Rule("one-object", "every file holds one object", one_object),
    Rule("duplicate-keys", "no key stands twice in a mapping", duplicate_keys),
    Rule(
        "boolean-words",
        "no unquoted word that YAML 1.1 reads as a boolean",
        boolean_words,
    ),
)
