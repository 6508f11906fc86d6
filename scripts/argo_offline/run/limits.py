"""Limits on what runs at the same time."""

from argo_offline.run.nodes import Json, Node, NodeType, Phase
from argo_offline.run.run_state import Call, RunState

_ACTIVE = frozenset({Phase.PENDING, Phase.RUNNING})
_COUNTED = frozenset({NodeType.POD, NodeType.STEPS, NodeType.DAG})
_FAIL_FAST = "template has failed or errored children and failFast enabled"


class ParallelismReachedError(Exception):
    """A node may not start now; it will be looked at again."""


def check_parallelism(
    state: RunState, call: Call, node: Node | None, template: Json
) -> None:
    """Checks whether a template may be executed now.

    Args:
        state: The workflow.
        call: The execution.
        node: Its node, when there is one.
        template: The template, ready to run.

    Raises:
        ParallelismReachedError: It has to wait, or may not start any more.
    """
    limit = state.spec.get("parallelism")
    if limit is not None and state.active_pods() >= int(limit):
        raise ParallelismReachedError
    if node is not None and ("dag" in template or "steps" in template):
        _check_inside(state, node, template)
    if call.boundary and (node is None or node.phase not in _ACTIVE):
        _check_boundary(state, state.nodes[call.boundary])


def _check_inside(state: RunState, node: Node, template: Json) -> None:
    _check_fail_fast(state, node, template)
    limit = int(template.get("parallelism") or 0)
    if limit and state.active_pods(node.name) >= limit:
        raise ParallelismReachedError


def _check_boundary(state: RunState, boundary: Node) -> None:
    template = state.prepared.get(boundary.name, {})
    _check_fail_fast(state, boundary, template)
    limit = int(template.get("parallelism") or 0)
    children = state.nodes.in_boundary(boundary.name)
    active = sum(
        1
        for child in children
        if child.type in _COUNTED and child.phase in _ACTIVE
    )
    if limit and active >= limit:
        raise ParallelismReachedError


def _check_fail_fast(state: RunState, node: Node, template: Json) -> None:
    if not template.get("failFast"):
        return
    children = state.nodes.in_boundary(node.name)
    if not any(
        child.type in _COUNTED and child.phase.failed_or_error
        for child in children
    ):
        return
    if not state.active_pods(node.name):
        if "steps" in template:
            _fail_last_group(state, children)
        state.mark(node, Phase.FAILED, _FAIL_FAST)
    raise ParallelismReachedError


def _fail_last_group(state: RunState, children: list[Node]) -> None:
    groups = [c for c in children if c.type is NodeType.STEP_GROUP]
    if groups:
        state.mark(groups[-1], Phase.FAILED, _FAIL_FAST)
