"""Workflows, their templates, and the tasks and steps that call templates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from argo_offline.manifests.access import (
    Json,
    mapping,
    mappings,
    sequence,
    suggestion,
    text,
)
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, Manifest

TEMPLATE_KINDS = frozenset({"WorkflowTemplate", "ClusterWorkflowTemplate"})
WORKFLOW_KINDS = TEMPLATE_KINDS | {"Workflow", "CronWorkflow"}
CLUSTER_KIND = "ClusterWorkflowTemplate"
POD_TYPES = ("container", "script", "containerSet", "resource", "data")
COMPOSITE_TYPES = ("dag", "steps")
TEMPLATE_TYPES = (
    "container",
    "containerSet",
    "dag",
    "data",
    "http",
    "plugin",
    "resource",
    "script",
    "steps",
    "suspend",
)
# Fields of a workflow that hold templates.
SPEC_PARTS = frozenset({"templates", "templateDefaults"})
TAG_START = "{{"
FOLDERS_AT_ONCE = 2
TEMPLATES_AT_ONCE = 2048


@dataclass(frozen=True, eq=False)
class Call:
    """A task or a step: one place that calls a template.

    Attributes:
        body: The task or step.
        noun: "task" or "step".
        group: Position of its step group; 0 for tasks.
    """

    body: Json
    noun: str
    group: int = 0

    @property
    def name(self) -> str:
        """The task's or step's name."""
        return text(self.body.get("name"))

    @property
    def fans_out(self) -> bool:
        """Whether it runs once for each item of a list."""
        return bool(fan_outs(self.body))

    @property
    def hooks(self) -> dict[str, Json]:
        """Its lifecycle hooks by name."""
        return _hooks_of(self.body)


def fan_outs(body: Json) -> list[str]:
    """List the ways in which a task or step stands for several."""
    return [
        name
        for name in ("withItems", "withParam", "withSequence")
        if body.get(name)
        or (name == "withSequence" and body.get(name) is not None)
    ]


def _hooks_of(body: Json) -> dict[str, Json]:
    """Read the lifecycle hooks of a workflow, task or step by name."""
    hooks = mapping(body, "hooks")
    return {name: mapping(hook) for name, hook in hooks.items()}


@dataclass(frozen=True, eq=False)
class Template:
    """One template of a workflow.

    Attributes:
        workflow: The workflow that holds it.
        body: The template.
        where: Its place, for example "template main".
        outer: The template that it stands inline in, if it does.
        caller: The task or step that it stands inline in, if it does.
    """

    workflow: "Workflow"
    body: Json
    where: str
    outer: "Template | None" = None
    caller: Call | None = None

    @property
    def name(self) -> str:
        """The template's name."""
        return text(self.body.get("name"))

    @property
    def kind(self) -> str:
        """Its type, for example "dag"; empty when it has none or several."""
        types = [name for name in TEMPLATE_TYPES if name in self.body]
        return types[0] if len(types) == 1 else ""

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Its tasks or steps, in order."""
        tasks = mappings(mapping(self.body, "dag").get("tasks"))
        steps = [
            Call(step, "step", group)
            for group, part in enumerate(sequence(self.body.get("steps")))
            for step in mappings(part)
        ]
        return (*(Call(task, "task") for task in tasks), *steps)

    def inputs(self, kind: str = "parameters") -> list[Json]:
        """List its declared inputs: "parameters" or "artifacts"."""
        return mappings(mapping(self.body, "inputs").get(kind))

    def outputs(self, kind: str = "parameters") -> list[Json]:
        """List its declared outputs: "parameters" or "artifacts"."""
        return mappings(mapping(self.body, "outputs").get(kind))

    def finding(self, call: Call | None, message: str) -> Finding:
        """Describe a fault of it.

        Args:
            call: The task or step at fault, if it is one.
            message: What is wrong and what to do.

        Returns:
            The finding.
        """
        where = self.where
        if call:
            where = f"{where}, {call.noun} {call.name}"
        return Finding(self.workflow.manifest.file, where, message)


@dataclass(frozen=True, eq=False)
class Workflow:
    """The specification of a workflow, in whichever object it stands.

    Attributes:
        manifest: The object.
    """

    manifest: Manifest

    @property
    def spec(self) -> Json:
        """The specification of the workflow."""
        if self.manifest.kind == "CronWorkflow":
            return mapping(self.manifest.spec, "workflowSpec")
        return self.manifest.spec

    @property
    def is_template(self) -> bool:
        """Whether it is a template that workflows are made from."""
        return self.manifest.kind in TEMPLATE_KINDS

    @property
    def parameters(self) -> list[Json]:
        """The arguments that it declares."""
        return mappings(mapping(self.spec, "arguments").get("parameters"))

    @property
    def reference(self) -> Json:
        """The workflow template that it is made from, empty when none."""
        return mapping(self.spec, "workflowTemplateRef")

    @property
    def hooks(self) -> dict[str, Json]:
        """Its lifecycle hooks by name."""
        return _hooks_of(self.spec)

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """Its templates and those that stand inline in a task or step."""
        found: list[Template] = []
        for body in mappings(self.spec.get("templates")):
            where = self.place(f"template {text(body.get('name'))}")
            found.append(Template(self, body, where))
        for template in found:
            found += _inline_templates(template)
        return tuple(found)

    @cached_property
    def by_name(self) -> dict[str, Template]:
        """Its named templates."""
        return {item.name: item for item in self.templates if item.name}

    def place(self, where: str) -> str:
        """Put the trigger that holds the workflow, if any, before a place."""
        outer = self.manifest.where
        return f"{outer}, {where}" if outer else where

    def finding(self, where: str, message: str) -> Finding:
        """Describe a fault of it.

        Args:
            where: The place in the workflow.
            message: What is wrong and what to do.

        Returns:
            The finding.
        """
        return Finding(self.manifest.file, self.place(where), message)


def _inline_templates(template: Template) -> Iterator[Template]:
    for call in template.calls:
        body = call.body.get("inline")
        if isinstance(body, Mapping):
            where = f"{template.where}, {call.noun} {call.name}, inline"
            yield Template(template.workflow, body, where, template, call)


@lru_cache(maxsize=FOLDERS_AT_ONCE)
def workflows(folder: Folder) -> tuple[Workflow, ...]:
    """List the workflow specifications of a folder, in order."""
    return tuple(map(Workflow, folder.of_kinds(WORKFLOW_KINDS)))


def all_templates(folder: Folder) -> Iterator[Template]:
    """List the templates of all workflows, in order."""
    for workflow in workflows(folder):
        yield from workflow.templates


@dataclass(frozen=True, eq=False)
class Target:
    """What a call leads to.

    Attributes:
        template: The template; None when it is not known.
        problem: Why there is none; empty when only the run decides.
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
        all_of_them = template.workflow.templates
        found = (item for item in all_of_them if item.body is inline)
        return Target(next(found, None))
    return named_target(body, template.workflow, folder)


