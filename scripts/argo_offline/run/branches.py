"""The graph of nodes: which ran after which, and how branches ended."""

from collections import deque

from argo_offline.run.nodes import Node, NodeType, Phase
from argo_offline.run.run_state import RunState


def outbound(state: RunState, name: str) -> list[str]:
    """Lists the nodes at the end of a node, which its followers follow.

    Args:
        state: The workflow.
        name: The node's name.

    Returns:
        Names of nodes.
    """
    node = state.nodes[name]
    if node.type in {NodeType.SKIPPED, NodeType.POD}:
        return [name]
    if node.type is NodeType.TASK_GROUP:
        inner = node.children or [name]
        return [
            last
            for child in inner
            for last in ([child] if child == name else outbound(state, child))
        ]
    if node.type is NodeType.RETRY:
        return node.children[-1:]
    return [
        last
        for child in state.outbound.get(name, [])
        for last in outbound(state, child)
    ]


def branch_phases(
    state: RunState, boundary: Node, targets: list[str]
) -> dict[str, Phase] | None:
    """Finds how the branches of a DAG ended.

    A node that was left out has the phase of the last node before it that
    ran; Failed and Error win over Succeeded.

    Args:
        state: The workflow.
        boundary: The DAG's node.
        targets: Names of the DAG's last nodes.

    Returns:
        Phases by target, without those that have no node; None while
        something runs.
    """
    found: dict[str, Phase] = {}
    seen: set[tuple[str, Phase]] = set()
    queue = deque((name, Phase.SUCCEEDED) for name in boundary.children)
    while queue:
        entry = queue.popleft()
        if entry in seen:
            continue
        seen.add(entry)
        name, phase = entry
        node = state.nodes[name]
        if not node.phase.fulfilled:
            return None
        if node.phase.completed:
            phase = node.phase
        before = found.get(name)
        if name in targets and not (before and before.failed_or_error):
            found[name] = phase
        queue.extend((child, phase) for child in _next(state, node))
    return found


def _next(state: RunState, node: Node) -> list[str]:
    if node.type is not NodeType.RETRY:
        return node.children
    return [
        name
        for child in reversed(node.children)
        for name in state.nodes[child].children
    ]
