"""Running a case of the table on this machine."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from argo_offline.run import (
    ConfigMap,
    LocalCluster,
    LocalImage,
    LocalRunError,
    NodeRecord,
    WorkflowResult,
    read_manifests,
    run_workflow,
)
from tests.argo_offline.run.table import (
    IMAGE,
    NAMESPACE,
    REFUSED,
    Case,
    Observation,
    ObservedNode,
    plain,
)

_WORKFLOWS = frozenset({"Workflow", "WorkflowTemplate"})


async def run_locally(case: Case, folder: Path) -> list[Observation]:
    """Runs a case.

    Args:
        case: The case.
        folder: Folder for what the runs leave.

    Returns:
        What was observed, run by run.
    """
    starts = [
        _run(case, run, folder / str(number), folder / "locks")
        for number, run in enumerate(case.runs)
    ]
    if case.at_once:
        return list(await asyncio.gather(*starts))
    return [await start for start in starts]


def cluster_of(case: Case, locks: Path) -> LocalCluster:
    """Builds the cluster that a case's manifests describe."""
    objects: dict[str, list[dict[str, Any]]] = {"ConfigMap": [], "Secret": []}
    for manifest in case.manifests:
        objects.setdefault(manifest["kind"], []).append(manifest)
    return LocalCluster(
        images={IMAGE: LocalImage(path=(Path(sys.executable).parent,))},
        namespace=NAMESPACE,
        config_maps={
            item["metadata"]["name"]: ConfigMap(
                item["data"], item["metadata"].get("labels", {})
            )
            for item in objects["ConfigMap"]
        },
        secrets={
            item["metadata"]["name"]: item["stringData"]
            for item in objects["Secret"]
        },
        grace_seconds=1.0,
        lock_folder=locks,
    )


async def _run(
    case: Case, run: dict[str, Any], folder: Path, locks: Path
) -> Observation:
    documents = [m for m in case.manifests if m["kind"] in _WORKFLOWS]
    try:
        result = await run_workflow(
            read_manifests(documents, f"{case.name}.yaml"),
            arguments=run.get("arguments", {}),
            cluster=cluster_of(case, locks),
            run_folder=folder,
            on_event=lambda _: None,
        )
    except LocalRunError as error:
        return Observation(REFUSED, message=str(error))
    return _observation(result)


def _observation(result: WorkflowResult) -> Observation:
    name = result.name
    return Observation(
        phase=result.phase.value,
        message=plain(result.message, name),
        outputs=_plain(result.outputs, name),
        nodes={
            node.name.replace(name, "wf", 1): _node(node, name)
            for node in result.nodes
        },
    )


def _node(node: NodeRecord, name: str) -> ObservedNode:
    return ObservedNode(
        type=node.type.value,
        phase=node.phase.value,
        message=plain(node.message, name),
        inputs=_plain(node.inputs, name),
        outputs=_plain(node.outputs, name),
        result=node.result,
        exit_code=node.exit_code,
        tries=node.tries,
    )


def _plain(values: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: plain(value, name) for key, value in values.items()}
