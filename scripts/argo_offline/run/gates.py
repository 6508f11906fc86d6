"""What a node has to pass before it runs: limits, its time and its locks."""

from datetime import UTC, datetime, timedelta

from argo_offline.errors import LocalRunError, SubstitutionError
from argo_offline.go_values import parse_duration
from argo_offline.run import pods
from argo_offline.run.locks import lock_requests
from argo_offline.run.nodes import Json, Node, NodeType, Phase
from argo_offline.run.run_state import Call, RunState
from argo_offline.run.substitution import input_values

_LOCK_POLL = timedelta(seconds=0.2)
_ACTIVE = frozenset({Phase.PENDING, Phase.RUNNING})
_COUNTED = frozenset({NodeType.POD, NodeType.STEPS, NodeType.DAG})
_FAIL_FAST = "template has failed or errored children and failFast enabled"


class NodeError(LocalRunError):
    """A node ended in an error that concerns the node around it too."""


class NodeTimeoutError(LocalRunError):
    """A node waited longer than its template's timeout."""


def retry_strategy(state: RunState, template: Json) -> Json | None:
    """Finds the retry strategy of a template, or of the whole workflow."""
    own: Json | None = template.get("retryStrategy")
    return state.spec.get("retryStrategy") if own is None else own


def fail(state: RunState, call: Call, node: Node | None, message: str) -> None:
    """Ends an execution in an error.

    Args:
        state: The workflow.
        call: The execution.
        node: Its node; None creates one.
        message: What is wrong.
    """
    if node is not None:
        state.mark(node, Phase.ERROR, message)
    else:
        state.initialise(call, NodeType.SKIPPED, Phase.ERROR, message=message)


def check_timeout(state: RunState, node: Node | None, template: Json) -> None:
    """Ends a node that waits longer than its template's timeout.

    Args:
        state: The workflow.
        node: The node, when there is one.
        template: Its template, ready to run.

    Raises:
        NodeTimeoutError: It waited too long.
    """
    if node is None or not template.get("timeout"):
        return
    end = node.started + timedelta(
        seconds=parse_duration(str(template["timeout"]))
    )
    if node.phase is not Phase.PENDING:
        return
    if datetime.now(UTC) > end:
        pods.cancel(state, node.name)
        state.mark(node, Phase.FAILED, "timeout")
        raise NodeTimeoutError("timeout")
    state.poll_at(end)


def wait_for_locks(state: RunState, call: Call, template: Json) -> Node | None:
    """Takes the locks of a template.

    Args:
        state: The workflow.
        call: The execution.
        template: The template, ready to run.

    Returns:
        The waiting node; None when it has its locks.

    Raises:
        NodeError: The locks cannot be asked for.
    """
    node = state.nodes.get(call.node)
    try:
        requests = lock_requests(
            template["synchronization"],
            state.cluster.namespace,
            state.cluster.config_maps,
        )
    except SubstitutionError as error:
        fail(state, call, node, str(error))
        raise NodeError(str(error)) from None
    message = state.locks.acquire(call.node, requests)
    if not message:
        if node is not None and node.waiting_for:
            node.waiting_for = ""
            state.mark(node, node.phase, "")
        return None
    state.poll_at(datetime.now(UTC) + _LOCK_POLL)
    if node is None:
        node = state.initialise(
            call,
            _node_type(state, template),
            Phase.PENDING,
            inputs=input_values(template),
        )
    node.waiting_for = message
    return state.mark(node, node.phase, message)


def _node_type(state: RunState, template: Json) -> NodeType:
    if retry_strategy(state, template) is not None:
        return NodeType.RETRY
    if "container" in template:
        return NodeType.POD
    return NodeType.DAG if "dag" in template else NodeType.STEPS


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
            _fail_last_group(state, node)
        state.mark(node, Phase.FAILED, _FAIL_FAST)
    raise ParallelismReachedError


def _fail_last_group(state: RunState, boundary: Node) -> None:
    """Marks the group of steps that is reached last, however deep it is."""
    last: Node | None = None
    waiting = [boundary]
    while waiting:
        node = waiting.pop()
        if node.type is NodeType.STEP_GROUP:
            last = node
        waiting += [state.nodes[name] for name in reversed(node.children)]
    if last is not None:
        state.mark(last, Phase.FAILED, _FAIL_FAST)
