"""Finds the template that a task, step or hook calls."""

from dataclasses import dataclass
from functools import lru_cache

from argo_offline.manifests.access import Json, mapping, suggestion, text
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import (
    FOLDERS_AT_ONCE,
    Template,
    Workflow,
    workflows,
)

CLUSTER_KIND = "ClusterWorkflowTemplate"
TAG_START = "{{"


@dataclass(frozen=True, eq=False)
class Target:
    """What a call leads to.

    Attributes:
        template: The template; None when it is not known.
        problem: Why there is none; empty when only the run can tell.
    """

    template: Template | None = None
    problem: str = ""


def target(body: Json, template: Template, folder: Folder) -> Target:
    """Find the template of a task or step.

    Args:
        body: The task, step, or hook of one.
        template: The template that holds it.
        folder: The files.

    Returns:
        The template, or why there is none.
    """
    inline = mapping(body, "inline")
    if inline:
        return Target(inline_template(inline, template.workflow))
    return named_target(body, template.workflow, folder)


def inline_template(body: Json, workflow: Workflow) -> Template | None:
    """Find the view of an inline template.

    Args:
        body: The inline template.
        workflow: The workflow that holds it.

    Returns:
        The template.
    """
    found = (item for item in workflow.templates if item.body is body)
    return next(found, None)


def named_target(body: Json, workflow: Workflow, folder: Folder) -> Target:
    """Find the template that a task, step or hook names.

    Args:
        body: What calls a template.
        workflow: The workflow that holds it.
        folder: The files.

    Returns:
        The template, or why there is none.
    """
    reference = mapping(body, "templateRef")
    if reference:
        return referenced(reference, text(reference.get("template")), folder)
    name = text(body.get("template"))
    if not name:
        return Target(problem="names no template; set template or templateRef")
    if workflow.reference and name not in workflow.by_name:
        return referenced(workflow.reference, name, folder)
    return in_workflow(name, workflow)


def in_workflow(name: str, workflow: Workflow) -> Target:
    """Find a template of one workflow.

    Args:
        name: The template's name.
        workflow: The workflow that should hold it.

    Returns:
        The template, or why there is none.
    """
    if TAG_START in name:
        return Target()
    known = workflow.by_name
    if name in known:
        return Target(known[name])
    owner = f"{workflow.manifest.kind} {workflow.manifest.name}"
    hint = suggestion(name, set(known))
    return Target(problem=f"there is no template '{name}' in {owner}{hint}")


def referenced(reference: Json, name: str, folder: Folder) -> Target:
    """Find a template of another workflow template.

    Args:
        reference: A ``templateRef`` or ``workflowTemplateRef``.
        name: The template's name.
        folder: The files.

    Returns:
        The template, or why there is none.
    """
    if TAG_START in f"{text(reference.get('name'))}{name}":
        return Target()
    workflow = referenced_workflow(reference, folder)
    if workflow is None:
        return Target(problem=missing_workflow(reference, folder))
    return in_workflow(name, workflow)


def referenced_workflow(reference: Json, folder: Folder) -> Workflow | None:
    """Find the workflow template that a reference names.

    Args:
        reference: A ``templateRef`` or ``workflowTemplateRef``.
        folder: The files.

    Returns:
        The workflow template, or None.
    """
    cluster = reference.get("clusterScope") is True
    return catalog(folder).get((cluster, text(reference.get("name"))))


def missing_workflow(reference: Json, folder: Folder) -> str:
    """Describe a reference to a workflow template that is not there.

    Args:
        reference: A ``templateRef`` or ``workflowTemplateRef``.
        folder: The files.

    Returns:
        What is wrong and what to do.
    """
    cluster = reference.get("clusterScope") is True
    known = {name for scope, name in catalog(folder) if scope is cluster}
    kind = CLUSTER_KIND if cluster else "WorkflowTemplate"
    name = text(reference.get("name"))
    hint = suggestion(name, known) or "; add its file or correct the name"
    return f"there is no {kind} '{name}' among these files{hint}"


@lru_cache(maxsize=FOLDERS_AT_ONCE)
def catalog(folder: Folder) -> dict[tuple[bool, str], Workflow]:
    """Index the workflow templates of a folder.

    Args:
        folder: The files.

    Returns:
        Workflow templates by cluster scope and name.
    """
    return {
        (item.manifest.kind == CLUSTER_KIND, item.manifest.name): item
        for item in workflows(folder)
        if item.is_template
    }
