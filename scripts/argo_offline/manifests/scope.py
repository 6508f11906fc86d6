"""Which variables a string of a workflow may refer to, and where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from argo_offline.expressions import ROOTS
from argo_offline.manifests.access import (
    mapping,
    mappings,
    names,
    sequence,
    suggestion,
    text,
    words,
)
from argo_offline.manifests.depends import predecessors
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.tags import Reference
from argo_offline.manifests.workflow import (
    POD_TYPES,
    TAG_START,
    TEMPLATES_AT_ONCE,
    Call,
    Template,
    Workflow,
    referenced_workflow,
    target,
    workflow_references,
)

METRIC_NAMES = words(
    "duration exitCode resourcesDuration.cpu resourcesDuration.memory status"
)
GLOBAL_NAMES = words(
    "node.name steps.name tasks.name workflow.annotations "
    "workflow.annotations.json workflow.creationTimestamp workflow.duration "
    "workflow.labels workflow.labels.json workflow.mainEntrypoint "
    "workflow.name workflow.namespace workflow.scheduledTime "
    "workflow.serviceAccountName workflow.status workflow.uid"
)
CRON_SET = (
    "annotations.workflows.argoproj.io/",
    "labels.workflows.argoproj.io/",
)
RETRY_NAMES = words(
    "lastRetry.duration lastRetry.exitCode lastRetry.message "
    "lastRetry.status retries"
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
NODE_NOUNS = {"steps": "step", "tasks": "task"}
HINTS = {
    "item": "stands outside a fan-out; add withParam, withItems or "
    "withSequence to the task, and pass the item on as an argument",
    "lastRetry": "is known only in a template with a retryStrategy",
    "retries": "is known only in a template with a retryStrategy",
    "pod": "is known only in a template that runs a pod",
    "cronworkflow": "is known only in a CronWorkflow's when and stopStrategy",
}


@dataclass(frozen=True)
class Scope:
    """The variables that are known at one place.

    Attributes:
        names: The variables, with dots.
        open_prefixes: Beginnings below which anything may be known.
        hidden: Beginnings of variables that exist but are not known here, and
            why.
    """

    names: frozenset[str] = frozenset()
    open_prefixes: tuple[str, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)

    def __or__(self, other: "Scope") -> "Scope":
        """Join two scopes; each variable of either is in both."""
        names = self.names | other.names
        hidden = {**self.hidden, **other.hidden}
        return Scope(
            names,
            (*self.open_prefixes, *other.open_prefixes),
            {
                prefix: reason
                for prefix, reason in hidden.items()
                if not any(name.startswith(prefix) for name in names)
            },
        )

    def has(self, reference: Reference) -> bool:
        """Check whether a variable is known.

        Args:
            reference: The variable; in an expression it may also be an object
                that holds known variables, or a field of one.

        Returns:
            Whether it is.
        """
        name = reference.name
        if name in self.names or name.startswith(self.open_prefixes):
            return True
        if not reference.in_expression:
            return False
        return any(
            known.startswith(f"{name}.")
            or (known.startswith("item.") and name.startswith(f"{known}."))
            for known in (*self.names, *self.open_prefixes)
        )

    def problem(self, reference: Reference) -> str:
        """Describe a variable that is not known.

        Args:
            reference: The variable.

        Returns:
            What is wrong and what to do.
        """
        for prefix, reason in self.hidden.items():
            if f"{reference.name}.".startswith(prefix):
                return reason
        if reference.root in HINTS and not self._has_root(reference.root):
            return HINTS[reference.root]
        if reference.root in NODE_NOUNS:
            return self._node_problem(reference)
        whole = f"{reference.name}{reference.tail}"
        if reference.tail and whole in self.names:
            name = whole.rpartition(".")[2]
            return f"is not known here; for '{whole}' write ['{name}']"
        hint = suggestion(reference.name, self.names | set(ROOTS))
        return f"is not known here{hint}"

    def _node_problem(self, reference: Reference) -> str:
        noun = NODE_NOUNS[reference.root]
        name = reference.name.split(".")[1:2]
        prefix = ".".join([reference.root, *name, ""])
        nodes = {
            known.split(".")[1]
            for known in self.names
            if known.startswith(f"{reference.root}.")
        } - {"name"}
        if not name or name[0] not in nodes:
            hint = suggestion("".join(name), nodes)
            return f"names a {noun} that this template does not have{hint}"
        outputs = [
            known.removeprefix(prefix)
            for known in sorted(self.names)
            if known.startswith(f"{prefix}outputs.")
        ]
        has = ", ".join(outputs) or "no outputs"
        return f"is nothing that {noun} '{name[0]}' has; it has {has}"

    def _has_root(self, root: str) -> bool:
        return any(name.partition(".")[0] == root for name in self.names)


@lru_cache(maxsize=TEMPLATES_AT_ONCE)
def workflow_scope(workflow: Workflow, folder: Folder) -> Scope:
    """Build the scope of a whole workflow.

    Args:
        workflow: The workflow.
        folder: The files.

    Returns:
        The variables that all of its templates may name.
    """
    base = referenced_workflow(workflow.reference, folder)
    specs = [workflow, *([base] if base else [])]
    known = set(GLOBAL_NAMES)
    prefixes: list[str] = ["workflow.creationTimestamp."]
    declared = [name for item in specs for name in names(item.parameters)]
    if declared or workflow.is_template:
        known |= {"workflow.parameters", "workflow.parameters.json"}
    known.update(f"workflow.parameters.{name}" for name in declared)
    if workflow.reference and not base:
        prefixes.append("workflow.parameters.")
    if "priority" in workflow.spec:
        known.add("workflow.priority")
    if any(item.spec.get("onExit") for item in specs):
        known.add("workflow.failures")
    if workflow.manifest.kind == "CronWorkflow":
        prefixes += [f"workflow.{name}" for name in CRON_SET]
    known.update(_metadata_names(specs))
    return Scope(frozenset(known), tuple(prefixes)) | _global_outputs(
        workflow, folder
    )


def _metadata_names(specs: list[Workflow]) -> Iterator[str]:
    first = specs[0].manifest
    sources = [mapping(item.spec, "workflowMetadata") for item in specs]
    sources.append(mapping(first.spec, "workflowMetadata"))
    if first.kind != "CronWorkflow":
        sources.append(mapping(first.document, "metadata"))
    for source in sources:
        for kind in ("labels", "annotations"):
            yield from (
                f"workflow.{kind}.{key}" for key in mapping(source, kind)
            )
        for key in mapping(source, "labelsFrom"):
            yield f"workflow.labels.{key}"


def _global_outputs(workflow: Workflow, folder: Folder) -> Scope:
    known: set[str] = set()
    prefixes: set[str] = set()
    for template in _reachable_templates(workflow, folder):
        for kind in ("parameters", "artifacts"):
            prefix = f"workflow.outputs.{kind}."
            for output in template.outputs(kind):
                name = text(output.get("globalName"))
                if TAG_START in name:
                    prefixes.add(prefix)
                elif name:
                    known.add(f"{prefix}{name}")
    return Scope(frozenset(known), tuple(sorted(prefixes)))


def _reachable_templates(
    workflow: Workflow, folder: Folder
) -> Iterator[Template]:
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
    known = set(_declared_names(template))
    if any(key in body for key in POD_TYPES):
        known.add("pod.name")
    defaults = mapping(template.workflow.spec, "templateDefaults")
    if "retryStrategy" in body or "retryStrategy" in defaults:
        known |= RETRY_NAMES
    scope = workflow_scope(template.workflow, folder) | Scope(frozenset(known))
    if template.outer and template.caller:
        scope |= call_scope(template.outer, template.caller, folder)
    return scope


def _declared_names(template: Template) -> Iterator[str]:
    # Argo replaces this one in every template, without inputs by null.
    yield "inputs.parameters"
    for name in names(template.inputs()):
        yield f"inputs.parameters.{name}"
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
    scope = template_scope(template, folder) | _item_scope(call)
    hidden: dict[str, str] = {}
    for other in template.calls:
        if other.name in before and other is not call:
            scope |= node_scope(template, other, folder)
        else:
            hidden[f"{other.noun}s.{other.name}."] = _not_before(call, other)
    return scope | Scope(hidden=hidden)


def _not_before(call: Call, other: Call) -> str:
    if call is other:
        return (
            f"is the {call.noun}'s own output; only its hooks have it, and "
            "Argo waits for it for ever"
        )
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


def _item_scope(call: Call) -> Scope:
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
