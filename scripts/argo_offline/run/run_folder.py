"""The folder that a run leaves: readable by a person, free of secrets."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from argo_offline.run.events import NodeRecord, WorkflowResult
from argo_offline.run.nodes import rfc3339

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
