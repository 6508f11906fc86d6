"""Rules on names and labels (Argo, Kubernetes, RFC 1123)."""

import re
from collections.abc import Iterator, Mapping

from argo_offline.lint.rule import STRICT, Rule
from argo_offline.manifests.access import (
    mapping,
    mappings,
    names,
    repeated,
    text,
)
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, Manifest
from argo_offline.manifests.workflow import (
    TAG_START,
    WORKFLOW_KINDS,
    Template,
    workflows,
)

DNS_SUBDOMAIN = re.compile(
    r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
)
GENERATED_PREFIX = re.compile(r"[a-z0-9]([-.a-z0-9]*)")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
LABEL_KEY = re.compile(
    r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*"
    r"[A-Za-z0-9])?"
)
CALL_NAME = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*")
PARAMETER_NAME = re.compile(r"[-a-zA-Z0-9_]+")
MAX_LABEL = 63
MAX_CALL_NAME = 128
# Argo appends a time stamp to the name of a cron workflow.
MAX_NAME = {"CronWorkflow": 52}
MAX_WORKFLOW_NAME = 63
MAX_OBJECT_NAME = 253
NAME_FIELDS = frozenset({"metadata.name", "metadata.generateName"})


def _name_lengths(folder: Folder) -> Iterator[Finding]:
    """Refuse names of workflows that are too long, one finding each."""
    for manifest in folder.of_kinds(WORKFLOW_KINDS):
        limit = MAX_NAME.get(manifest.kind, MAX_WORKFLOW_NAME)
        if len(manifest.name) > limit:
            yield Finding(
                manifest.file,
                _place(manifest),
                f"name '{manifest.name}' has {len(manifest.name)} "
                f"characters; a {manifest.kind} may have {limit}",
            )


def _object_names(folder: Folder) -> Iterator[Finding]:
    """Refuse objects without a valid name, one finding per object."""
    for manifest in _objects(folder):
        metadata = mapping(manifest.document, "metadata")
        prefix = text(metadata.get("generateName"))
        problem = (
            _prefix_problem(prefix)
            if prefix and not manifest.name
            else _name_problem(manifest)
        )
        if problem and not (NAME_FIELDS & manifest.filled):
            yield Finding(manifest.file, _place(manifest), problem)


def _objects(folder: Folder) -> list[Manifest]:
    """Lists what is an object of Kubernetes, of whichever kind."""
    return [
        item
        for item in folder.manifests
        if item.kind and item.document.get("apiVersion") and not item.partial
    ]


def _place(manifest: Manifest) -> str:
    return f"{manifest.where}, metadata" if manifest.where else "metadata"


def _name_problem(manifest: Manifest) -> str:
    name = manifest.name
    if not name:
        return "the object has no name; set metadata.name"
    if not DNS_SUBDOMAIN.fullmatch(name) or len(name) > MAX_OBJECT_NAME:
        return (
            f"name '{name}' is not valid; use lower-case letters, digits "
            "and '-', with a letter or digit at both ends (RFC 1123)"
        )
    return ""


def _prefix_problem(prefix: str) -> str:
    if GENERATED_PREFIX.fullmatch(prefix) and len(prefix) < MAX_WORKFLOW_NAME:
        return ""
    return (
        f"generateName '{prefix}' is not valid; use lower-case letters, "
        f"digits and '-', fewer than {MAX_WORKFLOW_NAME} of them"
    )


def _label_types(folder: Folder) -> Iterator[Finding]:
    """Refuse labels and annotations that are not text, one finding each."""
    for place, metadata in _all_metadata(folder):
        for noun in ("label", "annotation"):
            for key, value in mapping(metadata, f"{noun}s").items():
                if not isinstance(value, str):
                    message = (
                        f"{noun} '{key}' is {type(value).__name__} {value}, "
                        "not a string; put it in quotes"
                    )
                    yield Finding(place.file, place.where, message)


def _label_values(folder: Folder) -> Iterator[Finding]:
    """Refuse labels that Kubernetes refuses, one finding per label."""
    for place, metadata in _all_metadata(folder):
        for message in _label_problems(metadata):
            yield Finding(place.file, place.where, message)


def _all_metadata(
    folder: Folder,
) -> Iterator[tuple[Finding, Mapping[str, object]]]:
    """Lists all metadata, each with a finding that has file and place."""
    for manifest in _objects(folder):
        place = Finding(manifest.file, _place(manifest), "")
        yield place, mapping(manifest.document, "metadata")
    for workflow in workflows(folder):
        for field in ("podMetadata", "workflowMetadata"):
            yield workflow.finding(field, ""), mapping(workflow.spec, field)
        for template in workflow.templates:
            place = template.finding(None, "")
            yield place, mapping(template.body, "metadata")


