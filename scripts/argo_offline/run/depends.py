"""The ``depends`` and ``dependencies`` of DAG tasks."""

import re
from collections.abc import Iterable, Mapping

from argo_offline.run.errors import ExpressionError, SubstitutionError
from argo_offline.run.expressions import evaluate_bool
from argo_offline.run.nodes import Json, Node, Nodes, NodeType, Phase

_TASK = re.compile(
    r"(?P<result>[a-zA-Z0-9][-a-zA-Z0-9]*?\.[A-Z][a-zA-Z]+)"
    r"|(?P<task>[a-zA-Z0-9][-a-zA-Z0-9]*)"
)
RESULTS = frozenset(
    {
        "Succeeded",
        "Failed",
        "Errored",
        "Skipped",
        "Omitted",
        "Daemoned",
        "AnySucceeded",
        "AllFailed",
    }
)
ITEM_RESULTS = frozenset({"AnySucceeded", "AllFailed"})


class Dependencies:
    """What each task of a DAG waits for.

    Attributes:
        logic: The expanded condition by task; empty for a root task.
    """

    def __init__(self, tasks: Iterable[Json]) -> None:
        """Reads the conditions.

        Args:
            tasks: The DAG's tasks.
        """
        self._tasks = {task["name"]: task for task in tasks}
        self.logic = {name: self._logic(t) for name, t in self._tasks.items()}
        self._named = {
            name: _names(_condition(task))
            for name, task in self._tasks.items()
        }

    @staticmethod
    def results(task: Json) -> list[tuple[str, str]]:
        """Lists the results that a task's condition names, by task."""
        matches = _TASK.finditer(str(task.get("depends", "")))
        named = (match["result"] for match in matches if match["result"])
        return [(name.split(".")[0], name.split(".")[1]) for name in named]

    def of(self, task: str) -> list[str]:
        """Lists the tasks that a task waits for."""
        return self._named[task]

    def ancestors(self, task: str) -> list[str]:
        """Lists the tasks before a task, the nearest last."""
        found: dict[str, None] = {}
        for dependency in self._named[task]:
            for ancestor in [*self.ancestors(dependency), dependency]:
                found[ancestor] = None
        return list(found)

    def leaves(self) -> list[str]:
        """Lists the tasks that no task waits for, sorted."""
        awaited = {name for names in self._named.values() for name in names}
        return sorted(set(self._tasks) - awaited)

    def _logic(self, task: Json) -> str:
        if task.get("depends"):
            return _TASK.sub(self._expanded, task["depends"])
        return " && ".join(
            self._default(name) for name in task.get("dependencies", [])
        )

    def _expanded(self, match: re.Match[str]) -> str:
        return match["result"] or self._default(match["task"])

    def _default(self, name: str) -> str:
        accepted = ["Succeeded", "Skipped", "Daemoned"]
        continue_on = self._tasks.get(name, {}).get("continueOn", {})
        if continue_on.get("error"):
            accepted.append("Errored")
        if continue_on.get("failed"):
            accepted.append("Failed")
        return f"({' || '.join(f'{name}.{result}' for result in accepted)})"


def is_met(logic: str, dependencies: Mapping[str, Node], nodes: Nodes) -> bool:
    """Decides whether a task runs now that its dependencies have ended.

    Args:
        logic: The expanded condition.
        dependencies: The nodes of the tasks that it waits for.
        nodes: All nodes.

    Returns:
        Whether the task runs; otherwise it is omitted.

    Raises:
        SubstitutionError: The condition cannot be evaluated.
    """
    scope = {
        name.replace("-", "_"): _results(node, nodes)
        for name, node in dependencies.items()
    }
    condition = logic.replace("-", "_")
    try:
        return evaluate_bool(condition, scope)
    except ExpressionError as error:
        raise SubstitutionError(
            f"unable to evaluate expression '{condition}': {error}"
        ) from None


def _condition(task: Json) -> str:
    return str(task.get("depends") or " ".join(task.get("dependencies", [])))


def _names(condition: str) -> list[str]:
    names = (
        match["task"] or match["result"].split(".")[0]
        for match in _TASK.finditer(condition)
    )
    return list(dict.fromkeys(names))


def _results(node: Node, nodes: Nodes) -> dict[str, bool]:
    children: list[Node] = []
    if node.type is NodeType.TASK_GROUP:
        children = [nodes[name] for name in node.children]
    phases = [child.phase for child in children]
    return {
        "Succeeded": node.phase is Phase.SUCCEEDED,
        "Failed": node.phase is Phase.FAILED,
        "Errored": node.phase is Phase.ERROR,
        "Skipped": node.phase is Phase.SKIPPED,
        "Omitted": node.phase is Phase.OMITTED,
        "Daemoned": False,
        "AnySucceeded": Phase.SUCCEEDED in phases,
        "AllFailed": bool(phases) and set(phases) == {Phase.FAILED},
    }
