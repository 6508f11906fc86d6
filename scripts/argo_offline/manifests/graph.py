"""The order of tasks and steps: what comes before what."""

import re
from collections.abc import Iterator
from functools import lru_cache

from argo_offline.manifests.access import sequence, text
from argo_offline.manifests.call import Call
from argo_offline.manifests.workflow import Template

STATUSES = frozenset(
    {
        "AllFailed",
        "AnySucceeded",
        "Daemoned",
        "Errored",
        "Failed",
        "Omitted",
        "Skipped",
        "Succeeded",
    }
)
FAN_OUT_STATUSES = frozenset({"AllFailed", "AnySucceeded"})
TERM = re.compile(r"([A-Za-z0-9][-A-Za-z0-9]*)(?:\.([A-Za-z]+))?")
TEMPLATES_AT_ONCE = 2048


def terms(call: Call) -> Iterator[tuple[str, str]]:
    """List what a task waits for.

    Args:
        call: A task.

    Yields:
        Task name and status; the status is empty when none is written.
    """
    for match in TERM.finditer(text(call.body.get("depends"))):
        yield match[1], match[2] or ""
    for name in sequence(call.body.get("dependencies")):
        yield text(name), ""


@lru_cache(maxsize=TEMPLATES_AT_ONCE)
def predecessors(template: Template) -> dict[str, frozenset[str]]:
    """Find all tasks or steps that end before another one starts.

    Args:
        template: A template of tasks or steps.

    Returns:
        For each task or step the names of those before it.
    """
    return {
        call.name: (
            ancestors(template, call)
            if call.noun == "task"
            else earlier(template, call)
        )
        for call in template.calls
    }


def earlier(template: Template, step: Call) -> frozenset[str]:
    """Find the steps of earlier groups.

    Args:
        template: The template.
        step: One of its steps.

    Returns:
        Their names.
    """
    return frozenset(
        call.name for call in template.calls if call.group < step.group
    )


def ancestors(template: Template, task: Call) -> frozenset[str]:
    """Find the tasks that a task waits for, directly or not.

    Args:
        template: The template.
        task: One of its tasks.

    Returns:
        Their names; in a cycle the task's own is among them.
    """
    direct = direct_dependencies(template)
    seen: set[str] = set()
    waiting = list(direct.get(task.name, ()))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += direct.get(name, ())
    return frozenset(seen)


def direct_dependencies(template: Template) -> dict[str, list[str]]:
    """List what each task waits for directly.

    Args:
        template: A template of tasks.

    Returns:
        Names of the awaited tasks by task.
    """
    return {
        call.name: [name for name, _ in terms(call)]
        for call in template.calls
        if call.noun == "task"
    }


def find_cycle(edges: dict[str, list[str]]) -> list[str]:
    """Find a cycle in a directed graph.

    Args:
        edges: Successors of each node.

    Returns:
        The nodes of the first cycle, the first one again at the end; empty
        when there is none.
    """
    finished: set[str] = set()
    for start in sorted(edges):
        cycle = cycle_from(start, edges, finished)
        if cycle:
            return cycle
    return []


def cycle_from(
    start: str, edges: dict[str, list[str]], finished: set[str]
) -> list[str]:
    """Find a cycle by walking from one node.

    Args:
        start: The node.
        edges: Successors of each node.
        finished: Nodes known to lead to no cycle; grows.

    Returns:
        The nodes of a cycle, empty when the walk meets none.
    """
    path: list[str] = [start]
    pending = [list(edges.get(start, ()))]
    while path:
        if not pending[-1]:
            pending.pop()
            finished.add(path.pop())
            continue
        successor = pending[-1].pop(0)
        if successor in path:
            return [*path[path.index(successor) :], successor]
        if successor not in finished:
            path.append(successor)
            pending.append(list(edges.get(successor, ())))
    return []
