"""Rules on the fields of Argo's objects: the schemas, closed.

Argo itself refuses fields that it lacks and values of another type. Whether
fields are there, and the values of most enumerations, only the full custom
resource definitions check.
"""

from collections.abc import Iterator
from functools import lru_cache

from jsonschema import ValidationError

from argo_offline.lint.rule import STRICT, Rule
from argo_offline.lint.schemas import kinds, validators
from argo_offline.manifests.access import (
    mapping,
    sequence,
    suggestion,
    text,
    words,
)
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, Manifest
from argo_offline.manifests.workflow import FOLDERS_AT_ONCE

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
        for error in validator.iter_errors(_stated(manifest))
        if not _is_any_text(error)
        for where in [_path_of(manifest, error)]
        for message in _messages(error)
    )


def _stated(manifest: Manifest) -> dict[str, object]:
    """Leaves out what the cluster adds to an object, and empty fields."""
    stated = {k: v for k, v in manifest.document.items() if k != "status"}
    return {k: _filled(v) for k, v in stated.items() if v is not None}


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


def full_definitions(folder: Folder) -> Iterator[Finding]:
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


def api_versions(folder: Folder) -> Iterator[Finding]:
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
    full_definitions,
    STRICT,
)
RULES = (
    Rule("fields", "objects have fields of Argo's schemas only", fields),
    Rule("metadata", "metadata has known fields", metadata),
    FULL_DEFINITIONS,
    Rule("api-versions", "objects have Argo's version", api_versions, STRICT),
)
