"""Rules on files and on the fields of Argo's objects: the schemas, closed.

Argo itself refuses fields that it lacks and values of another type. Whether
fields are there, and the values of most enumerations, only the full custom
resource definitions check.
"""

import gzip
import json
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import yaml
from jsonschema import Draft7Validator, ValidationError

from argo_offline.lint.rule import STRICT, Rule
from argo_offline.manifests.access import (
    Json,
    mapping,
    repeated,
    sequence,
    suggestion,
    text,
    words,
)
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, Manifest, walk
from argo_offline.manifests.workflow import FOLDERS_AT_ONCE, workflows


def _parses(folder: Folder) -> Iterator[Finding]:
    """Refuse files that do not parse, one finding per file."""
    for source in folder.sources:
        if source.error:
            message = f"the file cannot be parsed: {source.error}"
            yield Finding(source.file, "file", message)


def _duplicate_keys(folder: Folder) -> Iterator[Finding]:
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


SCHEMA_FOLDER = Path(__file__).parent / "schemas"
SUFFIX = ".json.gz"
# The cluster-wide kind has the same schema.
SAME_SCHEMA = {"ClusterWorkflowTemplate": "WorkflowTemplate"}


@cache
def validators(kind: str) -> dict[str, Draft7Validator]:
    """Load the schemas of a kind.

    Args:
        kind: The kind.

    Returns:
        Validators by Argo's module and version; empty for an unknown kind.
    """
    name = f"{SAME_SCHEMA.get(kind, kind)}{SUFFIX}"
    known = {file.name: file for file in SCHEMA_FOLDER.glob(f"*/*{SUFFIX}")}
    if name not in known:
        return {}
    return {
        file.parent.name: Draft7Validator(
            json.loads(gzip.decompress(file.read_bytes()))
        )
        for file in sorted(SCHEMA_FOLDER.glob(f"*/{name}"))
    }


@cache
def kinds() -> frozenset[str]:
    """List the kinds that have a schema.

    Returns:
        Their names.
    """
    files = SCHEMA_FOLDER.glob(f"*/*{SUFFIX}")
    named = {file.name.removesuffix(SUFFIX) for file in files}
    return frozenset(named | set(SAME_SCHEMA))


API_VERSION = "argoproj.io/v1alpha1"
MAX_SHOWN = 60
YAML_TYPES = {
    "bool": "a boolean",
    "dict": "a mapping",
    "float": "a number",
    "int": "a number",
    "list": "a list",
    "NoneType": "nothing",
    "str": "a string",
}
METADATA_FIELDS = words(
    "annotations creationTimestamp deletionGracePeriodSeconds "
    "deletionTimestamp finalizers generateName generation labels "
    "managedFields name namespace ownerReferences resourceVersion selfLink "
    "uid"
)
# What Argo reads as text, in whichever type it is written.
ANY_TEXT = frozenset({"value", "default"})
ONLY_FULL_DEFINITIONS = frozenset({"required", "enum", "minimum", "maximum"})


@lru_cache(maxsize=FOLDERS_AT_ONCE)
def _errors(folder: Folder) -> tuple[tuple[str, Finding], ...]:
    """Lists what the schemas refuse, with the check that does."""
    return tuple(
        (str(error.validator), Finding(manifest.file, where, message))
        for manifest in folder.of_kinds(kinds())
        for validator in validators(manifest.kind).values()
        for error in _refused(validator, manifest)
        if not _is_any_text(error)
        for where in [_path_of(manifest, error)]
        for message in _messages(error)
    )


def _refused(
    validator: Draft7Validator, manifest: Manifest
) -> Iterator[ValidationError]:
    """Lists the errors of an object: an empty field counts as absent."""
    stated = {k: v for k, v in manifest.document.items() if k != "status"}
    filled = _filled(stated)
    yield from validator.iter_errors(filled)
    if filled != stated:
        for error in validator.iter_errors(stated):
            if error.validator == "additionalProperties":
                yield error


def _filled(value: object) -> object:
    if isinstance(value, dict):
        return {k: _filled(v) for k, v in value.items() if v is not None}
    return list(map(_filled, value)) if isinstance(value, list) else value


def _is_any_text(error: ValidationError) -> bool:
    path = [str(key) for key in error.absolute_path]
    if error.validator != "type":
        return False
    if error.instance is None:
        return error.validator_value != "object"
    parameter = "parameters" in path[-3:-1] or path[-2:] == [
        "valueFrom",
        "default",
    ]
    is_enum = path[-2:-1] == ["enum"]
    return is_enum or (parameter and path[-1] in ANY_TEXT)


def fields(folder: Folder) -> Iterator[Finding]:
    """Refuse unknown fields and values of a wrong type, one finding each."""
    for check, finding in _errors(folder):
        if check not in ONLY_FULL_DEFINITIONS:
            yield finding


def _full_definitions(folder: Folder) -> Iterator[Finding]:
    """Refuse what only the full definitions refuse, one finding each."""
    for check, finding in _errors(folder):
        if check in ONLY_FULL_DEFINITIONS:
            yield finding


