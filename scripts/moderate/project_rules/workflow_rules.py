"""What this repository asks of every workflow."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import mapping, suggestion, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import (
    TAG_START,
    WORKFLOW_KINDS,
    Workflow,
    workflow_references,
    workflows,
)
from moderate.project_rules.group import PROJECT
from moderate.project_rules.pods import services

LABELS = (
    "app.kubernetes.io/component",
    "app.kubernetes.io/name",
    "app.kubernetes.io/part-of",
)
ANNOTATIONS = (
    "workflows.argoproj.io/description",
    "workflows.argoproj.io/title",
)
CLEAN_UP = {
    "podGC": "its pods stay for ever",
    "ttlStrategy": "its workflows stay for ever",
}
DEFAULT_ACCOUNT = "default"
ACCOUNT_KINDS = frozenset({"ServiceAccount"})


def own_specs(folder: Folder) -> list[Workflow]:
    """List the workflows that state their templates themselves.

    Args:
        folder: The files.

    Returns:
        All but those made from a workflow template.
    """
    return [item for item in workflows(folder) if not item.reference]


def template_entrypoints(folder: Folder) -> Iterator[Finding]:
    """Refuse workflow templates that can neither run nor be called."""
    called = {
        text(reference.get("name"))
        for workflow in workflows(folder)
        for reference in workflow_references(workflow)
    }
    for workflow in own_specs(folder):
        stated = workflow.spec.get("entrypoint")
        used = stated or workflow.manifest.name in called
        if workflow.is_template and not used:
            yield workflow.finding(
                "workflow",
                "has no entrypoint and nothing calls its templates; "
                "name the template to start with in 'entrypoint'",
            )


def clean_up(folder: Folder) -> Iterator[Finding]:
    """Refuse workflows that leave things behind."""
    for workflow in own_specs(folder):
        for field, consequence in CLEAN_UP.items():
            if not mapping(workflow.spec, field):
                message = f"has no {field}: {consequence}; set it"
                yield workflow.finding("workflow", message)


def service_accounts(folder: Folder) -> Iterator[Finding]:
    """Refuse pods without a service account of their own."""
    known = {item.name for item in folder.of_kinds(ACCOUNT_KINDS)}
    for workflow in own_specs(folder):
        name = text(workflow.spec.get("serviceAccountName"))
        problem = account_problem(name, known)
        if problem:
            yield workflow.finding("workflow", problem)
        for template in workflow.templates:
            own = text(template.body.get("serviceAccountName"))
            problem = account_problem(own, known) if own else ""
            if problem:
                yield template.finding(None, problem)
    for service in services(folder):
        problem = account_problem(service.account, set())
        if problem:
            yield from (one.finding(problem) for one in service.containers)


def account_problem(name: str, known: set[str]) -> str:
    """Check the service account that something runs as.

    Args:
        name: Its name, empty when none is stated.
        known: The service accounts among the files.

    Returns:
        What is wrong and what to do, empty when nothing is.
    """
    if not name or name == DEFAULT_ACCOUNT:
        return (
            "runs as the namespace's default account; set serviceAccountName"
        )
    if not known or name in known or TAG_START in name:
        return ""
    hint = suggestion(name, known) or "; add its file or correct the name"
    return f"there is no ServiceAccount '{name}' among these files{hint}"


def described(folder: Folder) -> Iterator[Finding]:
    """Refuse workflow objects without labels and annotations."""
    for manifest in folder.of_kinds(WORKFLOW_KINDS):
        if manifest.where:
            continue
        metadata = mapping(manifest.document, "metadata")
        for field, keys in stated_keys(manifest.kind):
            lacking = [
                key for key in keys if not mapping(metadata, field).get(key)
            ]
            if lacking:
                message = f"has no {field} {', '.join(lacking)}; set them"
                yield Finding(manifest.file, "metadata", message)


def stated_keys(kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """List what the metadata of an object has to hold.

    Args:
        kind: The object's kind.

    Yields:
        Field and keys.
    """
    yield "labels", LABELS
    if kind == "WorkflowTemplate":
        yield "annotations", ANNOTATIONS


RULES = tuple(
    Rule(name, summary, check, PROJECT)
    for name, summary, check in (
        (
            "template-entrypoint",
            "a workflow template has an entrypoint or is called",
            template_entrypoints,
        ),
        ("clean-up", "workflows have ttlStrategy and podGC", clean_up),
        (
            "service-account",
            "pods run as a service account of their own",
            service_accounts,
        ),
        ("described", "workflows have labels and a title", described),
    )
)
