"""Rules on the YAML text itself."""

from collections.abc import Iterator

import yaml

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import repeated
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, walk


def parses(folder: Folder) -> Iterator[Finding]:
    """Refuse files that do not parse, one finding per file."""
    for source in folder.sources:
        if source.error:
            message = f"the file cannot be parsed: {source.error}"
            yield Finding(source.file, "file", message)


def duplicate_keys(folder: Folder) -> Iterator[Finding]:
    """Refuse a key that stands twice in one mapping, one finding per key."""
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


RULES = (
    Rule("yaml", "every file parses as YAML", parses),
    Rule("duplicate-keys", "no key stands twice in a mapping", duplicate_keys),
)
