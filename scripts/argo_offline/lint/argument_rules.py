"""Rules on arguments: what a call passes and what its template takes."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import (
    Json,
    mapping,
    mappings,
    names,
    repeated,
    suggestion,
    text,
)
from argo_offline.manifests.call import Call
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.resolve import (
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

NOUNS = {"parameters": "argument", "artifacts": "artifact"}
# An input with any other field brings its own value or content.
BARE_FIELDS = frozenset(
    {"archive", "description", "enum", "globalName", "mode", "name", "path"}
)


def call_arguments(folder: Folder) -> Iterator[Finding]:
    """Refuse tasks, steps and hooks that pass too little or too much.

    Args:
        folder: The files.

    Yields:
        One finding per argument.
    """
    for template in all_templates(folder):
        for call in template.calls:
            yield from one_call(template, call, call.body, "", folder)
            for name, hook in call.hooks.items():
                prefix = f"hook {name}: "
                yield from one_call(template, call, hook, prefix, folder)


def one_call(
    template: Template, call: Call, body: Json, prefix: str, folder: Folder
) -> Iterator[Finding]:
    """Check the arguments of a task, step or hook.

    Args:
        template: The template that holds it.
        call: The task or step.
        body: The task or step, or its hook.
        prefix: What to put before the message.
        folder: The files.

    Yields:
        One finding per argument.
    """
    called = target(body, template, folder).template
    if called:
        for problem in mismatches(mapping(body, "arguments"), called):
            yield template.finding(call, prefix + problem)


def mismatches(arguments: Json, called: Template) -> Iterator[str]:
    """Compare arguments with the inputs of a template.

    Args:
        arguments: What is passed.
        called: The template that is called.

    Yields:
        What is wrong and what to do.
    """
    for kind, noun in NOUNS.items():
        passed = names(arguments.get(kind))
        inputs = called.inputs(kind)
        known = set(names(inputs))
        owner = f"{called.where.rpartition(', ')[2]}"
        for name in sorted(set(passed) - known):
            hint = suggestion(name, known) or f"; declare it in {owner}"
            yield f"passes {noun} '{name}', which {owner} does not take{hint}"
        for name in missing(inputs, passed):
            yield f"{noun} '{name}' of {owner} is missing; pass it"
        for name in repeated(passed):
            yield f"passes {noun} '{name}' more than once; keep one"


def missing(inputs: list[Json], passed: list[str]) -> list[str]:
    """List the inputs that have to be passed and are not.

    Args:
        inputs: Declared inputs.
        passed: Names of the arguments.

    Returns:
        Names of the missing ones.
    """
    return [
        text(item.get("name"))
        for item in inputs
        if text(item.get("name")) not in passed and not has_default(item)
    ]


def has_default(item: Json) -> bool:
    """Tell whether an input has a value when none is passed.

    Args:
        item: A declared input parameter or artifact.

    Returns:
        Whether it has.
    """
    return not set(item) <= BARE_FIELDS


def entrypoint_arguments(folder: Folder) -> Iterator[Finding]:
    """Refuse inputs of the entrypoint that the workflow does not declare.

    Args:
        folder: The files.

    Yields:
        One finding per input.
    """
    for workflow in workflows(folder):
        called = entrypoint_of(workflow, folder)
        if called is None or workflow.is_template:
            continue
        declared = set(names(workflow.parameters))
        base = referenced_workflow(workflow.reference, folder)
        declared |= set(names(base.parameters)) if base else set()
        for name in missing(called.inputs(), sorted(declared)):
            yield workflow.finding(
                "workflow",
                f"entrypoint {called.name} needs parameter '{name}'; declare "
                "it in the workflow's arguments",
            )


def entrypoint_of(workflow: Workflow, folder: Folder) -> Template | None:
    """Find the template that a workflow starts with.

    Args:
        workflow: The workflow.
        folder: The files.

    Returns:
        The template, or None when it names none that exists.
    """
    base = referenced_workflow(workflow.reference, folder)
    name = workflow.spec.get("entrypoint")
    if not name and base:
        name = base.spec.get("entrypoint")
    return named_target({"template": name}, workflow, folder).template


def reference_arguments(folder: Folder) -> Iterator[Finding]:
    """Refuse arguments that do not fit the workflow template they go to.

    Args:
        folder: The files.

    Yields:
        One finding per argument.
    """
    for workflow in workflows(folder):
        base = referenced_workflow(workflow.reference, folder)
        if base is None:
            continue
        passed = set(names(workflow.parameters))
        known = set(names(base.parameters))
        start = entrypoint_of(workflow, folder)
        known |= set(names(start.inputs())) if start else set()
        owner = f"{base.manifest.kind} {base.manifest.name}"
        for name in sorted(passed - known):
            hint = suggestion(name, known)
            message = f"passes parameter '{name}', which {owner} lacks{hint}"
            yield workflow.finding("workflow", message)
        for name in missing(base.parameters, sorted(passed)):
            message = f"parameter '{name}' of {owner} has no value; pass it"
            yield workflow.finding("workflow", message)


def own_values(folder: Folder) -> Iterator[Finding]:
    """Refuse arguments without a value.

    Args:
        folder: The files.

    Yields:
        One finding per argument.
    """
    for template in all_templates(folder):
        for call in template.calls:
            arguments = mapping(call.body, "arguments")
            for item in mappings(arguments.get("parameters")):
                if not {"value", "valueFrom"} & set(item):
                    name = text(item.get("name"))
                    yield template.finding(
                        call, f"argument '{name}' has no value; set one"
                    )


RULES = (
    Rule(
        "arguments",
        "calls pass what the template takes, all of it and no more",
        call_arguments,
    ),
    Rule("argument-values", "arguments have a value", own_values),
    Rule(
        "entrypoint-arguments",
        "the workflow declares what its entrypoint needs",
        entrypoint_arguments,
    ),
    Rule(
        "reference-arguments",
        "arguments fit the workflow template they go to",
        reference_arguments,
    ),
)
