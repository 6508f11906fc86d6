"""What a node has to pass before it runs: its time and its locks."""

from datetime import UTC, datetime, timedelta

from argo_offline.run.arguments import input_values
from argo_offline.run.errors import LocalRunError, SubstitutionError
from argo_offline.run.go_values import parse_duration
from argo_offline.run.locks import lock_requests
from argo_offline.run.nodes import Json, Node, NodeType, Phase
from argo_offline.run.operation import Call, Operation

_LOCK_POLL = timedelta(seconds=0.2)


class NodeError(LocalRunError):
    """A node ended in an error that concerns the node around it too."""


class NodeTimeoutError(LocalRunError):
    """A node waited longer than its template's timeout."""


def retry_strategy(operation: Operation, template: Json) -> Json | None:
    """Finds the retry strategy of a template, or of the whole workflow."""
    own: Json | None = template.get("retryStrategy")
    return operation.spec.get("retryStrategy") if own is None else own


def fail(
    operation: Operation, call: Call, node: Node | None, message: str
) -> None:
    """Ends an execution in an error.

    Args:
        operation: The workflow.
        call: The execution.
        node: Its node; None creates one.
        message: What is wrong.
    """
    if node is not None:
        operation.mark(node, Phase.ERROR, message)
    else:
        operation.initialise(
            call, NodeType.SKIPPED, Phase.ERROR, message=message
        )


def check_timeout(
    operation: Operation, node: Node | None, template: Json
) -> None:
    """Ends a node that waits longer than its template's timeout.

    Args:
        operation: The workflow.
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
        operation.pods.cancel(node.name)
        operation.mark(node, Phase.FAILED, "timeout")
        raise NodeTimeoutError("timeout")
    operation.look_again(end)


def wait_for_locks(
    operation: Operation, call: Call, template: Json
) -> Node | None:
    """Takes the locks of a template.

    Args:
        operation: The workflow.
        call: The execution.
        template: The template, ready to run.

    Returns:
        The waiting node; None when it has its locks.

    Raises:
        NodeError: The locks cannot be asked for.
    """
    node = operation.nodes.get(call.node)
    try:
        requests = lock_requests(
            template["synchronization"],
            operation.cluster.namespace,
            operation.cluster.config_maps,
        )
    except SubstitutionError as error:
        fail(operation, call, node, str(error))
        raise NodeError(str(error)) from None
    message = operation.locks.acquire(call.node, requests)
    if not message:
        if node is not None and node.waiting_for:
            node.waiting_for = ""
            operation.mark(node, node.phase, "")
        return None
    operation.look_again(datetime.now(UTC) + _LOCK_POLL)
    if node is None:
        node = operation.initialise(
            call,
            _node_type(operation, template),
            Phase.PENDING,
            inputs=input_values(template),
        )
    node.waiting_for = message
    return operation.mark(node, node.phase, message)


def _node_type(operation: Operation, template: Json) -> NodeType:
    if retry_strategy(operation, template) is not None:
        return NodeType.RETRY
    if "container" in template:
        return NodeType.POD
    return NodeType.DAG if "dag" in template else NodeType.STEPS
