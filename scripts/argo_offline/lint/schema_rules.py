"""Rules on the fields of Argo's objects: the schemas, closed."""

from collections.abc import Iterator

from jsonschema import ValidationError

from argo_offline.lint.rule import Rule
from argo_offline.lint.schemas import kinds, validators
from argo_offline.manifests.access import mapping, sequence, suggestion, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, Manifest

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


def fields(folder: Folder) -> Iterator[Finding]:
    """Refuse objects with unknown, missing or wrong fields.

    Args:
        folder: The files.

    Yields:
        One finding per field, whichever version of Argo refuses it.
    """
    for manifest in folder.of_kinds(kinds()):
        for validator in validators(manifest.kind).values():
            document = dict(manifest.document)
            for error in validator.iter_errors(document):
                yield from findings(manifest, error)


def api_versions(folder: Folder) -> Iterator[Finding]:
    """Refuse Argo's objects with another API version.

    Args:
        folder: The files.

    Yields:
        One finding per object.
    """
    for manifest in folder.of_kinds(kinds()):
        version = text(manifest.document.get("apiVersion"))
        if version != API_VERSION:
            message = f"apiVersion is '{version}'; set {API_VERSION}"
            yield Finding(manifest.file, manifest.where or "object", message)


def findings(manifest: Manifest, error: ValidationError) -> Iterator[Finding]:
    """Describe what a schema refuses.

    Args:
        manifest: The object.
        error: What the schema says.

    Yields:
        One finding per field.
    """
    where = path_of(manifest, error)
    for message in messages(error):
        yield Finding(manifest.file, where, message)


def path_of(manifest: Manifest, error: ValidationError) -> str:
    """Write the path of an error with names in place of positions.

    Args:
        manifest: The object.
        error: What the schema says.

    Returns:
        For example ``spec.templates[main].container``.
    """
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


def messages(error: ValidationError) -> Iterator[str]:
    """Say what is there and what is allowed.

    Args:
        error: What the schema says.

    Yields:
        What is wrong and what to do.
    """
    allowed: object = error.validator_value
    if error.validator == "additionalProperties":
        yield from unknown_fields(error)
    elif error.validator == "required":
        lacking = set(map(str, sequence(allowed))) - set(
            mapping(error.instance)
        )
        yield from (f"has no '{name}'; set it" for name in sorted(lacking))
    elif error.validator == "type":
        yield wrong_type(error.instance, allowed)
    elif error.validator == "enum":
        options = {str(option) for option in sequence(allowed) if option}
        hint = suggestion(str(error.instance), options)
        yield f"is '{error.instance}', allowed are {listed(options)}{hint}"
    else:
        yield f"{cut(error.message)} ({error.validator} {cut(str(allowed))})"


def unknown_fields(error: ValidationError) -> Iterator[str]:
    """Describe fields that an object does not have.

    Args:
        error: What the schema says.

    Yields:
        What is wrong and what to do.
    """
    known = set(mapping(error.schema, "properties"))
    for name in sorted(set(map(str, mapping(error.instance))) - known):
        hint = suggestion(name, known) or f"; it has {listed(known)}"
        yield f"has no field '{name}'{hint}"


def wrong_type(value: object, allowed: object) -> str:
    """Describe a value of the wrong type, without the value.

    Args:
        value: The value.
        allowed: The type or types that are allowed.

    Returns:
        What is wrong and what to do.
    """
    there = YAML_TYPES.get(type(value).__name__, "something else")
    types = {str(item) for item in sequence(allowed) or [allowed]}
    quotable = "string" in types and not isinstance(value, list | dict)
    hint = "; put it in quotes" if quotable else ""
    return f"is {there}, it has to be of type {listed(types)}{hint}"


def listed(values: set[str]) -> str:
    """List names for a message.

    Args:
        values: The names.

    Returns:
        The names, sorted and cut.
    """
    return cut(", ".join(sorted(values)))


def cut(line: str) -> str:
    """Shorten a line for a message.

    Args:
        line: The line.

    Returns:
        Its beginning.
    """
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…"


RULES = (
    Rule("fields", "Argo's objects have the fields of its schemas", fields),
    Rule("api-versions", "Argo's objects have its API version", api_versions),
)
