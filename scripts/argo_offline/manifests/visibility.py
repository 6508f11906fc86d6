"""Builds the scopes of templates, tasks and steps."""

from collections.abc import Iterator
from functools import lru_cache

from argo_offline.manifests.access import mapping, mappings, names, sequence
from argo_offline.manifests.call import Call
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.graph import TEMPLATES_AT_ONCE, predecessors
from argo_offline.manifests.pods import POD_TYPES
from argo_offline.manifests.resolve import target
from argo_offline.manifests.scope import METRIC_NAMES, Scope
from argo_offline.manifests.workflow import Template
from argo_offline.manifests.workflow_scope import workflow_scope

RETRY_NAMES = frozenset(
    {
        "lastRetry.duration",
        "lastRetry.exitCode",
        "lastRetry.message",
        "lastRetry.status",
        "retries",
    }
)
RESULT_TYPES = (
    "container",
    "containerSet",
    "data",
    "http",
    "plugin",
    "script",
)
NODE_FIELDS = ("finishedAt", "hostNodeName", "id", "startedAt", "status")


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
