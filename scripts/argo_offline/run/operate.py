"""The loop that brings a workflow from its entry point to its end."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from argo_offline.run.errors import LocalRunError
from argo_offline.run.execute import execute
from argo_offline.run.failures import failures
from argo_offline.run.limits import ParallelismReachedError
from argo_offline.run.locks import lock_requests
from argo_offline.run.nodes import Node, NodeType, Phase
from argo_offline.run.operation import Call, Operation
from argo_offline.run.pods import STEP_DEADLINE, STOPPED
from argo_offline.run.stop import StopRequest

_LOCK_POLL_SECONDS: Final = 0.2
_KILLED: Final = "Stopped with strategy 'Terminate'"
_STOP_MESSAGE: Final = "Stopped with strategy 'Stop'"
_WORKFLOW_PHASES = {
    Phase.SKIPPED: Phase.SUCCEEDED,
    Phase.OMITTED: Phase.SUCCEEDED,
}


class Workflow:
    """One workflow, from its first look to its result.

    Attributes:
        phase: How it ended.
        message: Why.
    """

    def __init__(self, operation: Operation, stop: StopRequest) -> None:
        """Starts with nothing executed.

        Args:
            operation: The workflow's state.
            stop: The wish to stop it.
        """
        self._operation = operation
        self._stop = stop
        self.phase: Phase | None = None
        self.message = ""

    async def run(self) -> None:
        """Runs the workflow and its exit handler to their end."""
        operation = self._operation
        try:
            await self._take_locks()
            while self.phase is None:
                operation.changed.clear()
                operation.next_look = None
                operation.pods.raise_errors()
                self._look()
                if self.phase is None:
                    await self._wait_for_change()
            await self._wait_for_pods()
        except BaseException:
            operation.pods.kill_all()
            await operation.pods.wait_all()
            raise
        finally:
            operation.locks.release_all()

    async def _take_locks(self) -> None:
        operation = self._operation
        wanted = operation.spec.get("synchronization")
        if wanted is None:
            return
        requests = lock_requests(
            wanted,
            operation.cluster.namespace,
            operation.cluster.config_maps,
        )
        while operation.locks.acquire("", requests):
            with suppress(TimeoutError):
                await asyncio.wait_for(
                    self._stop.stop.wait(), _LOCK_POLL_SECONDS
                )
            if self._stop.stop.is_set():
                self._end(Phase.FAILED, _STOP_MESSAGE)
                return

    async def _wait_for_pods(self) -> None:
        pods = self._operation.pods
        killer = asyncio.create_task(self._kill_when_asked())
        try:
            await pods.wait_all()
        finally:
            killer.cancel()

    async def _kill_when_asked(self) -> None:
        await self._stop.kill.wait()
        self._operation.pods.kill_all()

    def _look(self) -> None:
        if self._stop.kill.is_set():
            self._end(Phase.FAILED, _KILLED)
            return
        self._enforce_stop()
        self._enforce_deadline()
        entry = self._execute_entry()
        if entry is None or not entry.phase.fulfilled:
            return
        phase = _WORKFLOW_PHASES.get(entry.phase, entry.phase)
        message = entry.message
        if entry.phase.failed_or_error and self._operation.stopped:
            message = _STOP_MESSAGE
        self._exit(phase, message)

    def _execute_entry(self) -> Node | None:
        operation = self._operation
        arguments = operation.spec.get("arguments", {}).get("parameters", [])
        call = Call(
            node=operation.name,
            task={"template": operation.spec.get("entrypoint", "")},
            catalogue=operation.catalogue,
            boundary="",
            kind="steps",
            arguments=arguments,
        )
        return self._execute(call, "error in entry template execution")

    def _execute(self, call: Call, place: str) -> Node | None:
        try:
            return execute(self._operation, call)
        except ParallelismReachedError:
            return None
        except LocalRunError as error:
            self._end(Phase.ERROR, f"{place}: {error}")
            return None

    def _exit(self, phase: Phase, message: str) -> None:
        operation = self._operation
        handler = operation.spec.get("onExit")
        if not handler:
            self._end(phase, message)
            return
        operation.variables["workflow.status"] = phase.value
        operation.variables["workflow.failures"] = failures(operation.nodes)
        call = Call(
            node=f"{operation.name}.onExit",
            task={"template": handler},
            catalogue=operation.catalogue,
            boundary="",
            kind="steps",
            arguments=operation.spec.get("arguments", {}).get(
                "parameters", []
            ),
            exit_handler=True,
            hooked=True,
        )
        node = self._execute(call, "error in exit template execution ")
        if node is None or not node.phase.fulfilled:
            return
        if phase is Phase.SUCCEEDED and node.phase.failed_or_error:
            self._end(node.phase, node.message)
        else:
            self._end(phase, message)

    def _end(self, phase: Phase, message: str) -> None:
        self.phase, self.message = phase, message

    def _enforce_stop(self) -> None:
        operation = self._operation
        if self._stop.stop.is_set() and not operation.stopped:
            operation.stopped = True
            operation.pods.end_all(STOPPED)

    def _enforce_deadline(self) -> None:
        operation = self._operation
        if operation.deadline is None:
            return
        if not operation.past_deadline:
            operation.look_again(operation.deadline + timedelta(seconds=0.01))
            return
        operation.pods.end_all(STEP_DEADLINE)
        for node in list(operation.nodes):
            pending = node.phase is Phase.PENDING
            if pending and not node.is_exit_handler():
                operation.mark(node, Phase.FAILED, STEP_DEADLINE)

    async def _wait_for_change(self) -> None:
        operation = self._operation
        if self._is_stuck():
            self._give_up()
            return
        left = None
        if operation.next_look is not None:
            wait = operation.next_look - datetime.now(UTC)
            left = max(wait.total_seconds(), 0)
        wishes = [operation.changed.wait(), self._stop.kill.wait()]
        if not operation.stopped:
            wishes.append(self._stop.stop.wait())
        tasks = [asyncio.ensure_future(wish) for wish in wishes]
        try:
            await asyncio.wait(
                tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in tasks:
                task.cancel()

    def _is_stuck(self) -> bool:
        operation = self._operation
        return not (
            operation.changed.is_set()
            or operation.pods.active()
            or operation.next_look is not None
        )

    def _give_up(self) -> None:
        operation = self._operation
        reasons = "; ".join(
            f"{name}: {reason}" for name, reason in operation.missing.items()
        )
        entry = operation.nodes.get(operation.name)
        message = (
            "nothing can go on, a cluster would wait until the deadline: "
            f"{reasons or 'no task can start'}"
        )
        for node in list(operation.nodes):
            group = node.type in {NodeType.TASK_GROUP, NodeType.STEP_GROUP}
            if not node.phase.fulfilled and (group or node is not entry):
                operation.mark(node, Phase.ERROR, message)
        if entry is None or entry.phase.fulfilled:
            self._end(Phase.ERROR, message)
        else:
            operation.mark(entry, Phase.ERROR, message)
