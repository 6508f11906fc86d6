"""The order of tasks and steps: ``depends``, ``dependencies``, step groups."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from argo_offline.manifests.access import Json, mapping, sequence, text
from argo_offline.manifests.workflow import (
    TEMPLATES_AT_ONCE,
    Call,
    Template,
)

FAN_OUT_STATUSES = frozenset({"AllFailed", "AnySucceeded"})
DEFAULT_STATUSES = ("Succeeded", "Skipped", "Daemoned")
# As Argo finds them: a name with a status, or a name.
TERM = re.compile(
    r"(?P<with>[a-zA-Z0-9][-a-zA-Z0-9]*?)\.(?P<status>[A-Z][a-zA-Z]+)"
    r"|(?P<task>[a-zA-Z0-9][-a-zA-Z0-9]*)"
)


def terms(task: Json) -> Iterator[tuple[str, str]]:
    """List what a task waits for.

    Args:
        task: The task.

    Yields:
        Task name and status; the status is empty when none is written.
    """
    if task.get("depends"):
        for match in TERM.finditer(text(task["depends"])):
            yield match["with"] or match["task"], match["status"] or ""
        return
    for name in sequence(task.get("dependencies")):
        yield text(name), ""


class Dependencies:
    """What each task of a DAG waits for.

    Attributes:
        direct: Names of the awaited tasks by task, in order, each once.
    """

    def __init__(self, tasks: Iterable[Json]) -> None:
        """Reads the conditions of a DAG's tasks."""
        self._tasks = {text(task.get("name")): task for task in tasks}
        self.direct: dict[str, list[str]] = {
            name: list(dict.fromkeys(awaited for awaited, _ in terms(task)))
            for name, task in self._tasks.items()
        }

    def ancestors(self, task: str) -> list[str]:
        """Lists the tasks before a task, the nearest last.

        Args:
            task: The task's name; in a cycle it is among its own ancestors.

        Returns:
            Their names.
        """
        found: dict[str, None] = {}
        waiting = [(task, iter(self.direct.get(task, ())))]
        entered = set()
        while waiting:
            name, rest = waiting[-1]
            following = next(rest, None)
            if following is None:
                waiting.pop()
                if waiting:
                    found[name] = None
            elif following not in entered:
                entered.add(following)
                awaited = iter(self.direct.get(following, ()))
                waiting.append((following, awaited))
        return list(found)

    def leaves(self) -> list[str]:
        """Lists the tasks that no task waits for, sorted."""
        awaited = {name for names in self.direct.values() for name in names}
        return sorted(set(self._tasks) - awaited)

    def condition(self, name: str) -> str:
        """Writes what a task waits for as an expression.

        Args:
            name: The task's name.

        Returns:
            The expression, with a status for each name and ``_`` for each
            hyphen; empty for a task that waits for none.
        """
        return self._logic(name).replace("-", "_")

    def _logic(self, name: str) -> str:
        task = self._tasks[name]
        if task.get("depends"):
            return TERM.sub(
                lambda match: (
                    match.group() if match["with"] else self._default(match[0])
                ),
                text(task["depends"]),
            )
        return " && ".join(map(self._default, self.direct[name]))

    def _default(self, name: str) -> str:
        accepted = list(DEFAULT_STATUSES)
        continue_on = mapping(self._tasks.get(name), "continueOn")
        if continue_on.get("error"):
            accepted.append("Errored")
        if continue_on.get("failed"):
            accepted.append("Failed")
        return f"({' || '.join(f'{name}.{result}' for result in accepted)})"


@lru_cache(maxsize=TEMPLATES_AT_ONCE)
def predecessors(template: Template) -> Mapping[str, frozenset[str]]:
    """Find all tasks or steps that end before another one starts.

    Args:
        template: A template of tasks or steps.

    Returns:
        For each task or step the names of those before it; in a cycle the
        task's own is among them.
    """
    dependencies = Dependencies(c.body for c in template.calls)
    return {
        call.name: (
            frozenset(dependencies.ancestors(call.name))
            if call.noun == "task"
            else _earlier(template, call)
        )
        for call in template.calls
    }


def _earlier(template: Template, step: Call) -> frozenset[str]:
    return frozenset(
        call.name for call in template.calls if call.group < step.group
    )


def find_cycle(edges: Mapping[str, list[str]]) -> list[str]:
    """Find a cycle in a directed graph.

    Args:
        edges: Successors of each node.

    Returns:
        The nodes of the first cycle, the first one again at the end; empty
        when there is none.
    """
    finished: set[str] = set()
    for start in sorted(edges):
        cycle = _cycle_from(start, edges, finished)
        if cycle:
            return cycle
    return []


def _cycle_from(
    start: str, edges: Mapping[str, list[str]], finished: set[str]
) -> list[str]:
    path = [start]
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
