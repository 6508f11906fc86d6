"""Rules on the order of tasks, and on recursion."""

from collections.abc import Iterator

from argo_offline.errors import ExpressionError
from argo_offline.expressions import STATUSES, Variables, check_truth
from argo_offline.lint.rule import STRICT, Rule
from argo_offline.manifests.access import mapping, mappings, suggestion, text
from argo_offline.manifests.depends import (
    FAN_OUT_STATUSES,
    Dependencies,
    find_cycle,
    terms,
)
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import (
    TAG_START,
    Call,
    Template,
    Workflow,
    all_templates,
    target,
    workflows,
)


def _dependencies_exist(folder: Folder) -> Iterator[Finding]:
    """Refuse dependencies on tasks that are not there, one finding each."""
    for template in all_templates(folder):
        known = {call.name for call in template.calls}
        for call in template.calls:
            awaited = {name for name, _ in terms(call.body)}
            for name in sorted(awaited - known):
                hint = suggestion(name, known)
                message = f"depends on task '{name}', which is not there{hint}"
                yield template.finding(call, message)
        for name in text(mapping(template.body, "dag").get("target")).split():
            if name not in known and TAG_START not in name:
                hint = suggestion(name, known)
                message = f"target '{name}' is no task of it{hint}"
                yield template.finding(None, message)


def _dependency_statuses(folder: Folder) -> Iterator[Finding]:
    """Refuse statuses in ``depends`` that Argo does not have."""
    for template in all_templates(folder):
        fan_outs = {call.name for call in template.calls if call.fans_out}
        for call in template.calls:
            for name, status in terms(call.body):
                if status and status not in STATUSES:
                    hint = suggestion(status, STATUSES)
                    allowed = ", ".join(sorted(STATUSES))
                    message = f"depends: '{name}.{status}' is no status{hint}"
                    yield template.finding(call, f"{message} ({allowed})")
                elif status in FAN_OUT_STATUSES and name not in fan_outs:
                    yield template.finding(
                        call,
                        f"depends: '{name}.{status}' needs a fan-out, and "
                        f"task '{name}' is none",
                    )


def _depends_syntax(folder: Folder) -> Iterator[Finding]:
    """Refuse ``depends`` that is no truth value of tasks and statuses."""
    for template in all_templates(folder):
        dependencies = Dependencies(call.body for call in template.calls)
        for call in template.calls:
            depends = text(call.body.get("depends"))
            statuses = {status for _, status in terms(call.body)}
            if not depends or statuses - STATUSES - {""}:
                continue
            try:
                condition = dependencies.condition(call.name)
                check_truth(condition, Variables.TRUTHS)
            except ExpressionError as error:
                yield template.finding(
                    call,
                    f"depends '{depends}' is no expression: {error}; join "
                    "tasks with &&, ||, ! and balanced parentheses",
                )


def _dependency_style(folder: Folder) -> Iterator[Finding]:
    """Refuse what does not go with ``depends``."""
    for template in all_templates(folder):
        stated = {
            key
            for call in template.calls
            for key in ("depends", "dependencies", "continueOn")
            if call.body.get(key) not in (None, "", [])
        }
        if {"depends", "dependencies"} <= stated:
            message = "mixes 'depends' and 'dependencies'; use 'depends' only"
            yield template.finding(None, message)
        for call in template.calls:
            if call.noun == "task":
                for message in _style_problems(call, stated):
                    yield template.finding(call, message)


def _style_problems(call: Call, stated: set[str]) -> Iterator[str]:
    if "depends" in stated and call.body.get("continueOn") is not None:
        yield (
            "has 'continueOn' in a template with 'depends'; write "
            f"'{call.name}.Failed' or '{call.name}.Errored' in 'depends'"
        )
    ordered = "depends" in stated or call.body.get("dependencies")
    if ordered and call.name[:1].isdecimal():
        yield "begins with a digit, which 'depends' cannot read; rename it"


def _own_names(folder: Folder) -> Iterator[Finding]:
    """Refuse a task's own name as an argument, which Argo takes for a task."""
    for template in all_templates(folder):
        for call in template.calls:
            passed = mapping(call.body, "arguments").get("parameters")
            for item in mappings(passed):
                value = text(item.get("value"))
                if call.noun == "task" and value.startswith("{{tasks.name"):
                    yield template.finding(
                        call,
                        f"argument '{text(item.get('name'))}' begins with "
                        f"{{{{tasks.name}}}}; write '{call.name}' instead",
                    )


def _no_cycles(folder: Folder) -> Iterator[Finding]:
    """Refuse tasks that wait for themselves, one finding per template."""
    for template in all_templates(folder):
        tasks = [c.body for c in template.calls if c.noun == "task"]
        cycle = find_cycle(Dependencies(tasks).direct)
        if cycle:
            message = f"its tasks wait in a circle: {' → '.join(cycle)}"
            yield template.finding(None, f"{message}; cut it at one of them")


def _no_endless_recursion(folder: Folder) -> Iterator[Finding]:
    """Refuse templates that always call themselves."""
    for workflow in workflows(folder):
        edges = {
            template.name: _certain_calls(template, workflow, folder)
            for template in workflow.by_name.values()
        }
        cycle = find_cycle(edges)
        if cycle:
            message = f"templates call each other: {' → '.join(cycle)}"
            yield workflow.finding(
                "workflow", f"{message}; give one call a 'when'"
            )


def _certain_calls(
    template: Template, workflow: Workflow, folder: Folder
) -> list[str]:
    called = [
        target(call.body, template, folder).template
        for call in template.calls
        if not _is_conditional(call)
    ]
    return sorted(
        item.name for item in called if item and item.workflow is workflow
    )


def _is_conditional(call: Call) -> bool:
    statuses = {status for _, status in terms(call.body)} - {"", "Succeeded"}
    return bool(call.body.get("when")) or call.fans_out or bool(statuses)


RULES = (
    Rule("dependencies", "awaited tasks exist", _dependencies_exist),
    Rule(
        "dependency-statuses",
        "depends names statuses that Argo has",
        _dependency_statuses,
    ),
    Rule(
        "dependency-style",
        "no dependencies, continueOn or leading digit beside depends",
        _dependency_style,
    ),
    Rule("own-names", "no argument begins with {{tasks.name}}", _own_names),
    Rule("cycles", "tasks do not wait in a circle", _no_cycles),
    Rule(
        "depends-syntax", "depends is an expression", _depends_syntax, STRICT
    ),
    Rule(
        "recursion",
        "templates call themselves under a condition only",
        _no_endless_recursion,
        STRICT,
    ),
)
