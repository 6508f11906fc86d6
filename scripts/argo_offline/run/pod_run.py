"""Running one pod: from its template to its outputs."""

import asyncio
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from argo_offline.errors import LocalRunError
from argo_offline.go_values import parse_duration
from argo_offline.run.composite import global_names
from argo_offline.run.container import (
    CommandNotFoundError,
    PodContext,
    Process,
    build_process,
    termination_message,
)
from argo_offline.run.nodes import Outputs, Phase
from argo_offline.run.pod import Pod
from argo_offline.run.process import RunningProcess
from argo_offline.run.run_state import RunState

EVICTED: Final = "The node was low on resource: memory. "
POD_DEADLINE: Final = (
    "Pod was active on the node longer than the specified deadline"
)
_PROGRESS_SECONDS = 0.2
EXECUTOR_FAILURE: Final = 64
# What Argo's executor writes into the log of a container that fails.
_EXECUTOR_LOG: Final = (
    'time="{time}" level=info msg="sub-process exited" argo=true '
    'error="<nil>"\nError: exit status {code}\n'
)
_PROGRESS = re.compile(r"(\d+)/(\d+)")


class PodRun:
    """The run of one pod."""

    def __init__(self, state: RunState, pod: Pod) -> None:
        """Starts nothing yet.

        Args:
            state: The workflow.
            pod: The pod.
        """
        self._state = state
        self._pod = pod

    async def run(self) -> None:
        """Runs the pod to its end and sets its node's phase and outputs."""
        if self._state.evicts(self._pod.node.template):
            self._state.mark(self._pod.node, Phase.FAILED, EVICTED)
            return
        try:
            await self._supervise(self._build())
        except CommandNotFoundError as error:
            self._fail_to_start(str(error))
        except LocalRunError as error:
            self._state.mark(self._pod.node, Phase.ERROR, str(error))

    def _build(self) -> Process:
        state, node = self._state, self._pod.node
        context = PodContext(
            name=state.nodes.pod_name(
                node.name, str(self._pod.template.get("name", ""))
            ),
            uid=str(uuid.uuid4()),
            folder=node.folder or state.folder,
            volume_token=state.volume_token,
            variables=state.variables,
        )
        return build_process(node, self._pod.template, context, state.cluster)

    def _fail_to_start(self, reason: str) -> None:
        node = self._pod.node
        node.outputs = Outputs(exit_code=str(EXECUTOR_FAILURE))
        message = f"main: Error (exit code {EXECUTOR_FAILURE}): {reason}"
        self._state.mark(node, Phase.FAILED, message)

    async def _supervise(self, process: Process) -> None:
        running = await RunningProcess.start(
            process,
            self._state.cluster.grace_seconds,
            capture=self._pod.capture,
        )
        self._pod.process = running
        if self._pod.killed:
            running.kill()
        elif self._pod.ending:
            running.terminate()
        else:
            self._state.mark(self._pod.node, Phase.RUNNING)
        watcher = asyncio.create_task(self._watch(process.progress))
        output = asyncio.create_task(self._output(running, process.log))
        try:
            code, late = await self._wait(running)
            result = await output
        finally:
            watcher.cancel()
            output.cancel()
        self._read_progress(process.progress)
        await self._archive(process.log)
        self._assess(process, code, late=late, result=result)

    async def _output(self, running: RunningProcess, log: Path) -> str | None:
        return await running.output(log) if self._pod.capture else None

    async def _wait(self, running: RunningProcess) -> tuple[int, bool]:
        deadline = self._deadline()
        ends = [end for end in (deadline, self._pod.end) if end is not None]
        left = None
        if ends:
            left = max((min(ends) - datetime.now(UTC)).total_seconds(), 0)
        waiting = asyncio.ensure_future(running.wait())
        done, _ = await asyncio.wait({waiting}, timeout=left)
        if not done:
            running.terminate()
        return await waiting, not done and min(ends) == deadline

    def _deadline(self) -> datetime | None:
        template, ends = self._pod.template, []
        seconds = template.get("activeDeadlineSeconds")
        if seconds is not None:
            ends.append(datetime.now(UTC) + timedelta(seconds=int(seconds)))
        if template.get("timeout"):
            limit = parse_duration(str(template["timeout"]))
            ends.append(self._pod.node.started + timedelta(seconds=limit))
        return min(ends, default=None)

    def _assess(
        self,
        process: Process,
        code: int,
        *,
        late: bool,
        result: str | None,
    ) -> None:
        node = self._pod.node
        if node.phase.fulfilled:
            return
        parameters, missing = _read_outputs(process)
        node.outputs = Outputs(
            parameters=parameters,
            result=result,
            exit_code=str(code),
            global_names=global_names(self._pod.template),
        )
        self._state.export(node.outputs)
        if late:
            self._state.mark(node, Phase.FAILED, POD_DEADLINE)
        elif code:
            message = _failure_message(process, code)
            self._state.mark(node, Phase.FAILED, message)
        elif missing:
            self._state.mark(node, Phase.ERROR, missing)
        else:
            self._state.mark(node, Phase.SUCCEEDED)

    async def _archive(self, log: Path) -> None:
        state = self._state
        archive = state.cluster.archive_log
        if archive is not None and state.spec.get("archiveLogs"):
            node = self._pod.node
            pod = state.nodes.pod_name(node.name, node.template)
            await asyncio.to_thread(archive, state.name, pod, log)

    async def _watch(self, path: Path) -> None:
        while True:
            await asyncio.sleep(_PROGRESS_SECONDS)
            self._read_progress(path)

    def _read_progress(self, path: Path) -> None:
        node, progress = self._pod.node, _read_progress(path)
        if progress not in {"", node.progress}:
            node.progress = progress
            self._state.notify(node)


def _failure_message(process: Process, code: int) -> str:
    message = f"main: Error (exit code {code})"
    if not process.log_as_message:
        return message
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    log = (
        process.log.read_bytes()
        + _EXECUTOR_LOG.format(
            time=now.replace("+00:00", "Z"), code=code
        ).encode()
    )
    return f"{message}: {termination_message(log)}"


def _read_outputs(process: Process) -> tuple[dict[str, str], str]:
    values: dict[str, str] = {}
    for output in process.outputs:
        try:
            text = output.file.read_bytes().decode(errors="replace")
        except OSError as error:
            if output.default is None:
                return values, (
                    f"wait: Error (exit code {EXECUTOR_FAILURE}): open "
                    f"/mainctrfs{output.path}: {str(error.strerror).lower()}"
                )
            text = output.default
        values[output.name] = text.removesuffix("\n")
    return values, ""


def _read_progress(path: Path) -> str:
    """Reads the last line of a progress file."""
    try:
        lines = path.read_text(errors="replace").split()
    except FileNotFoundError:
        return ""
    match = _PROGRESS.fullmatch(lines[-1]) if lines else None
    if match is None or not int(match[2]) or int(match[1]) > int(match[2]):
        return ""
    return match.group()
