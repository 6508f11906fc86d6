"""Builds the scope of a whole workflow."""

from collections.abc import Iterator
from functools import lru_cache

from argo_offline.manifests.access import Json, mapping, names, text
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.graph import TEMPLATES_AT_ONCE
from argo_offline.manifests.resolve import TAG_START, referenced_workflow
from argo_offline.manifests.scope import Scope
from argo_offline.manifests.workflow import Template, Workflow

GLOBAL_NAMES = frozenset(
    {
        "node.name",
        "steps.name",
        "tasks.name",
        "workflow.annotations",
        "workflow.annotations.json",
        "workflow.creationTimestamp",
        "workflow.duration",
        "workflow.failures",
        "workflow.labels",
        "workflow.labels.json",
        "workflow.mainEntrypoint",
        "workflow.name",
        "workflow.namespace",
        "workflow.parameters",
        "workflow.parameters.json",
        "workflow.priority",
        "workflow.scheduledTime",
        "workflow.serviceAccountName",
        "workflow.status",
        "workflow.uid",
    }
)
# Argo and the one who submits add labels and annotations of their own.
GLOBAL_PREFIXES = (
    "workflow.annotations.",
    "workflow.creationTimestamp.",
    "workflow.labels.",
)


@lru_cache(maxsize=TEMPLATES_AT_ONCE)
def workflow_scope(workflow: Workflow, folder: Folder) -> Scope:
    """Build the scope of a workflow's own fields.

    Args:
        workflow: The workflow.
        folder: The files.

    Returns:
        The variables of the whole workflow.
    """
    base = referenced_workflow(workflow.reference, folder)
    declared = names(workflow.parameters)
    prefixes: tuple[str, ...] = GLOBAL_PREFIXES
    if base:
        declared += names(base.parameters)
    elif workflow.reference:
        prefixes = (*prefixes, "workflow.parameters.")
    parameters = {f"workflow.parameters.{name}" for name in declared}
    return Scope(GLOBAL_NAMES | parameters, prefixes) | global_outputs(
        workflow, folder
    )


def global_outputs(workflow: Workflow, folder: Folder) -> Scope:
    """Collect the outputs that templates publish under a global name.

    Args:
        workflow: The workflow.
        folder: The files.

    Returns:
        Them, as variables.
    """
    known: set[str] = set()
    prefixes: set[str] = set()
    for template in reachable_templates(workflow, folder):
        for kind in ("parameters", "artifacts"):
            prefix = f"workflow.outputs.{kind}."
            for output in template.outputs(kind):
                name = text(output.get("globalName"))
                if TAG_START in name:
                    prefixes.add(prefix)
                elif name:
                    known.add(f"{prefix}{name}")
    return Scope(frozenset(known), tuple(sorted(prefixes)))


def reachable_templates(
    workflow: Workflow, folder: Folder
) -> Iterator[Template]:
    """List the templates of a workflow and of those it refers to.

    Args:
        workflow: The workflow.
        folder: The files.

    Yields:
        The templates.
    """
    seen: list[Workflow] = []
    waiting = [workflow]
    while waiting:
        current = waiting.pop()
        if any(current is item for item in seen):
            continue
        seen.append(current)
        yield from current.templates
        for reference in workflow_references(current):
            found = referenced_workflow(reference, folder)
            if found:
                waiting.append(found)


def workflow_references(workflow: Workflow) -> Iterator[Json]:
    """List the references of a workflow to workflow templates.

    Args:
        workflow: The workflow.

    Yields:
        Its ``workflowTemplateRef`` and the ``templateRef`` of its calls.
    """
    if workflow.reference:
        yield workflow.reference
    for template in workflow.templates:
        for call in template.calls:
            reference = mapping(call.body, "templateRef")
            if reference:
                yield reference
