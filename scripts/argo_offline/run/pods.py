"""Pods: the processes that stand for container nodes."""

import asyncio
from datetime import datetime
from typing import Final

from argo_offline.run.nodes import Json, Node, Phase
from argo_offline.run.pod_run import Pod, PodRun
from argo_offline.run.run_folder import node_folder
from argo_offline.run.run_state import RunState

STEP_DEADLINE: Final = "Step exceeded its deadline"
STOPPED: Final = "workflow shutdown with strategy:  Stop"


class Pods:
    """The pods of one workflow."""

    def __init__(self, state: RunState) -> None:
        """Starts without pods.

        Args:
            state: The workflow.
        """
        self._state = state
        self._slots = asyncio.Semaphore(state.cluster.pod_slots)
        self._pods: dict[str, Pod] = {}

    def has(self, name: str) -> bool:
        """Tells whether a node's pod was created."""
        return name in self._pods

    def active(self, boundary: str = "") -> int:
        """Counts the pods that have not ended.

        Args:
            boundary: Only those of this DAG or steps node; empty for all.

        Returns:
            Their number.
        """
        return sum(
            1
            for pod in self._pods.values()
            if not pod.node.phase.fulfilled
            and boundary in {"", pod.node.boundary}
        )

    def start(
        self,
        node: Node,
        template: Json,
        *,
        exit_handler: bool,
        capture: bool,
        end: datetime | None,
    ) -> None:
        """Creates a node's pod.

        Args:
            node: The node.
            template: Its template, ready to run.
            exit_handler: Whether it belongs to the exit handler.
            capture: Whether something refers to its standard output.
            end: When all tries of its node end.
        """
        number = len(self._pods) + 1
        node.folder = node_folder(
            self._state.folder, number, node.display_name
        )
        pod = Pod(node, template, exit_handler, capture, end)
        self._pods[node.name] = pod
        pod.task = asyncio.create_task(self._run(pod))

    def cancel(self, name: str) -> None:
        """Ends a node's pod, if it has one."""
        if name in self._pods:
            self._end(self._pods[name])

    def end_all(self, message: str, *, exit_handlers: bool = False) -> None:
        """Ends pods and marks their nodes failed.

        Args:
            message: Why.
            exit_handlers: Whether the exit handler's pods end too.
        """
        for pod in self._pods.values():
            if pod.node.phase.fulfilled or pod.exit_handler > exit_handlers:
                continue
            self._end(pod)
            self._state.mark(pod.node, Phase.FAILED, message)

    def kill_all(self) -> None:
        """Kills everything that runs, at once, and starts nothing more."""
        for pod in self._pods.values():
            pod.ending = pod.killed = True
            if pod.process is not None:
                pod.process.kill()

    async def wait_all(self) -> None:
        """Waits until no process is left."""
        tasks = [pod.task for pod in self._pods.values() if pod.task]
        await asyncio.gather(*tasks, return_exceptions=True)

    def raise_errors(self) -> None:
        """Raises what went wrong in the local run itself."""
        for pod in self._pods.values():
            if pod.task and pod.task.done() and not pod.task.cancelled():
                pod.task.result()

    @staticmethod
    def _end(pod: Pod) -> None:
        pod.ending = True
        if pod.process is not None:
            pod.process.terminate()

    async def _run(self, pod: Pod) -> None:
        async with self._slots:
            try:
                if not pod.ending:
                    await PodRun(self._state, pod).run()
            finally:
                self._state.changed.set()
