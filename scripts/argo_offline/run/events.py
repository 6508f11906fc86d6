"""Events of a run and its result, for those who watch or report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from argo_offline.run.nodes import Node, Nodes, NodeType, Phase


@dataclass(frozen=True)
class NodeRecord:
    """A node as others see it.

    Attributes:
        name: Unique name, for example ``wf.task(0:a)``.
        id: The id that Argo gives to this name.
        display_name: The name inside its boundary.
        type: The kind of node.
        template: Name of the template.
        boundary: Name of the DAG or steps node that it belongs to.
        phase: Its phase.
        message: Why it is in this phase.
        inputs: Input parameters by name.
        outputs: Output parameters by name.
        result: Standard output, when something refers to it.
        exit_code: The container's exit code.
        tries: How often it was tried, for a retry node.
        started: When it was created.
        finished: When it was fulfilled.
        progress: ``N/M`` as the container reported it.
        folder: The node's folder, when it is a pod.
        children: Names of the nodes after it.
    """

    name: str
    id: str
    display_name: str
    type: NodeType
    template: str
    boundary: str
    phase: Phase
    message: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    result: str | None
    exit_code: int | None
    tries: int
    started: datetime
    finished: datetime | None
    progress: str
    folder: Path | None
    children: tuple[str, ...]


@dataclass(frozen=True)
class NodeEvent:
    """A node was created or has changed.

    Attributes:
        workflow: The workflow's name.
        node: The node after the change.
    """

    workflow: str
    node: NodeRecord


@dataclass(frozen=True)
class WorkflowResult:
    """How a workflow ended.

    Attributes:
        name: The workflow's name.
        uid: Its unique id.
        phase: Succeeded, Failed or Error.
        message: Why.
        started: When it was submitted.
        finished: When its exit handler had ended.
        nodes: All nodes, oldest first.
        outputs: The workflow's output parameters (``globalName``).
        folder: The run's folder.
    """

    name: str
    uid: str
    phase: Phase
    message: str
    started: datetime
    finished: datetime
    nodes: tuple[NodeRecord, ...]
    outputs: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None


Listener = Callable[[NodeEvent], None]


def record(node: Node, nodes: Nodes) -> NodeRecord:
    """Freezes a node's state.

    Args:
        node: The node.
        nodes: All nodes.

    Returns:
        Its record.
    """
    outputs = node.outputs
    code = outputs.exit_code if outputs else None
    tries = sum(1 for name in node.children if _is_try(name, nodes))
    return NodeRecord(
        name=node.name,
        id=node.id,
        display_name=node.display_name,
        type=node.type,
        template=node.template,
        boundary=node.boundary,
        phase=node.phase,
        message=node.message,
        inputs=dict(node.inputs),
        outputs=dict(outputs.parameters) if outputs else {},
        result=outputs.result if outputs else None,
        exit_code=None if code is None else int(code),
        tries=tries if node.type is NodeType.RETRY else 1,
        started=node.started,
        finished=node.finished,
        progress=node.progress,
        folder=node.folder,
        children=tuple(node.children),
    )


def _is_try(name: str, nodes: Nodes) -> bool:
    child = nodes.get(name)
    return child is not None and child.retried
