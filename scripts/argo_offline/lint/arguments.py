"""Rules on arguments: what a call passes and what its template takes."""

from collections.abc import Iterator

from argo_offline.lint.rule import STRICT, Rule
from argo_offline.manifests.access import (
    Json,
    mapping,
    mappings,
    names,
    sequence,
    suggestion,
    text,
    words,
)
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import (
    Call,
    Template,
    Workflow,
    all_templates,
    entrypoint_of,
    fan_outs,
    referenced_workflow,
    target,
    workflows,
)

NOUNS = {"parameters": "argument", "artifacts": "artifact"}
# An input artifact with any other field has a location of its own.
BARE_FIELDS = words(
    "archive description globalName mode name optional path recurseMode "
    "subPath"
)
SUPPLIED_FROM = frozenset({"configMapKeyRef", "event", "supplied"})
NOT_SUPPLIED_FROM = frozenset({"expression", "jsonPath", "parameter", "path"})


def _call_arguments(folder: Folder) -> Iterator[Finding]:
    """Refuse tasks and steps that pass too little."""
    for template, call, called in _calls(folder):
        for problem in _lacking(call.body, called):
            yield template.finding(call, problem)


def _ignored_arguments(folder: Folder) -> Iterator[Finding]:
    """Refuse tasks and steps that pass what their template does not take."""
    for template, call, called in _calls(folder):
        for problem in _ignored(call.body, called):
            yield template.finding(call, problem)


def _hook_arguments(folder: Folder) -> Iterator[Finding]:
    """Refuse hooks that pass too little or too much."""
    for template in all_templates(folder):
        for call in template.calls:
            for name, hook in call.hooks.items():
                called = target(hook, template, folder).template
                if called:
                    faults = [*_lacking(hook, called), *_ignored(hook, called)]
                    for fault in faults:
                        message = f"hook {name}: {fault}"
                        yield template.finding(call, message)


def _calls(folder: Folder) -> Iterator[tuple[Template, Call, Template]]:
    """Lists the calls, between the template around and the one called."""
    for template in all_templates(folder):
        for call in template.calls:
            called = target(call.body, template, folder).template
            if called:
                yield template, call, called


def _lacking(body: Json, called: Template) -> Iterator[str]:
    owner = called.where.rpartition(", ")[2]
    for kind, noun in NOUNS.items():
        passed = names(mapping(body, "arguments").get(kind))
        for name in _missing(called.inputs(kind), passed):
            yield f"{noun} '{name}' of {owner} is missing; pass it"


def _ignored(body: Json, called: Template) -> Iterator[str]:
    owner = called.where.rpartition(", ")[2]
    for kind, noun in NOUNS.items():
        passed = names(mapping(body, "arguments").get(kind))
        known = set(names(called.inputs(kind)))
        for name in sorted(set(passed) - known):
            hint = suggestion(name, known) or f"; declare it in {owner}"
            yield f"passes {noun} '{name}', which {owner} does not take{hint}"


def _missing(inputs: list[Json], passed: list[str]) -> list[str]:
    return [
        text(item.get("name"))
        for item in inputs
        if text(item.get("name")) not in passed and not _has_default(item)
    ]


def _has_default(item: Json) -> bool:
    if item.get("value") is not None or item.get("default") is not None:
        return True
    if "valueFrom" in item:
        return "configMapKeyRef" in mapping(item, "valueFrom")
    located = set(item) - BARE_FIELDS - {"enum", "value", "default"}
    return item.get("optional") is True or bool(located)


def _entrypoint_arguments(folder: Folder) -> Iterator[Finding]:
    """Refuse inputs of the first and last template that are not declared."""
    for workflow in workflows(folder):
        for field in ("entrypoint", "onExit"):
            called = entrypoint_of(workflow, folder, field)
            if called and not workflow.is_template:
                for problem in _undeclared(workflow, called, folder):
                    message = f"{field} {called.name} {problem}"
                    yield workflow.finding("workflow", message)


def _undeclared(
    workflow: Workflow, called: Template, folder: Folder
) -> Iterator[str]:
    base = referenced_workflow(workflow.reference, folder)
    specs = [workflow.spec, *([base.spec] if base else [])]
    for kind, noun in NOUNS.items():
        declared = [
            name
            for spec in specs
            for name in names(mapping(spec, "arguments").get(kind))
        ]
        for name in _missing(called.inputs(kind), declared):
            yield (
                f"needs {noun} '{name}'; declare it in the workflow's "
                "arguments"
            )


