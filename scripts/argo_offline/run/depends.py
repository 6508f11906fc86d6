"""Whether a task of a DAG runs, now that those before it have ended."""

from collections.abc import Mapping

from argo_offline.errors import ExpressionError, SubstitutionError
from argo_offline.expressions import Variables, evaluate_bool
from argo_offline.run.nodes import Node, Nodes, NodeType, Phase


def is_met(
    condition: str, dependencies: Mapping[str, Node], nodes: Nodes
) -> bool:
    """Decides whether a task runs now that its dependencies have ended.

    Args:
        condition: The expression.
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
    try:
        return evaluate_bool(condition, scope, Variables.TRUTHS)
    except ExpressionError as error:
        raise SubstitutionError(
            f"unable to evaluate expression '{condition}': {error}"
        ) from None


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
