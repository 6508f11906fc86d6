"""What a run reports and leaves: events, its result, its folder."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from argo_offline.run.nodes import Node, Nodes, NodeType, Phase, rfc3339


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


SUMMARY = "summary.json"
LOG = "log.txt"
_NODES = "nodes"
_NAME_LENGTH = 60


def node_folder(run_folder: Path, number: int, display_name: str) -> Path:
    """Creates the folder of a node.

    Args:
        run_folder: The run's folder.
        number: The node's position among the pods, from 1.
        display_name: The node's display name.

    Returns:
        The folder, for example ``nodes/07-convert``.
    """
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", display_name).strip("-.")
    folder = run_folder / _NODES / f"{number:02d}-{name[:_NAME_LENGTH]}"
    folder.mkdir(parents=True)
    return folder


def write_node(record: NodeRecord) -> None:
    """Writes what a node got, handed on and did, into its folder.

    Args:
        record: The node; without a folder nothing is written.
    """
    if record.folder is None:
        return
    _write(record.folder / "inputs.json", dict(record.inputs))
    _write(record.folder / "outputs.json", dict(record.outputs))
    _write(record.folder / "node.json", _summary(record))


def write_summary(run_folder: Path, result: WorkflowResult) -> None:
    """Writes how a workflow ended.

    Args:
        run_folder: The run's folder.
        result: The result.
    """
    summary = {
        "name": result.name,
        "uid": result.uid,
        "phase": result.phase.value,
        "message": result.message,
        "started": rfc3339(result.started),
        "finished": rfc3339(result.finished),
        "outputs": dict(result.outputs),
        "nodes": [_summary(node) for node in result.nodes],
    }
    _write(run_folder / SUMMARY, summary)


def _summary(record: NodeRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "displayName": record.display_name,
        "type": record.type.value,
        "template": record.template,
        "phase": record.phase.value,
        "message": record.message,
        "exitCode": record.exit_code,
        "tries": record.tries,
        "started": _moment(record.started),
        "finished": _moment(record.finished),
        "progress": record.progress,
        "folder": record.folder.name if record.folder else None,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


def _write(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8", errors="surrogatepass")
