"""The value of ``workflow.failures``."""

from argo_offline.run.go_values import go_json, go_quote
from argo_offline.run.nodes import Nodes, rfc3339


def failures(nodes: Nodes) -> str:
    """Describes the nodes that failed, as Argo does.

    Args:
        nodes: All nodes.

    Returns:
        A JSON list in Go's quotes: quotes and escapes around the JSON text.
    """
    failed = [
        {
            "displayName": node.display_name,
            "message": node.message,
            "templateName": node.template,
            "phase": node.phase.value,
            "podName": nodes.pod_name(node.name, node.template),
            "finishedAt": rfc3339(node.finished) if node.finished else None,
        }
        for node in nodes
        if node.phase.failed_or_error
    ]
    return f'"{go_quote(go_json(failed or None))}"'
