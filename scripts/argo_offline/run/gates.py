"""What a node has to pass before it runs: its time and its locks."""

from datetime import UTC, datetime, timedelta

from argo_offline.run import pods
from argo_offline.run.arguments import input_values
from argo_offline.run.errors import LocalRunError, SubstitutionError
from argo_offline.run.go_values import parse_duration
from argo_offline.run.locks import lock_requests
from argo_offline.run.nodes import Json, Node, NodeType, Phase
from argo_offline.run.run_state import Call, RunState

_LOCK_POLL = timedelta(seconds=0.2)


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
    state.look_again(end)


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
    state.look_again(datetime.now(UTC) + _LOCK_POLL)
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
