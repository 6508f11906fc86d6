"""A view of workflow specifications: templates, calls and what they name."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from argo_offline.manifests.access import (
    Json,
    mapping,
    mappings,
    sequence,
    text,
)
from argo_offline.manifests.call import Call, hooks_of
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, Manifest

TEMPLATE_KINDS = frozenset({"WorkflowTemplate", "ClusterWorkflowTemplate"})
WORKFLOW_KINDS = TEMPLATE_KINDS | {"Workflow", "CronWorkflow"}
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
FOLDERS_AT_ONCE = 2
# Fields of a workflow that hold templates.
SPEC_PARTS = frozenset({"templates", "templateDefaults"})


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
        """List its inputs.

        Args:
            kind: "parameters" or "artifacts".

        Returns:
            The declared inputs.
        """
        return mappings(mapping(self.body, "inputs").get(kind))

    def outputs(self, kind: str = "parameters") -> list[Json]:
        """List its outputs.

        Args:
            kind: "parameters" or "artifacts".

        Returns:
            The declared outputs.
        """
        return mappings(mapping(self.body, "outputs").get(kind))

    def finding(self, call: Call | None, message: str) -> Finding:
        """Describe what is wrong in it.

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
    """A workflow specification, whatever object holds it.

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
        return hooks_of(self.spec)

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """Its templates and those that stand inline in a task or step."""
        found: list[Template] = []
        for body in mappings(self.spec.get("templates")):
            where = self.place(f"template {text(body.get('name'))}")
            found.append(Template(self, body, where))
        for template in found:
            found += inline_templates(template)
        return tuple(found)

    @property
    def by_name(self) -> dict[str, Template]:
        """Its named templates."""
        return {item.name: item for item in self.templates if item.name}

    def place(self, where: str) -> str:
        """Name a place in it.

        Args:
            where: The place in the workflow.

        Returns:
            The same, after the trigger that holds the workflow, if one does.
        """
        outer = self.manifest.where
        return f"{outer}, {where}" if outer else where

    def finding(self, where: str, message: str) -> Finding:
        """Describe what is wrong in it.

        Args:
            where: The place in the workflow.
            message: What is wrong and what to do.

        Returns:
            The finding.
        """
        return Finding(self.manifest.file, self.place(where), message)


@lru_cache(maxsize=FOLDERS_AT_ONCE)
def workflows(folder: Folder) -> tuple[Workflow, ...]:
    """List the workflow specifications of a folder.

    Args:
        folder: The files.

    Returns:
        The workflows, in order.
    """
    return tuple(map(Workflow, folder.of_kinds(WORKFLOW_KINDS)))


def all_templates(folder: Folder) -> Iterator[Template]:
    """List the templates of all workflows.

    Args:
        folder: The files.

    Yields:
        The templates, in order.
    """
    for workflow in workflows(folder):
        yield from workflow.templates


def inline_templates(template: Template) -> Iterator[Template]:
    """Find the templates that stand in a template's tasks or steps.

    Args:
        template: The outer template.

    Yields:
        The inner ones; they have no name.
    """
    for call in template.calls:
        body = mapping(call.body, "inline")
        if body:
            where = f"{template.where}, {call.noun} {call.name}, inline"
            yield Template(template.workflow, body, where, template, call)
