"""Rules on names and labels (RFC 1123, Kubernetes, Argo)."""

import re
from collections.abc import Iterator, Mapping

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import mapping, mappings, names, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, Manifest
from argo_offline.manifests.workflow import WORKFLOW_KINDS, Template, workflows

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


def object_names(folder: Folder) -> Iterator[Finding]:
    """Refuse objects without a valid name.

    Args:
        folder: The files.

    Yields:
        One finding per object.
    """
    for manifest in folder.manifests:
        metadata = mapping(manifest.document, "metadata")
        prefix = text(metadata.get("generateName"))
        problem = (
            prefix_problem(prefix)
            if prefix and not manifest.name
            else name_problem(manifest)
        )
        if problem:
            yield Finding(manifest.file, place(manifest), problem)


def place(manifest: Manifest) -> str:
    """Name the place of an object's metadata.

    Args:
        manifest: The object.

    Returns:
        The place.
    """
    return f"{manifest.where}, metadata" if manifest.where else "metadata"


def name_problem(manifest: Manifest) -> str:
    """Check the name of an object.

    Args:
        manifest: The object.

    Returns:
        What is wrong and what to do, empty when nothing is.
    """
    limit = MAX_NAME.get(
        manifest.kind,
        MAX_WORKFLOW_NAME
        if manifest.kind in WORKFLOW_KINDS
        else MAX_OBJECT_NAME,
    )
    name = manifest.name
    if not name and "metadata.name" in manifest.filled:
        return ""
    if not name:
        return "the object has no name; set metadata.name"
    if not DNS_SUBDOMAIN.fullmatch(name):
        return (
            f"name '{name}' is not valid; use lower-case letters, digits "
            "and '-', with a letter or digit at both ends (RFC 1123)"
        )
    if len(name) > limit:
        return (
            f"name '{name}' has {len(name)} characters; a {manifest.kind} "
            f"may have {limit}"
        )
    return ""


def prefix_problem(prefix: str) -> str:
    """Check the beginning of a generated name.

    Args:
        prefix: The beginning.

    Returns:
        What is wrong and what to do, empty when nothing is.
    """
    if GENERATED_PREFIX.fullmatch(prefix) and len(prefix) < MAX_WORKFLOW_NAME:
        return ""
    return (
        f"generateName '{prefix}' is not valid; use lower-case letters, "
        f"digits and '-', fewer than {MAX_WORKFLOW_NAME} of them"
    )


def labels(folder: Folder) -> Iterator[Finding]:
    """Refuse labels and annotations that Kubernetes refuses.

    Args:
        folder: The files.

    Yields:
        One finding per label.
    """
    for manifest in folder.manifests:
        metadata = mapping(manifest.document, "metadata")
        where = place(manifest)
        for problem in metadata_problems(metadata):
            yield Finding(manifest.file, where, problem)
    for workflow in workflows(folder):
        for field in ("podMetadata", "workflowMetadata"):
            for problem in metadata_problems(mapping(workflow.spec, field)):
                yield workflow.finding(field, problem)
        for template in workflow.templates:
            for problem in metadata_problems(
                mapping(template.body, "metadata")
            ):
                yield template.finding(None, problem)


def metadata_problems(metadata: Mapping[str, object]) -> Iterator[str]:
    """Check labels and annotations.

    Args:
        metadata: What holds them.

    Yields:
        What is wrong and what to do.
    """
    for noun in ("label", "annotation"):
        for key, value in mapping(metadata, f"{noun}s").items():
            if not LABEL_KEY.fullmatch(str(key)):
                yield f"{noun} '{key}' is no valid key"
            if not isinstance(value, str):
                yield (
                    f"{noun} '{key}' is {type(value).__name__} {value}, not "
                    "a string; put it in quotes"
                )
            elif noun == "label" and not valid_label(value):
                yield (
                    f"label '{key}' has value '{value}'; use at most "
                    f"{MAX_LABEL} letters, digits, '-', '_' and '.', with a "
                    "letter or digit at both ends"
                )


def valid_label(value: str) -> bool:
    """Tell whether a label's value is valid.

    Args:
        value: The value; with a tag in it only the run can tell.

    Returns:
        Whether it is.
    """
    if "{{" in value:
        return True
    return len(value) <= MAX_LABEL and bool(LABEL_VALUE.fullmatch(value))


def inner_names(folder: Folder) -> Iterator[Finding]:
    """Refuse names inside a workflow that Argo refuses.

    Args:
        folder: The files.

    Yields:
        One finding per name.
    """
    for workflow in workflows(folder):
        for name in wrong_parameters(names(workflow.parameters)):
            yield workflow.finding("workflow", name)
        for template in workflow.templates:
            yield from template_names(template)


def template_names(template: Template) -> Iterator[Finding]:
    """Check the names in one template.

    Args:
        template: The template.

    Yields:
        One finding per name.
    """
    own = [] if template.outer else [template.name]
    for name in [*own, *(call.name for call in template.calls)]:
        if not CALL_NAME.fullmatch(name) or len(name) > MAX_CALL_NAME:
            yield template.finding(
                None,
                f"name '{name}' is not valid; use letters, digits and '-', "
                f"a letter or digit first, {MAX_CALL_NAME} at most",
            )
    for kind in ("parameters", "artifacts"):
        declared = [*template.inputs(kind), *template.outputs(kind)]
        for message in wrong_parameters(names(declared)):
            yield template.finding(None, message)
        for call in template.calls:
            passed = mapping(call.body, "arguments").get(kind)
            for message in wrong_parameters(names(mappings(passed))):
                yield template.finding(call, message)


def wrong_parameters(declared: list[str]) -> list[str]:
    """Check names of parameters or artifacts.

    Args:
        declared: The names.

    Returns:
        What is wrong and what to do.
    """
    return [
        f"parameter or artifact '{name}' is no valid name; use letters, "
        "digits, '-' and '_'"
        for name in declared
        if not PARAMETER_NAME.fullmatch(name)
    ]


RULES = (
    Rule("names", "objects have valid names", object_names),
    Rule("labels", "labels and annotations are valid", labels),
    Rule("inner-names", "names inside a workflow are valid", inner_names),
)
