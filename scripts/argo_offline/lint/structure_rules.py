"""Rules on how templates are named and called."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import Json, names, repeated
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.resolve import (
    missing_workflow,
    named_target,
    referenced_workflow,
    target,
)
from argo_offline.manifests.workflow import (
    Template,
    Workflow,
    all_templates,
    workflows,
)


def entrypoint_set(folder: Folder) -> Iterator[Finding]:
    """Refuse workflows without an entrypoint.

    Workflow templates may do without: others can call their templates.

    Args:
        folder: The files.

    Yields:
        One finding per workflow.
    """
    for workflow in workflows(folder):
        stated = workflow.spec.get("entrypoint") or workflow.reference
        if not stated and not workflow.is_template:
            yield workflow.finding(
                "workflow",
                "has no entrypoint; name the template to start with in "
                "'entrypoint'",
            )


def named_templates_exist(folder: Folder) -> Iterator[Finding]:
    """Refuse an entrypoint, onExit or hook that names no template.

    Args:
        folder: The files.

    Yields:
        One finding per name.
    """
    for workflow in workflows(folder):
        for place, call in workflow_calls(workflow):
            problem = named_target(call, workflow, folder).problem
            if problem:
                yield workflow.finding("workflow", f"{place}: {problem}")


def workflow_calls(workflow: Workflow) -> Iterator[tuple[str, Json]]:
    """List where a workflow itself calls templates.

    Args:
        workflow: The workflow.

    Yields:
        Field and call.
    """
    for field in ("entrypoint", "onExit"):
        name = workflow.spec.get(field)
        if name:
            yield field, {"template": name}
    for name, hook in workflow.hooks.items():
        yield f"hook {name}", hook


def workflow_reference(folder: Folder) -> Iterator[Finding]:
    """Refuse a workflowTemplateRef to nothing among the files.

    Args:
        folder: The files.

    Yields:
        One finding per workflow.
    """
    for workflow in workflows(folder):
        reference = workflow.reference
        if reference and not referenced_workflow(reference, folder):
            message = missing_workflow(reference, folder)
            yield workflow.finding(
                "workflow", f"workflowTemplateRef: {message}"
            )


def called_templates_exist(folder: Folder) -> Iterator[Finding]:
    """Refuse tasks, steps and their hooks that name no template.

    Args:
        folder: The files.

    Yields:
        One finding per name.
    """
    for template in all_templates(folder):
        for call in template.calls:
            problem = target(call.body, template, folder).problem
            if problem:
                yield template.finding(call, problem)
            hooks = dict(call.hooks)
            if call.body.get("onExit"):
                hooks["onExit"] = {"template": call.body["onExit"]}
            for name, hook in hooks.items():
                problem = target(hook, template, folder).problem
                if problem:
                    yield template.finding(call, f"hook {name}: {problem}")


def unique_names(folder: Folder) -> Iterator[Finding]:
    """Refuse templates, tasks, steps and parameters of the same name.

    Args:
        folder: The files.

    Yields:
        One finding per name.
    """
    for workflow in workflows(folder):
        for name in repeated(names(workflow.spec.get("templates"))):
            yield workflow.finding(
                "workflow", f"has more than one template '{name}'; rename them"
            )
        for name in repeated(names(workflow.parameters)):
            message = f"declares parameter '{name}' more than once"
            yield workflow.finding("workflow", f"{message}; keep one")
        for template in workflow.templates:
            yield from repeated_in_template(template)


def repeated_in_template(template: Template) -> Iterator[Finding]:
    """Refuse tasks, steps and parameters of the same name in a template.

    Args:
        template: The template.

    Yields:
        One finding per name.
    """
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


RULES = (
    Rule("entrypoint", "a workflow names its entrypoint", entrypoint_set),
    Rule(
        "workflow-templates",
        "entrypoint, onExit and hooks name templates that exist",
        named_templates_exist,
    ),
    Rule(
        "workflow-template-reference",
        "a workflowTemplateRef names a file's workflow template",
        workflow_reference,
    ),
    Rule(
        "called-templates",
        "tasks, steps and their hooks name templates that exist",
        called_templates_exist,
    ),
    Rule(
        "unique-names",
        "no two templates, tasks, steps or parameters share a name",
        unique_names,
    ),
)
