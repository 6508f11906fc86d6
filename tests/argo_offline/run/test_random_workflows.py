"""Random workflows end node by node as in Argo's own controller.

``recorded/runs.jsonl`` holds what the controller has made of them. Pods do
not run here: they end by their arguments, all that were started at once.
"""

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from argo_offline.run import (
    LocalCluster,
    Phase,
    WorkflowResult,
    read_manifests,
    run_workflow,
)
from argo_offline.run.nodes import Outputs
from argo_offline.run.pod_run import PodRun
from tests.argo_offline.recorded.workflows import workflows

# What the controller makes of a workflow that ends the controller's process.
FATAL = "the controller ends itself"
# What the local run reports of a workflow for which the controller waits for
# ever.
STUCK = "nothing can go on"
RUNNING = "Running"
RUNS = Path(__file__).parents[1] / "recorded" / "runs.jsonl"
WAVE_SECONDS = 0.003


class Waves:
    """Ends all pods that run, when nothing more starts."""

    def __init__(self) -> None:
        """Starts without pods."""
        self._running: list[asyncio.Future[None]] = []

    async def end(self) -> None:
        """Waits for the end of the pods that run now."""
        loop = asyncio.get_running_loop()
        if not self._running:
            loop.call_later(WAVE_SECONDS, self._release)
        self._running.append(loop.create_future())
        await self._running[-1]

    def _release(self) -> None:
        running, self._running = self._running, []
        for future in running:
            future.set_result(None)


@cache
def recorded() -> Mapping[str, dict[str, Any]]:
    """Read the recorded runs by the workflow's name."""
    lines = RUNS.read_text("utf-8").splitlines()
    return {run["name"]: run for run in map(json.loads, lines)}


def exit_code(arguments: list[str]) -> int:
    """Read a pod's arguments: code, failing tries, number of this try."""
    code, until, number = (
        int(text) if text.isdecimal() else 0 for text in arguments
    )
    return code if number < until else 0


def observed(result: WorkflowResult) -> dict[str, Any]:
    """Write a run as the table does."""
    return {
        "name": result.name,
        "phase": result.phase.value,
        "message": result.message,
        "nodes": {
            node.name: [node.type.value, node.phase.value, node.message]
            for node in result.nodes
        },
    }


def differences(
    expected: dict[str, Any], found: dict[str, Any]
) -> dict[str, Any]:
    """Compare a recorded run with one here.

    Args:
        expected: The recorded run. Pods at which the controller does not look
            again, once the workflow has ended, are Running there.
        found: The run here.

    Returns:
        What is recorded and what was found, by place; empty when all agrees.
    """
    if expected["phase"] == RUNNING:
        stuck = found["message"].startswith(STUCK)
        return {} if stuck else {"phase": (RUNNING, found["phase"])}
    left = {
        name
        for name, node in expected["nodes"].items()
        if node[:2] == ["Pod", RUNNING]
    }
    wanted, ours = (
        {
            "phase": run["phase"],
            "message": run["message"],
            **{k: v for k, v in run["nodes"].items() if k not in left},
        }
        for run in (expected, found)
    )
    return {
        place: (wanted.get(place), ours.get(place))
        for place in {**wanted, **ours}
        if wanted.get(place) != ours.get(place)
    }


ENDING = sorted(
    int(name.rpartition("-")[2])
    for name, run in recorded().items()
    if run["message"] != FATAL
)


def test_all_workflows_are_recorded() -> None:
    names = [workflow["metadata"]["name"] for workflow in workflows()]

    assert list(recorded()) == names


@pytest.mark.parametrize("number", ENDING)
def test_random_workflow_ends_as_in_argo(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waves = Waves()

    async def run(self: PodRun) -> None:
        state, pod = self._state, self._pod
        state.mark(pod.node, Phase.RUNNING)
        await waves.end()
        code = exit_code(pod.template["container"]["args"])
        pod.node.outputs = Outputs(exit_code=str(code))
        message = f"main: Error (exit code {code})" if code else ""
        phase = Phase.FAILED if code else Phase.SUCCEEDED
        state.mark(pod.node, phase, message)

    monkeypatch.setattr(PodRun, "run", run)
    workflow = workflows()[number]
    result = asyncio.run(
        run_workflow(
            read_manifests([workflow], "random.yaml"),
            arguments={},
            cluster=LocalCluster({}, pod_slots=1000),
            run_folder=tmp_path / "run",
            on_event=lambda _: None,
        )
    )

    wanted = recorded()[workflow["metadata"]["name"]]
    assert differences(wanted, observed(result)) == {}