def metadata(folder: Folder) -> Iterator[Finding]:
    """Refuse metadata with unknown fields, one finding per field."""
    for manifest in folder.of_kinds(kinds()):
        where = ", ".join(filter(None, [manifest.where, "metadata"]))
        stated = mapping(manifest.document, "metadata")
        for name in sorted(map(str, set(stated) - METADATA_FIELDS)):
            hint = suggestion(name, METADATA_FIELDS)
            message = f"there is no field '{name}'{hint}"
            yield Finding(manifest.file, where, message)


def _api_versions(folder: Folder) -> Iterator[Finding]:
    """Refuse Argo's objects with another API version."""
    for manifest in folder.of_kinds(kinds()):
        version = text(manifest.document.get("apiVersion"))
        if version != API_VERSION:
            message = f"apiVersion is '{version}'; set {API_VERSION}"
            yield Finding(manifest.file, manifest.where or "object", message)


def _path_of(manifest: Manifest, error: ValidationError) -> str:
    """Writes an error's path with names in place of positions."""
    path = ""
    node: object = manifest.document
    for key in error.absolute_path:
        if isinstance(node, list) and isinstance(key, int):
            node = node[key]
            path += f"[{text(mapping(node).get('name')) or key}]"
        else:
            node = mapping(node).get(str(key))
            path += f".{key}"
    parts = [manifest.where, path.removeprefix(".")]
    return ", ".join(part for part in parts if part) or "object"


def _messages(error: ValidationError) -> Iterator[str]:
    allowed: object = error.validator_value
    if error.validator == "additionalProperties":
        yield from _unknown_fields(error)
    elif error.validator == "required":
        lacking = set(map(str, sequence(allowed))) - set(
            mapping(error.instance)
        )
        yield from (f"has no '{name}'; set it" for name in sorted(lacking))
    elif error.validator == "type":
        yield _wrong_type(error.instance, allowed)
    elif error.validator == "enum":
        options = {str(option) for option in sequence(allowed) if option}
        hint = suggestion(str(error.instance), options)
        yield f"is '{error.instance}', allowed are {_listed(options)}{hint}"
    else:
        yield (
            f"{_cut(error.message)} ({error.validator} {_cut(str(allowed))})"
        )


def _unknown_fields(error: ValidationError) -> Iterator[str]:
    known = set(mapping(error.schema, "properties"))
    for name in sorted(set(map(str, mapping(error.instance))) - known):
        hint = suggestion(name, known) or f"; it has {_listed(known)}"
        yield f"has no field '{name}'{hint}"


def _wrong_type(value: object, allowed: object) -> str:
    """Describes a value of the wrong type, without the value."""
    there = YAML_TYPES.get(type(value).__name__, "something else")
    types = {str(item) for item in sequence(allowed) or [allowed]}
    quotable = "string" in types and not isinstance(value, list | dict)
    hint = "; put it in quotes" if quotable else ""
    return f"is {there}, it has to be of type {_listed(types)}{hint}"


def _listed(values: set[str]) -> str:
    return _cut(", ".join(sorted(values)))


def _cut(line: str) -> str:
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…"


FULL_DEFINITIONS = Rule(
    "full-definitions",
    "objects fit the full custom resource definitions",
    _full_definitions,
    STRICT,
)


LISTS = {"mutex": "mutexes", "semaphore": "semaphores"}


def _removed_fields(folder: Folder) -> Iterator[Finding]:
    """Refuse fields that Argo Workflows 4.0 took away, one finding each."""
    for manifest in folder.of_kinds(frozenset({"CronWorkflow"})):
        if "schedule" in manifest.spec:
            message = _removed("schedule", "the list 'schedules'")
            yield Finding(manifest.file, "spec", message)
    for workflow in workflows(folder):
        defaults = mapping(workflow.spec, "templateDefaults")
        for body in (workflow.spec, defaults):
            for message in _removed_locks(body):
                yield workflow.finding("workflow", message)
        if "podPriority" in workflow.spec:
            message = _removed("podPriority", "'podPriorityClassName'")
            yield workflow.finding("workflow", message)
        for template in workflow.templates:
            for message in _removed_locks(template.body):
                yield template.finding(None, message)


def _removed_locks(body: Json) -> list[str]:
    synchronization = mapping(body, "synchronization")
    return [
        _removed(single, f"the list '{plural}'")
        for single, plural in LISTS.items()
        if single in synchronization
    ]


def _removed(field: str, instead: str) -> str:
    return f"'{field}' is gone in Argo Workflows 4.0; use {instead}"


RULES = (
    Rule("yaml", "every file _parses as YAML", _parses),
    Rule(
        "duplicate-keys", "no key stands twice in a mapping", _duplicate_keys
    ),
    Rule("fields", "objects have fields of Argo's schemas only", fields),
    Rule("metadata", "metadata has known fields", metadata),
    FULL_DEFINITIONS,
    Rule("api-versions", "objects have Argo's version", _api_versions, STRICT),
    Rule(
        "removed-fields",
        "no field that Argo Workflows 4.0 took away",
        _removed_fields,
        runs=True,
    ),
)
