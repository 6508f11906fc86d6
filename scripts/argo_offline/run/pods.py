"""Starting and ending the pods of a workflow."""

import asyncio
from datetime import datetime
from typing import Final

from argo_offline.run.nodes import Json, Node, Phase
from argo_offline.run.pod import Pod
from argo_offline.run.pod_run import PodRun
from argo_offline.run.results import node_folder
from argo_offline.run.run_state import RunState

STEP_DEADLINE: Final = "Step exceeded its deadline"
STOPPED: Final = "workflow shutdown with strategy:  Stop"


def start(
    state: RunState,
    node: Node,
    template: Json,
    *,
    exit_handler: bool,
    capture: bool,
    end: datetime | None,
) -> None:
    """Creates a node's pod.

    Args:
        state: The workflow.
        node: The node.
        template: Its template, ready to run.
        exit_handler: Whether it belongs to the exit handler.
        capture: Whether something refers to its standard output.
        end: When all tries of its node end.
    """
    number = len(state.pods) + 1
    node.folder = node_folder(state.folder, number, node.display_name)
    pod = Pod(node, template, exit_handler, capture, end)
    state.pods[node.name] = pod
    pod.task = asyncio.create_task(_run(state, pod))


def cancel(state: RunState, name: str) -> None:
    """Ends a node's pod, if it has one."""
    if name in state.pods:
        _end(state.pods[name])


def end_all(state: RunState, message: str) -> None:
    """Ends pods, but those of the exit handler, and marks nodes failed."""
    for pod in state.pods.values():
        if not pod.node.phase.fulfilled and not pod.exit_handler:
            _end(pod)
            state.mark(pod.node, Phase.FAILED, message)


def kill_all(state: RunState) -> None:
    """Kills everything that runs, at once, and starts nothing more."""
    for pod in state.pods.values():
        pod.ending = pod.killed = True
        if pod.process is not None:
            pod.process.kill()


async def wait_all(state: RunState) -> None:
    """Waits until no process is left."""
    tasks = [pod.task for pod in state.pods.values() if pod.task]
    await asyncio.gather(*tasks, return_exceptions=True)


def raise_errors(state: RunState) -> None:
    """Raises what went wrong in the local run itself."""
    for pod in state.pods.values():
        if pod.task and pod.task.done() and not pod.task.cancelled():
            pod.task.result()


def _end(pod: Pod) -> None:
    pod.ending = True
    if pod.process is not None:
        pod.process.terminate()


async def _run(state: RunState, pod: Pod) -> None:
    async with state.slots:
        try:
            if not pod.ending:
                await PodRun(state, pod).run()
        finally:
            state.changed.set()
