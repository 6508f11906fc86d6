"""The loop that brings a workflow from its entry point to its end."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from argo_offline.errors import LocalRunError
from argo_offline.go_values import go_json, go_quote
from argo_offline.run import pods
from argo_offline.run.execute import execute
from argo_offline.run.gates import ParallelismReachedError
from argo_offline.run.locks import lock_requests
from argo_offline.run.nodes import Node, Nodes, NodeType, Phase, rfc3339
from argo_offline.run.pods import STEP_DEADLINE, STOPPED
from argo_offline.run.run_state import Call, RunState

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """A wish to stop a run: first in order, then at once."""

    def __init__(self) -> None:
        """Starts without a wish."""
        self.stop = asyncio.Event()
        self.kill = asyncio.Event()

    def ask(self) -> None:
        """Asks to stop; the exit handler runs. Asking again ends at once."""
        if self.stop.is_set():
            self.kill.set()
        self.stop.set()


@contextmanager
def stop_on_signals(request: StopRequest) -> Iterator[None]:
    """Lets SIGINT and SIGTERM ask to stop.

    Args:
        request: What they ask.

    Yields:
        Nothing; the signals work as before afterwards.
    """
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, request.ask)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


_LOCK_POLL_SECONDS: Final = 0.2
_KILLED: Final = "Stopped with strategy 'Terminate'"
_STOP_MESSAGE: Final = "Stopped with strategy 'Stop'"
_WORKFLOW_PHASES = {
    Phase.SKIPPED: Phase.SUCCEEDED,
    Phase.OMITTED: Phase.SUCCEEDED,
}


class Engine:
    """Runs one workflow, from its first poll to its result.

    Attributes:
        phase: How it ended.
        message: Why.
    """

    def __init__(self, state: RunState, stop: StopRequest) -> None:
        """Starts with nothing executed.

        Args:
            state: The workflow's state.
            stop: The wish to stop it.
        """
        self._state = state
        self._stop = stop
        self.phase: Phase | None = None
        self.message = ""

    async def run(self) -> None:
        """Runs the workflow and its exit handler to their end."""
        state = self._state
        try:
            await self._take_locks()
            while self.phase is None:
                state.changed.clear()
                state.next_poll = None
                pods.raise_errors(state)
                self._look()
                if self.phase is None:
                    await self._wait_for_change()
            await self._wait_for_pods()
        except BaseException:
            pods.kill_all(state)
            await pods.wait_all(state)
            raise
        finally:
            state.locks.release_all()

    async def _take_locks(self) -> None:
        state = self._state
        wanted = state.spec.get("synchronization")
        if wanted is None:
            return
        requests = lock_requests(
            wanted,
            state.cluster.namespace,
            state.cluster.config_maps,
        )
        while state.locks.acquire("", requests):
            with suppress(TimeoutError):
                await asyncio.wait_for(
                    self._stop.stop.wait(), _LOCK_POLL_SECONDS
                )
            if self._stop.stop.is_set():
                self._end(Phase.FAILED, _STOP_MESSAGE)
                return

    async def _wait_for_pods(self) -> None:
        state = self._state
        killer = asyncio.create_task(self._kill_when_asked())
        try:
            await pods.wait_all(state)
        finally:
            killer.cancel()

    async def _kill_when_asked(self) -> None:
        await self._stop.kill.wait()
        pods.kill_all(self._state)

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
        if entry.phase.failed_or_error and self._state.stopped:
            message = _STOP_MESSAGE
        self._exit(phase, message)

    def _execute_entry(self) -> Node | None:
        state = self._state
        arguments = state.spec.get("arguments", {}).get("parameters", [])
        call = Call(
            node=state.name,
            task={"template": state.spec.get("entrypoint", "")},
            index=state.index,
            boundary="",
            kind="steps",
            arguments=arguments,
        )
        return self._execute(call, "error in entry template execution")

    def _execute(self, call: Call, place: str) -> Node | None:
        try:
            return execute(self._state, call)
        except ParallelismReachedError:
            return None
        except LocalRunError as error:
            self._end(Phase.ERROR, f"{place}: {error}")
            return None

    def _exit(self, phase: Phase, message: str) -> None:
        state = self._state
        handler = state.spec.get("onExit")
        if not handler:
            self._end(phase, message)
            return
        state.variables["workflow.status"] = phase.value
        state.variables["workflow.failures"] = _failures(state.nodes)
        call = Call(
            node=f"{state.name}.onExit",
            task={"template": handler},
            index=state.index,
            boundary="",
            kind="steps",
            arguments=state.spec.get("arguments", {}).get("parameters", []),
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
        state = self._state
        if self._stop.stop.is_set() and not state.stopped:
            state.stopped = True
            pods.end_all(state, STOPPED)

    def _enforce_deadline(self) -> None:
        state = self._state
        if state.deadline is None:
            return
        if not state.past_deadline:
            state.poll_at(state.deadline + timedelta(seconds=0.01))
            return
        pods.end_all(state, STEP_DEADLINE)
        for node in list(state.nodes):
            pending = node.phase is Phase.PENDING
            if pending and not node.is_exit_handler():
                state.mark(node, Phase.FAILED, STEP_DEADLINE)

    async def _wait_for_change(self) -> None:
        state = self._state
        if self._is_stuck():
            self._give_up()
            return
        left = None
        if state.next_poll is not None:
            wait = state.next_poll - datetime.now(UTC)
            left = max(wait.total_seconds(), 0)
        signals = [state.changed.wait(), self._stop.kill.wait()]
        if not state.stopped:
            signals.append(self._stop.stop.wait())
        tasks = [asyncio.ensure_future(signal) for signal in signals]
        try:
            await asyncio.wait(
                tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in tasks:
                task.cancel()

    def _is_stuck(self) -> bool:
        state = self._state
        return not (
            state.changed.is_set()
            or state.active_pods()
            or state.next_poll is not None
        )

    def _give_up(self) -> None:
        state = self._state
        reasons = "; ".join(
            f"{name}: {reason}" for name, reason in state.missing.items()
        )
        entry = state.nodes.get(state.name)
        message = (
            "nothing can go on, a cluster would wait until the deadline: "
            f"{reasons or 'no task can start'}"
        )
        for node in list(state.nodes):
            group = node.type in {NodeType.TASK_GROUP, NodeType.STEP_GROUP}
            if not node.phase.fulfilled and (group or node is not entry):
                state.mark(node, Phase.ERROR, message)
        if entry is None or entry.phase.fulfilled:
            self._end(Phase.ERROR, message)
        else:
            state.mark(entry, Phase.ERROR, message)


def _failures(nodes: Nodes) -> str:
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
