"""Rules on the order of tasks and on recursion."""

import re
from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import suggestion, text
from argo_offline.manifests.call import Call
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.graph import (
    FAN_OUT_STATUSES,
    STATUSES,
    TERM,
    direct_dependencies,
    find_cycle,
    terms,
)
from argo_offline.manifests.resolve import target
from argo_offline.manifests.workflow import (
    Template,
    Workflow,
    all_templates,
    workflows,
)

NOT_DEPENDS = re.compile(r"[^\s&|!()]+|(?<!&)&(?!&)|(?<!\|)\|(?!\|)")


def dependencies_exist(folder: Folder) -> Iterator[Finding]:
    """Refuse dependencies on tasks that are not there.

    Args:
        folder: The files.

    Yields:
        One finding per dependency.
    """
    for template in all_templates(folder):
        known = {call.name for call in template.calls}
        for call in template.calls:
            for name in sorted({name for name, _ in terms(call)} - known):
                hint = suggestion(name, known)
                message = f"depends on task '{name}', which is not there{hint}"
                yield template.finding(call, message)


def dependency_statuses(folder: Folder) -> Iterator[Finding]:
    """Refuse statuses in ``depends`` that Argo does not know.

    Args:
        folder: The files.

    Yields:
        One finding per status.
    """
    for template in all_templates(folder):
        fan_outs = {call.name for call in template.calls if call.fans_out}
        for call in template.calls:
            for name, status in terms(call):
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


def depends_syntax(folder: Folder) -> Iterator[Finding]:
    """Refuse ``depends`` that is no expression of tasks, &&, ||, ! and ().

    Args:
        folder: The files.

    Yields:
        One finding per task.
    """
    for template in all_templates(folder):
        for call in template.calls:
            depends = text(call.body.get("depends"))
            rest = TERM.sub("", depends)
            wrong = NOT_DEPENDS.findall(rest)
            if wrong or depends.count("(") != depends.count(")"):
                yield template.finding(
                    call,
                    f"depends '{depends}' is no expression; join tasks with "
                    "&&, ||, ! and balanced parentheses",
                )


def one_dependency_style(folder: Folder) -> Iterator[Finding]:
    """Refuse ``depends`` and ``dependencies`` in one template.

    Args:
        folder: The files.

    Yields:
        One finding per template.
    """
    for template in all_templates(folder):
        keys = {key for call in template.calls for key in call.body}
        if {"depends", "dependencies"} <= keys:
            message = "mixes 'depends' and 'dependencies'; use 'depends' only"
            yield template.finding(None, message)


def no_cycles(folder: Folder) -> Iterator[Finding]:
    """Refuse tasks that wait for themselves.

    Args:
        folder: The files.

    Yields:
        One finding per template.
    """
    for template in all_templates(folder):
        cycle = find_cycle(direct_dependencies(template))
        if cycle:
            message = f"its tasks wait in a circle: {' → '.join(cycle)}"
            yield template.finding(None, f"{message}; cut it at one of them")


def no_endless_recursion(folder: Folder) -> Iterator[Finding]:
    """Refuse templates that always call themselves.

    A call with a condition, or over a list, may end.

    Args:
        folder: The files.

    Yields:
        One finding per workflow.
    """
    for workflow in workflows(folder):
        edges = {
            template.name: certain_calls(template, workflow, folder)
            for template in workflow.by_name.values()
        }
        cycle = find_cycle(edges)
        if cycle:
            message = f"templates call each other: {' → '.join(cycle)}"
            yield workflow.finding(
                "workflow", f"{message}; give one call a 'when'"
            )


def certain_calls(
    template: Template, workflow: Workflow, folder: Folder
) -> list[str]:
    """List the templates of a workflow that a template always calls.

    Args:
        template: The template.
        workflow: The workflow that holds it.
        folder: The files.

    Returns:
        Their names.
    """
    called = [
        target(call.body, template, folder).template
        for call in template.calls
        if not is_conditional(call)
    ]
    return sorted(
        item.name for item in called if item and item.workflow is workflow
    )


def is_conditional(call: Call) -> bool:
    """Tell whether a task or step may be left out.

    Args:
        call: The task or step.

    Returns:
        Whether a condition or an empty list can leave it out.
    """
    statuses = {status for _, status in terms(call)} - {"", "Succeeded"}
    return bool(call.body.get("when")) or call.fans_out or bool(statuses)


RULES = (
    Rule("dependencies", "awaited tasks exist", dependencies_exist),
    Rule(
        "dependency-statuses",
        "depends names statuses that Argo knows",
        dependency_statuses,
    ),
    Rule("depends-syntax", "depends is an expression", depends_syntax),
    Rule(
        "dependency-style",
        "a template uses depends or dependencies, not both",
        one_dependency_style,
    ),
    Rule("cycles", "tasks do not wait in a circle", no_cycles),
    Rule(
        "recursion",
        "templates call themselves under a condition only",
        no_endless_recursion,
    ),
)