def _label_problems(metadata: Mapping[str, object]) -> Iterator[str]:
    for noun in ("label", "annotation"):
        for key, value in mapping(metadata, f"{noun}s").items():
            if not LABEL_KEY.fullmatch(str(key)):
                yield f"{noun} '{key}' is no valid key"
            if noun == "label" and not _is_label(value):
                yield (
                    f"label '{key}' has value '{value}'; use at most "
                    f"{MAX_LABEL} letters, digits, '-', '_' and '.', with a "
                    "letter or digit at both ends"
                )


def _is_label(value: object) -> bool:
    if not isinstance(value, str) or TAG_START in value:
        return True
    return len(value) <= MAX_LABEL and bool(LABEL_VALUE.fullmatch(value))


def _inner_names(folder: Folder) -> Iterator[Finding]:
    """Refuse names inside a workflow that Argo refuses, one finding each."""
    for workflow in workflows(folder):
        for message in _wrong_parameters(names(workflow.parameters)):
            yield workflow.finding("workflow", message)
        for template in workflow.templates:
            yield from _in_template(template)


def _in_template(template: Template) -> Iterator[Finding]:
    own = [] if template.outer else [template.name]
    for name in [*own, *(call.name for call in template.calls)]:
        if not CALL_NAME.fullmatch(name) or len(name) > MAX_CALL_NAME:
            yield template.finding(
                None,
                f"name '{name}' is not valid; use letters, digits and '-', "
                f"a letter or digit first, {MAX_CALL_NAME} at most",
            )
    for kind in ("parameters", "artifacts"):
        outputs = template.outputs(kind)
        globals_ = [text(item.get("globalName")) for item in outputs]
        declared = [
            *names([*template.inputs(kind), *outputs]),
            *(n for n in globals_ if n and TAG_START not in n),
        ]
        for message in _wrong_parameters(declared):
            yield template.finding(None, message)
        for call in template.calls:
            passed = names(mappings(mapping(call.body, "arguments").get(kind)))
            for message in _wrong_parameters(passed):
                yield template.finding(call, message)


def _wrong_parameters(declared: list[str]) -> list[str]:
    return [
        f"parameter or artifact '{name}' is no valid name; use letters, "
        "digits, '-' and '_'"
        for name in declared
        if not PARAMETER_NAME.fullmatch(name)
    ]


def unique_names(folder: Folder) -> Iterator[Finding]:
    """Refuse names that stand twice, one finding per name."""
    for workflow in workflows(folder):
        for name in repeated(names(workflow.spec.get("templates"))):
            yield workflow.finding(
                "workflow", f"has more than one template '{name}'; rename them"
            )
        for name in repeated(names(workflow.parameters)):
            message = f"declares parameter '{name}' more than once"
            yield workflow.finding("workflow", f"{message}; keep one")
        for template in workflow.templates:
            yield from _repeated_in(template)


def _repeated_in(template: Template) -> Iterator[Finding]:
    for name in repeated([call.name for call in template.calls]):
        noun = template.calls[0].noun
        message = f"has more than one {noun} '{name}'; rename them"
        yield template.finding(None, message)
    for kind in ("parameters", "artifacts"):
        for way, items in (
            ("input", template.inputs(kind)),
            ("output", template.outputs(kind)),
        ):
            for name in repeated(names(items)):
                message = f"declares {way} '{name}' more than once; keep one"
                yield template.finding(None, message)
        for call in template.calls:
            passed = names(mapping(call.body, "arguments").get(kind))
            for name in repeated(passed):
                noun = "argument" if kind == "parameters" else "artifact"
                message = f"passes {noun} '{name}' more than once; keep one"
                yield template.finding(call, message)


RULES = (
    Rule("name-lengths", "names of workflows are not too long", _name_lengths),
    Rule("inner-names", "names inside a workflow are valid", _inner_names),
    Rule(
        "unique-names",
        "no two templates, tasks, steps or parameters share a name",
        unique_names,
    ),
    Rule("label-types", "labels and annotations are text", _label_types),
    Rule("names", "objects have valid names", _object_names, STRICT),
    Rule("labels", "labels and annotations are valid", _label_values, STRICT),
)
