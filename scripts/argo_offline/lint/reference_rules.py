"""Rules on variables: every one that a string names has to be known there."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import mapping, strings
from argo_offline.manifests.call import Call
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.scope import Scope
from argo_offline.manifests.tags import ROOTS, Reference, references
from argo_offline.manifests.visibility import (
    body_scope,
    call_scope,
    metrics_scope,
    node_scope,
    template_scope,
)
from argo_offline.manifests.workflow import (
    FOLDERS_AT_ONCE,
    SPEC_PARTS,
    Template,
    Workflow,
    workflows,
)
from argo_offline.manifests.workflow_scope import workflow_scope

EXPRESSION_KEYS = frozenset({"expression", "fromExpression"})
CALLING_TYPES = frozenset({"dag", "steps"})
CRON_NAMES = frozenset(
    {
        "cronworkflow.annotations",
        "cronworkflow.annotations.json",
        "cronworkflow.failed",
        "cronworkflow.labels",
        "cronworkflow.labels.json",
        "cronworkflow.lastScheduledTime",
        "cronworkflow.name",
        "cronworkflow.namespace",
        "cronworkflow.succeeded",
    }
)
CRON_FIELDS = ("when", "stopStrategy")
CRON_SCOPE = Scope(
    CRON_NAMES, ("cronworkflow.labels.", "cronworkflow.annotations.")
)

Unknown = tuple[Reference, Finding]


@lru_cache(maxsize=FOLDERS_AT_ONCE)
def unknown_variables(folder: Folder) -> tuple[Unknown, ...]:
    """Find all variables that are not known where they stand.

    Args:
        folder: The files.

    Returns:
        The variables with their findings.
    """
    return tuple(
        unknown
        for workflow in workflows(folder)
        for unknown in in_workflow(workflow, folder)
    )


def in_workflow(workflow: Workflow, folder: Folder) -> Iterator[Unknown]:
    """Check the variables of one workflow.

    Args:
        workflow: The workflow.
        folder: The files.

    Yields:
        The unknown variables.
    """
    scope = workflow_scope(workflow, folder)
    for key, part in workflow.spec.items():
        if key not in SPEC_PARTS:
            known = scope | metrics_scope(None) if key == "metrics" else scope
            where = workflow.finding("workflow", "")
            yield from unknown(part, (key,), known, where)
    if workflow.manifest.kind == "CronWorkflow":
        for key in CRON_FIELDS:
            part = workflow.manifest.spec.get(key)
            where = workflow.finding("cron workflow", "")
            yield from unknown(part, (key,), CRON_SCOPE, where)
    for template in workflow.templates:
        yield from in_template(template, folder)
        for call in template.calls:
            yield from in_call(template, call, folder)


def in_template(template: Template, folder: Folder) -> Iterator[Unknown]:
    """Check the variables of a template without its tasks and steps.

    Args:
        template: The template.
        folder: The files.

    Yields:
        The unknown variables.
    """
    where = template.finding(None, "")
    scope = template_scope(template, folder)
    for key, part in template.body.items():
        known = scope
        if key == "metrics":
            known = scope | metrics_scope(template)
        elif key in {"outputs", "hooks"}:
            known = body_scope(template, folder)
        if key not in CALLING_TYPES:
            yield from unknown(part, (key,), known, where)
    goal = mapping(template.body, "dag").get("target")
    yield from unknown(goal, ("dag", "target"), scope, where)


def in_call(
    template: Template, call: Call, folder: Folder
) -> Iterator[Unknown]:
    """Check the variables of a task or step.

    Args:
        template: The template that holds it.
        call: The task or step.
        folder: The files.

    Yields:
        The unknown variables.
    """
    where = template.finding(call, "")
    scope = call_scope(template, call, folder)
    own = scope | node_scope(template, call, folder)
    for key, part in call.body.items():
        if key != "inline":
            known = own if key == "hooks" else scope
            yield from unknown(part, (key,), known, where)


def unknown(
    part: object, path: tuple[str, ...], scope: Scope, place: Finding
) -> Iterator[Unknown]:
    """Check the variables of one part of a workflow.

    Args:
        part: The part.
        path: Keys that led to it.
        scope: What is known there.
        place: A finding with the file and place.

    Yields:
        The unknown variables.
    """
    for keys, value in strings(part, path):
        expression = keys[-1] in EXPRESSION_KEYS
        for reference in references(value, expression=expression):
            if not scope.knows(reference):
                message = (
                    f"{'.'.join(keys)}: '{reference.name}' "
                    f"{scope.problem(reference)}"
                )
                finding = Finding(place.file, place.where, message)
                yield reference, finding


def by_root(*roots: str) -> Callable[[Folder], Iterator[Finding]]:
    """Make the check of the variables with some roots.

    Args:
        roots: First parts of names.

    Returns:
        The check.
    """

    def check(folder: Folder) -> Iterator[Finding]:
        for reference, finding in unknown_variables(folder):
            if reference.root in roots:
                yield finding

    return check


def other_roots(folder: Folder) -> Iterator[Finding]:
    """Refuse variables that Argo has no root for and leaves as they are.

    Args:
        folder: The files.

    Yields:
        One finding per variable.
    """
    for reference, finding in unknown_variables(folder):
        if reference.root not in ROOTS:
            yield finding


RULES = (
    Rule(
        "inputs-references",
        "inputs and outputs that a template names are its own",
        by_root("inputs", "outputs", "pod", "node"),
    ),
    Rule(
        "node-references",
        "tasks and steps that are named have ended and have that output",
        by_root("tasks", "steps"),
    ),
    Rule("item-references", "item stands in fan-outs only", by_root("item")),
    Rule(
        "retry-references",
        "lastRetry and retries stand in templates with a retryStrategy",
        by_root("lastRetry", "retries"),
    ),
    Rule(
        "workflow-references",
        "workflow.* and cronworkflow.* names exist",
        by_root("workflow", "cronworkflow"),
    ),
    Rule("other-references", "no tag names what Argo lacks", other_roots),
)
