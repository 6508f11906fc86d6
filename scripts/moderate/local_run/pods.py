"""Pods: the processes that stand for container nodes."""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from moderate.local_run.container import (
    PodContext,
    Process,
    build_process,
)
from moderate.local_run.errors import LocalRunError
from moderate.local_run.go_values import parse_duration
from moderate.local_run.image import CommandNotFoundError
from moderate.local_run.nodes import Json, Node, Outputs, Phase
from moderate.local_run.operation import Operation
from moderate.local_run.pod_result import (
    EXECUTOR_FAILURE,
    failure_message,
    read_outputs,
    read_progress,
)
from moderate.local_run.process import RunningProcess
from moderate.local_run.run_folder import node_folder
from moderate.local_run.scope import global_names

POD_DEADLINE: Final = (
    "Pod was active on the node longer than the specified deadline"
)
STEP_DEADLINE: Final = "Step exceeded its deadline"
STOPPED: Final = "workflow shutdown with strategy:  Stop"
_PROGRESS_SECONDS = 0.2


@dataclass
class Pod:
    """A pod that was created.

    Attributes:
        node: Its node.
        template: Its template, ready to run.
        exit_handler: Whether it belongs to the exit handler.
        capture: Whether something refers to its standard output.
        end: When all tries of its node end.
        task: What runs it.
        process: Its process, once it runs.
        ending: Whether it was asked to end.
    """

    node: Node
    template: Json
    exit_handler: bool
    capture: bool
    end: datetime | None
    task: asyncio.Task[None] | None = None
    process: RunningProcess | None = None
    ending: bool = False


class Pods:
    """The pods of one workflow."""

    def __init__(self, operation: Operation) -> None:
        """Starts without pods.

        Args:
            operation: The workflow.
        """
        self._operation = operation
        self._slots = asyncio.Semaphore(operation.cluster.pod_slots)
        self._pods: dict[str, Pod] = {}
        self._killed = False

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
            self._operation.folder, number, node.display_name
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
            self._operation.mark(pod.node, Phase.FAILED, message)

    def kill_all(self) -> None:
        """Kills everything that runs, at once, and starts nothing more."""
        self._killed = True
        for pod in self._pods.values():
            pod.ending = True
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
            node = pod.node
            try:
                if not pod.ending:
                    process = self._build(pod)
                    await self._supervise(pod, process)
            except CommandNotFoundError as error:
                self._fail_to_start(node, str(error))
            except LocalRunError as error:
                self._operation.mark(node, Phase.ERROR, str(error))
            finally:
                self._operation.changed.set()

    def _build(self, pod: Pod) -> Process:
        operation, node = self._operation, pod.node
        context = PodContext(
            name=operation.nodes.pod_name(
                node.name, str(pod.template.get("name", ""))
            ),
            uid=str(uuid.uuid4()),
            folder=node.folder or operation.folder,
            volume_token=operation.volume_token,
            variables=operation.variables,
        )
        return build_process(node, pod.template, context, operation.cluster)

    def _fail_to_start(self, node: Node, reason: str) -> None:
        node.outputs = Outputs(exit_code=str(EXECUTOR_FAILURE))
        message = f"main: Error (exit code {EXECUTOR_FAILURE}): {reason}"
        self._operation.mark(node, Phase.FAILED, message)

    async def _supervise(self, pod: Pod, process: Process) -> None:
        running = await RunningProcess.start(
            process,
            self._operation.cluster.grace_seconds,
            capture=pod.capture,
        )
        pod.process = running
        if self._killed:
            running.kill()
        elif pod.ending:
            running.terminate()
        else:
            self._operation.mark(pod.node, Phase.RUNNING)
        watcher = asyncio.create_task(self._watch(pod.node, process.progress))
        try:
            result = await running.output(process.log) if pod.capture else None
            code, late = await self._wait(pod, running)
        finally:
            watcher.cancel()
        self._read_progress(pod.node, process.progress)
        await self._archive(pod.node, process.log)
        self._assess(pod, process, code, late=late, result=result)

    async def _wait(
        self, pod: Pod, running: RunningProcess
    ) -> tuple[int, bool]:
        deadline = self._deadline(pod)
        ends = [end for end in (deadline, pod.end) if end is not None]
        left = None
        if ends:
            left = max((min(ends) - datetime.now(UTC)).total_seconds(), 0)
        waiting = asyncio.ensure_future(running.wait())
        done, _ = await asyncio.wait({waiting}, timeout=left)
        if not done:
            running.terminate()
        return await waiting, not done and min(ends) == deadline

    def _deadline(self, pod: Pod) -> datetime | None:
        template, ends = pod.template, []
        seconds = template.get("activeDeadlineSeconds")
        if seconds is not None:
            ends.append(datetime.now(UTC) + timedelta(seconds=int(seconds)))
        if template.get("timeout"):
            limit = parse_duration(str(template["timeout"]))
            ends.append(pod.node.started + timedelta(seconds=limit))
        if self._operation.deadline and not pod.exit_handler:
            ends.append(self._operation.deadline)
        return min(ends, default=None)

    def _assess(
        self,
        pod: Pod,
        process: Process,
        code: int,
        *,
        late: bool,
        result: str | None,
    ) -> None:
        node = pod.node
        if node.phase.fulfilled:
            return
        parameters, missing = read_outputs(process)
        node.outputs = Outputs(
            parameters=parameters,
            result=result,
            exit_code=str(code),
            global_names=global_names(pod.template),
        )
        self._operation.export(node.outputs)
        if late:
            self._operation.mark(node, Phase.FAILED, POD_DEADLINE)
        elif code:
            message = failure_message(process, code)
            self._operation.mark(node, Phase.FAILED, message)
        elif missing:
            self._operation.mark(node, Phase.ERROR, missing)
        else:
            self._operation.mark(node, Phase.SUCCEEDED)

    async def _archive(self, node: Node, log: Path) -> None:
        operation = self._operation
        archive = operation.cluster.archive_log
        if archive is not None and operation.spec.get("archiveLogs"):
            pod = operation.nodes.pod_name(node.name, node.template)
            await asyncio.to_thread(archive, operation.name, pod, log)

    async def _watch(self, node: Node, path: Path) -> None:
        while True:
            await asyncio.sleep(_PROGRESS_SECONDS)
            self._read_progress(node, path)

    def _read_progress(self, node: Node, path: Path) -> None:
        progress = read_progress(path)
        if progress not in {"", node.progress}:
            node.progress = progress
            self._operation.tell(node)
