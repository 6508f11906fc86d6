"""Builds the scopes of workflows, templates, tasks and steps."""

from collections.abc import Iterator
from functools import lru_cache

from moderate.lint.access import Json, mapping, mappings, names, sequence, text
from moderate.lint.folder import Folder
from moderate.lint.graph import TEMPLATES_AT_ONCE, predecessors
from moderate.lint.resolve import (
    TAG_START,
    referenced_workflow,
    target,
)
from moderate.lint.scope import METRIC_NAMES, Scope
from moderate.lint.workflow import Call, Template, Workflow

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
RETRY_NAMES = frozenset(
    {
        "lastRetry.duration",
        "lastRetry.exitCode",
        "lastRetry.message",
        "lastRetry.status",
        "retries",
    }
)
POD_TYPES = ("container", "containerSet", "data", "resource", "script")
RESULT_TYPES = ("container", "containerSet", "data", "http", "plugin", "script")
NODE_FIELDS = ("finishedAt", "hostNodeName", "id", "startedAt", "status")


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
    prefixes = GLOBAL_PREFIXES
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


@lru_cache(maxsize=TEMPLATES_AT_ONCE)
def template_scope(template: Template, folder: Folder) -> Scope:
    """Build the scope of a template's body.

    Args:
        template: The template.
        folder: The files.

    Returns:
        The variables that its own fields may name.
    """
    body = template.body
    known = set(declared_names(template))
    if any(key in body for key in POD_TYPES):
        known.add("pod.name")
    defaults = mapping(template.workflow.spec, "templateDefaults")
    if "retryStrategy" in body or "retryStrategy" in defaults:
        known |= RETRY_NAMES
    scope = workflow_scope(template.workflow, folder) | Scope(frozenset(known))
    if template.outer and template.caller:
        scope |= call_scope(template.outer, template.caller, folder)
    return scope


def declared_names(template: Template) -> Iterator[str]:
    """List the variables of a template's inputs and outputs.

    Args:
        template: The template.

    Yields:
        The variables.
    """
    parameters = names(template.inputs())
    if parameters:
        yield "inputs.parameters"
    yield from (f"inputs.parameters.{name}" for name in parameters)
    for name in names(template.inputs("artifacts")):
        yield f"inputs.artifacts.{name}"
        yield f"inputs.artifacts.{name}.path"
    for kind in ("parameters", "artifacts"):
        for name in names(template.outputs(kind)):
            yield f"outputs.{kind}.{name}.path"


def metrics_scope(template: Template | None) -> Scope:
    """Build the scope that metrics have on top.

    Args:
        template: The template that emits them; None for the workflow's own.

    Returns:
        The variables of the node that emits them.
    """
    known = set(METRIC_NAMES)
    if template:
        known |= {"outputs.result", *RETRY_NAMES}
        for name in names(template.outputs()):
            known.add(f"outputs.parameters.{name}")
    return Scope(frozenset(known))


@lru_cache(maxsize=TEMPLATES_AT_ONCE)
def call_scope(template: Template, call: Call, folder: Folder) -> Scope:
    """Build the scope of a task or step.

    Args:
        template: The template that holds it.
        call: The task or step.
        folder: The files.

    Returns:
        The variables that its fields may name.
    """
    before = predecessors(template).get(call.name, frozenset())
    scope = template_scope(template, folder) | item_scope(call)
    hidden: dict[str, str] = {}
    for other in template.calls:
        if other.name in before and other is not call:
            scope |= node_scope(template, other, folder)
        else:
            hidden[f"{other.noun}s.{other.name}."] = not_before(call, other)
    return scope | Scope(hidden=hidden)


def not_before(call: Call, other: Call) -> str:
    """Say why a task or step does not see another one's outputs.

    Args:
        call: The task or step.
        other: The one it refers to.

    Returns:
        What is wrong and what to do.
    """
    if call is other:
        return f"is the {call.noun}'s own output; only its hooks know it"
    if call.noun == "task":
        return (
            f"is of task '{other.name}', which may run later; add it to "
            "'depends' or 'dependencies'"
        )
    return (
        f"is of step '{other.name}', which is not in an earlier group; "
        "move the step to a later one"
    )


@lru_cache(maxsize=TEMPLATES_AT_ONCE)
def body_scope(template: Template, folder: Folder) -> Scope:
    """Build the scope of a template's outputs.

    Args:
        template: The template.
        folder: The files.

    Returns:
        Its own variables and those of all its tasks and steps.
    """
    scope = template_scope(template, folder)
    for call in template.calls:
        scope |= node_scope(template, call, folder)
    return scope


def item_scope(call: Call) -> Scope:
    """Build the scope that a fan-out adds.

    Args:
        call: A task or step.

    Returns:
        The item's variables; nothing when it does not fan out.
    """
    if not call.fans_out:
        return Scope()
    items = sequence(call.body.get("withItems"))
    objects = mappings(items)
    known = {f"item.{key}" for item in objects for key in item}
    prefixes: tuple[str, ...] = ()
    if "withParam" in call.body or any(isinstance(i, list) for i in items):
        prefixes = ("item.",)
    if "withItems" in call.body and not isinstance(
        call.body["withItems"], list
    ):
        prefixes = ("item.",)
    return Scope(frozenset({"item", *known}), prefixes)


@lru_cache(maxsize=TEMPLATES_AT_ONCE)
def node_scope(template: Template, call: Call, folder: Folder) -> Scope:
    """Build the variables of a task or step that has ended.

    Args:
        template: The template that holds it.
        call: The task or step.
        folder: The files.

    Returns:
        Its fields and outputs.
    """
    prefix = f"{call.noun}s.{call.name}"
    known = {f"{prefix}.{name}" for name in NODE_FIELDS}
    called = target(call.body, template, folder).template
    if called is None:
        return Scope(frozenset(known), (f"{prefix}.",))
    if called.body.get("daemon") is True:
        known.add(f"{prefix}.ip")
    if any(key in called.body for key in RESULT_TYPES):
        known |= {f"{prefix}.exitCode", f"{prefix}.outputs.result"}
    if call.fans_out:
        known.add(f"{prefix}.outputs.parameters")
    for kind in ("parameters", "artifacts"):
        for name in names(called.outputs(kind)):
            known.add(f"{prefix}.outputs.{kind}.{name}")
    return Scope(frozenset(known))
