"""Limits on what runs at the same time."""

from argo_offline.run.nodes import Json, Node, NodeType, Phase
from argo_offline.run.operation import Call, Operation

_ACTIVE = frozenset({Phase.PENDING, Phase.RUNNING})
_COUNTED = frozenset({NodeType.POD, NodeType.STEPS, NodeType.DAG})
_FAIL_FAST = "template has failed or errored children and failFast enabled"


class ParallelismReachedError(Exception):
    """A node may not start now; it will be looked at again."""


def check_parallelism(
    operation: Operation, call: Call, node: Node | None, template: Json
) -> None:
    """Checks whether a template may be executed now.

    Args:
        operation: The workflow.
        call: The execution.
        node: Its node, when there is one.
        template: The template, ready to run.

    Raises:
        ParallelismReachedError: It has to wait, or may not start any more.
    """
    limit = operation.spec.get("parallelism")
    if limit is not None and operation.pods.active() >= int(limit):
        raise ParallelismReachedError
    if node is not None and ("dag" in template or "steps" in template):
        _check_inside(operation, node, template)
    if call.boundary and (node is None or node.phase not in _ACTIVE):
        _check_boundary(operation, operation.nodes[call.boundary])


def _check_inside(operation: Operation, node: Node, template: Json) -> None:
    _check_fail_fast(operation, node, template)
    limit = int(template.get("parallelism") or 0)
    if limit and operation.pods.active(node.name) >= limit:
        raise ParallelismReachedError


def _check_boundary(operation: Operation, boundary: Node) -> None:
    template = operation.prepared.get(boundary.name, {})
    _check_fail_fast(operation, boundary, template)
    limit = int(template.get("parallelism") or 0)
    children = operation.nodes.in_boundary(boundary.name)
    active = sum(
        1
        for child in children
        if child.type in _COUNTED and child.phase in _ACTIVE
    )
    if limit and active >= limit:
        raise ParallelismReachedError


def _check_fail_fast(operation: Operation, node: Node, template: Json) -> None:
    if not template.get("failFast"):
        return
    children = operation.nodes.in_boundary(node.name)
    if not any(
        child.type in _COUNTED and child.phase.failed_or_error
        for child in children
    ):
        return
    if not operation.pods.active(node.name):
        if "steps" in template:
            _fail_last_group(operation, children)
        operation.mark(node, Phase.FAILED, _FAIL_FAST)
    raise ParallelismReachedError


def _fail_last_group(operation: Operation, children: list[Node]) -> None:
    groups = [c for c in children if c.type is NodeType.STEP_GROUP]
    if groups:
        operation.mark(groups[-1], Phase.FAILED, _FAIL_FAST)