def named_target(body: Json, workflow: Workflow, folder: Folder) -> Target:
    """Find the template that a task, step or hook names.

    Args:
        body: What calls a template.
        workflow: The workflow that holds it.
        folder: The files.

    Returns:
        The template, or why there is none.
    """
    name = text(body.get("template"))
    reference = mapping(body, "templateRef")
    if reference and name:
        return Target(problem="has template and templateRef; keep one of them")
    if reference:
        return _referenced(reference, text(reference.get("template")), folder)
    if not name:
        return Target(problem="names no template; set template or templateRef")
    if workflow.reference and name not in workflow.by_name:
        return _referenced(workflow.reference, name, folder)
    return _in_workflow(name, workflow)


def _in_workflow(name: str, workflow: Workflow) -> Target:
    # A parameter may have a value, other tags have none when Argo looks.
    if TAG_START in name and "parameters." in name:
        return Target()
    known = workflow.by_name
    if name in known:
        return Target(known[name])
    owner = f"{workflow.manifest.kind} {workflow.manifest.name}"
    hint = suggestion(name, set(known))
    return Target(problem=f"there is no template '{name}' in {owner}{hint}")


def _referenced(reference: Json, name: str, folder: Folder) -> Target:
    if TAG_START in f"{reference.get('name')}{name}":
        return Target()
    workflow = referenced_workflow(reference, folder)
    if workflow is None:
        return Target(problem=missing_workflow(reference, folder))
    return _in_workflow(name, workflow)


def referenced_workflow(reference: Json, folder: Folder) -> Workflow | None:
    """Find the workflow template that a reference names.

    Args:
        reference: A ``templateRef`` or ``workflowTemplateRef``.
        folder: The files.

    Returns:
        The workflow template, or None.
    """
    cluster = reference.get("clusterScope") is True
    return _index(folder).get((cluster, text(reference.get("name"))))


def missing_workflow(reference: Json, folder: Folder) -> str:
    """Describe a reference to a workflow template that is not there."""
    cluster = reference.get("clusterScope") is True
    known = {name for scope, name in _index(folder) if scope is cluster}
    kind = CLUSTER_KIND if cluster else "WorkflowTemplate"
    name = text(reference.get("name"))
    hint = suggestion(name, known) or "; add its file or correct the name"
    return f"there is no {kind} '{name}' among these files{hint}"


@lru_cache(maxsize=FOLDERS_AT_ONCE)
def _index(folder: Folder) -> dict[tuple[bool, str], Workflow]:
    return {
        (item.manifest.kind == CLUSTER_KIND, item.manifest.name): item
        for item in workflows(folder)
        if item.is_template and item.manifest.name
    }


def entrypoint_of(
    workflow: Workflow, folder: Folder, field: str = "entrypoint"
) -> Template | None:
    """Find the template that a workflow starts with, or ends with.

    Args:
        workflow: The workflow.
        folder: The files.
        field: ``entrypoint`` or ``onExit``.

    Returns:
        The template, or None when it names none that exists.
    """
    base = referenced_workflow(workflow.reference, folder)
    name = workflow.spec.get(field)
    if not name and base:
        name = base.spec.get(field)
    return named_target({"template": name}, workflow, folder).template


def workflow_references(workflow: Workflow) -> Iterator[Json]:
    """List a workflow's references to workflow templates.

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
