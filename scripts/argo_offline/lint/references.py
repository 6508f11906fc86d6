"""Rules on tags: every variable that one names is known where it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from argo_offline.lint.rule import STRICT, Rule
from argo_offline.manifests.access import mapping, strings, words
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.scope import (
    Scope,
    body_scope,
    call_scope,
    metrics_scope,
    node_scope,
    template_scope,
    workflow_scope,
)
from argo_offline.manifests.tags import Reference, references
from argo_offline.manifests.workflow import (
    COMPOSITE_TYPES,
    FOLDERS_AT_ONCE,
    SPEC_PARTS,
    Call,
    Template,
    Workflow,
    workflows,
)

EXPRESSION_KEYS = frozenset({"expression", "fromExpression"})
CRON_NAMES = words(
    "cronworkflow.annotations cronworkflow.annotations.json "
    "cronworkflow.failed cronworkflow.labels cronworkflow.labels.json "
    "cronworkflow.lastScheduledTime cronworkflow.name "
    "cronworkflow.namespace cronworkflow.succeeded"
)
CRON_FIELDS = ("when", "stopStrategy")
CRON_SCOPE = Scope(
    CRON_NAMES, ("cronworkflow.labels.", "cronworkflow.annotations.")
)
# Argo leaves an unknown tag as it is, unless it begins so.
CHECKED = (
    "item.",
    "steps.",
    "inputs.",
    "outputs.",
    "pod.",
    "workflow.",
    "tasks.",
)
LATE = ("outputs.", "workflow.creationTimestamp", "workflow.duration")
NODES = frozenset({"steps", "tasks"})


@dataclass(frozen=True)
class Unknown:
    """A variable that is not known where it stands.

    Attributes:
        reference: The variable.
        finding: The fault.
        refused: Whether Argo refuses it, or waits for it for ever.
    """

    reference: Reference
    finding: Finding
    refused: bool


@dataclass(frozen=True)
class _Place:
    """Where strings stand.

    Attributes:
        finding: A finding with the file and place.
        scope: What is known there.
        checked: Whether Argo checks the tags there.
        template: Whether the workflow is a template, whose parameters may
            come from another workflow.
    """

    finding: Finding
    scope: Scope
    checked: bool
    template: bool = False


@lru_cache(maxsize=FOLDERS_AT_ONCE)
def _unknown_variables(folder: Folder) -> tuple[Unknown, ...]:
    """Find all variables that are not known where they stand."""
    return tuple(
        unknown
        for workflow in workflows(folder)
        for unknown in _in_workflow(workflow, folder)
    )


def _in_workflow(workflow: Workflow, folder: Folder) -> Iterator[Unknown]:
    scope = workflow_scope(workflow, folder)
    where = workflow.finding("workflow", "")
    for key, part in workflow.spec.items():
        if key not in SPEC_PARTS:
            known = scope | metrics_scope(None) if key == "metrics" else scope
            yield from _unknown(part, (key,), _Place(where, known, False))
    if workflow.manifest.kind == "CronWorkflow":
        where = workflow.finding("cron workflow", "")
        for key in CRON_FIELDS:
            part = workflow.manifest.spec.get(key)
            yield from _unknown(part, (key,), _Place(where, CRON_SCOPE, False))
    for template in workflow.templates:
        yield from _in_template(template, folder)
        for call in template.calls:
            yield from _in_call(template, call, folder)


def _in_template(template: Template, folder: Folder) -> Iterator[Unknown]:
    where = template.finding(None, "")
    scope = template_scope(template, folder)
    leaf = template.kind not in COMPOSITE_TYPES
    is_template = template.workflow.is_template
    for key, part in template.body.items():
        known, checked = scope, leaf
        if key == "metrics":
            known = scope | metrics_scope(template)
        elif key in {"outputs", "hooks"}:
            known, checked = body_scope(template, folder), True
        if key not in COMPOSITE_TYPES:
            place = _Place(where, known, checked, is_template)
            yield from _unknown(part, (key,), place)
    goal = mapping(template.body, "dag").get("target")
    place = _Place(where, scope, True, is_template)
    yield from _unknown(goal, ("dag", "target"), place)


def _in_call(
    template: Template, call: Call, folder: Folder
) -> Iterator[Unknown]:
    where = template.finding(call, "")
    scope = call_scope(template, call, folder)
    own = scope | node_scope(template, call, folder)
    for key, part in call.body.items():
        if key != "inline":
            known = own if key == "hooks" else scope
            is_template = template.workflow.is_template
            place = _Place(where, known, True, is_template)
            yield from _unknown(part, (key,), place)


def _unknown(
    part: object, path: tuple[str, ...], place: _Place
) -> Iterator[Unknown]:
    for keys, value in strings(part, path):
        expression = keys[-1] in EXPRESSION_KEYS
        for reference in references(value, expression=expression):
            if not place.scope.has(reference):
                message = (
                    f"{'.'.join(keys)}: '{reference.name}' "
                    f"{place.scope.problem(reference)}"
                )
                finding = Finding(
                    place.finding.file, place.finding.where, message
                )
                yield Unknown(reference, finding, _refused(reference, place))


def _refused(reference: Reference, place: _Place) -> bool:
    if not place.checked:
        return False
    if reference.root in NODES:
        return True
    if place.template and reference.name.startswith("workflow.parameters"):
        return False
    checked = reference.name.startswith(CHECKED)
    return (
        checked
        and not reference.in_expression
        and not reference.name.startswith(LATE)
    )


def _by(group: str, *roots: str) -> Callable[[Folder], Iterator[Finding]]:
    """Makes the check of the variables with some roots."""

    def check(folder: Folder) -> Iterator[Finding]:
        for unknown in _unknown_variables(folder):
            named = not roots or unknown.reference.root in roots
            if named and unknown.refused is (group != STRICT):
                yield unknown.finding

    return check


RULES = (
    Rule(
        "inputs-references",
        "inputs and outputs that a template names are its own",
        _by("argo", "inputs", "outputs", "pod", "node"),
    ),
    Rule(
        "node-references",
        "tasks and steps that are named have ended and have that output",
        _by("argo", "tasks", "steps"),
    ),
    Rule(
        "item-references", "item stands in fan-outs only", _by("argo", "item")
    ),
    Rule(
        "workflow-references",
        "workflow.* names exist",
        _by("argo", "workflow"),
    ),
    Rule(
        "left-as-text",
        "no tag that Argo leaves as it is, for want of a value",
        _by(STRICT),
        STRICT,
    ),
)