def _reference_arguments(folder: Folder) -> Iterator[Finding]:
    """Refuse arguments that their workflow template does not take."""
    for workflow in workflows(folder):
        base = referenced_workflow(workflow.reference, folder)
        if base is None:
            continue
        known = set(names(base.parameters))
        start = entrypoint_of(workflow, folder)
        known |= set(names(start.inputs())) if start else set()
        owner = f"{base.manifest.kind} {base.manifest.name}"
        for name in sorted(set(names(workflow.parameters)) - known):
            hint = suggestion(name, known)
            message = f"passes parameter '{name}', which {owner} lacks{hint}"
            yield workflow.finding("workflow", message)


def _missing_values(folder: Folder) -> Iterator[Finding]:
    """Refuse runs of workflow templates that lack a parameter's value."""
    for workflow in workflows(folder):
        base = referenced_workflow(workflow.reference, folder)
        passed = names(workflow.parameters)
        declared = [
            *workflow.parameters,
            *(
                item
                for item in (base.parameters if base else [])
                if item.get("name") not in passed
            ),
        ]
        if workflow.is_template or not base:
            continue
        for item in declared:
            if item.get("value") is None and "valueFrom" not in item:
                yield workflow.finding(
                    "workflow",
                    f"parameter '{text(item.get('name'))}' of "
                    f"{base.manifest.kind} {base.manifest.name} has no "
                    "value; pass it",
                )


def _argument_values(folder: Folder) -> Iterator[Finding]:
    """Refuse arguments without a value, or with one that is not allowed."""
    for workflow in workflows(folder):
        cron = workflow.manifest.kind == "CronWorkflow"
        arguments = mapping(workflow.spec, "arguments")
        # A trigger fills values in.
        problems = _value_problems(arguments, empty=not cron)
        for message in () if workflow.manifest.filled else problems:
            yield workflow.finding("workflow", message)
        for template in workflow.templates:
            for call in template.calls:
                passed = mapping(call.body, "arguments")
                for message in _value_problems(passed, empty=False):
                    yield template.finding(call, message)


def _value_problems(arguments: Json, *, empty: bool) -> Iterator[str]:
    for item in mappings(arguments.get("parameters")):
        name = text(item.get("name"))
        source = mapping(item, "valueFrom")
        value = item.get("value")
        if value is None and "valueFrom" not in item and not empty:
            yield f"argument '{name}' has no value; set one"
        if "valueFrom" in item and (
            not SUPPLIED_FROM & set(source) or NOT_SUPPLIED_FROM & set(source)
        ):
            yield (
                f"argument '{name}': valueFrom takes "
                f"{', '.join(sorted(SUPPLIED_FROM))} only"
            )
        if item.get("enum") is not None:
            yield from _enum_problems(name, value, item["enum"], empty=empty)
    for artifact in mappings(arguments.get("artifacts")):
        if not set(artifact) - BARE_FIELDS:
            name = text(artifact.get("name"))
            yield f"artifact '{name}' comes from nowhere; set 'from'"


def _enum_problems(
    name: str, value: object, enum: object, *, empty: bool
) -> Iterator[str]:
    allowed = [str(item) for item in sequence(enum)]
    if not allowed:
        yield f"argument '{name}': its enum is empty; list its values"
    elif value is not None and str(value) not in allowed:
        yield f"argument '{name}' is '{value}', none of {', '.join(allowed)}"
    elif value is None and not empty:
        yield f"argument '{name}' has no value; set one of its enum"


def _one_fan_out(folder: Folder) -> Iterator[Finding]:
    """Refuse tasks and steps that fan out in two ways."""
    for template in all_templates(folder):
        for call in template.calls:
            stated = fan_outs(call.body)
            if len(stated) > 1:
                message = f"has {' and '.join(stated)}; keep one of them"
                yield template.finding(call, message)
            items = call.body.get("withItems")
            if items is not None and not isinstance(items, list):
                message = "withItems is no list; use withParam for a tag"
                yield template.finding(call, message)
            sequence_ = mapping(call.body, "withSequence")
            if {"count", "end"} <= set(sequence_):
                message = "withSequence has count and end; keep one of them"
                yield template.finding(call, message)


RULES = (
    Rule("arguments", "calls pass what the template needs", _call_arguments),
    Rule(
        "ignored-arguments",
        "calls pass no more than the template takes",
        _ignored_arguments,
        runs=True,
    ),
    Rule(
        "argument-values",
        "arguments have a value, one of their enum",
        _argument_values,
    ),
    Rule(
        "entrypoint-arguments",
        "the workflow declares what its entrypoint and onExit need",
        _entrypoint_arguments,
    ),
    Rule(
        "reference-arguments",
        "arguments fit the workflow template they go to",
        _reference_arguments,
        runs=True,
    ),
    Rule("one-fan-out", "a call fans out in one way", _one_fan_out),
    Rule(
        "missing-values",
        "runs of workflow templates pass what has no value",
        _missing_values,
        STRICT,
    ),
    Rule(
        "hook-arguments",
        "hooks pass what the template takes",
        _hook_arguments,
        STRICT,
    ),
)
