"""Execution of a template as a node; called again until it has ended."""

import json
import re
from dataclasses import replace

from argo_offline.errors import LocalRunError, SubstitutionError
from argo_offline.run import dag, pods, retry, steps
from argo_offline.run.composite import Composite
from argo_offline.run.gates import (
    NodeError,
    check_parallelism,
    check_timeout,
    fail,
    retry_strategy,
    wait_for_locks,
)
from argo_offline.run.manifest import TemplateIndex
from argo_offline.run.nodes import Json, Node, NodeType, Phase
from argo_offline.run.run_state import Call, RunState
from argo_offline.run.substitution import (
    input_values,
    process_arguments,
    substitute_parameters,
)

MAX_DEPTH = 100
_TOO_DEEP = "Maximum recursion depth exceeded"


def execute(state: RunState, call: Call) -> Node | None:
    """Executes a template, or continues its node.

    Args:
        state: The workflow.
        call: The execution.

    Returns:
        The node; None when none was created.

    Raises:
        ParallelismReachedError: It may not start now.
        NodeError: The node ended in an error.
        NodeTimeoutError: The node waited too long to start.
    """
    node = state.nodes.get(call.node)
    if node is not None and _is_settled(state, node):
        return node
    try:
        index, template = _prepare(state, call)
    except LocalRunError as error:
        fail(state, call, node, str(error))
        raise NodeError(str(error)) from None
    check_timeout(state, node, template)
    check_parallelism(state, call, node, template)
    if "synchronization" in template:
        waiting = wait_for_locks(state, call, template)
        if waiting is not None:
            return waiting
    inner = _Execution(state, call, index, template)
    strategy = retry_strategy(state, template)
    return inner.run() if strategy is None else inner.retry(strategy)


def _is_settled(state: RunState, node: Node) -> bool:
    if node.phase.fulfilled:
        state.locks.release(node.name)
        return True
    return node.phase is Phase.RUNNING and node.name in state.pods


class _Execution:
    """One poll of a node that may run."""

    def __init__(
        self,
        state: RunState,
        call: Call,
        index: TemplateIndex,
        template: Json,
    ) -> None:
        self._state = state
        self._call = call
        self._index = index
        self._template = template

    def run(self) -> Node:
        node = self._dispatch(self._call, self._template, retried=False)
        if node.phase.fulfilled:
            self._state.locks.release(node.name)
        return node

    def retry(self, strategy: Json) -> Node:
        state, call = self._state, self._call
        parent = state.nodes.get(call.node) or state.initialise(
            call,
            NodeType.RETRY,
            Phase.RUNNING,
            inputs=input_values(self._template),
        )
        try:
            go_on = retry.assess(state, parent, strategy)
        except LocalRunError as error:
            state.mark(parent, Phase.ERROR, str(error))
            raise NodeError(str(error)) from None
        if parent.phase.fulfilled:
            state.locks.release(parent.name)
        elif go_on:
            self._try(parent, strategy)
        return parent

    def _try(self, parent: Node, strategy: Json) -> None:
        state = self._state
        done = retry.tries(state, parent)
        last = done[-1] if done else None
        running = last is not None and not last.phase.fulfilled
        number = len(done) - 1 if running else len(done)
        end = retry.end_of_tries(strategy, done)
        call = replace(
            self._call, node=f"{self._call.node}({number})", end=end
        )
        template = self._child_template(call, last, number)
        child = state.nodes.get(call.node)
        if isinstance(template, SubstitutionError):
            child = state.initialise(
                call,
                NodeType.SKIPPED,
                Phase.ERROR,
                message=str(template),
                retried=True,
            )
        else:
            try:
                child = self._dispatch(call, template, retried=True)
            except NodeError:
                child = state.nodes[call.node]
        state.nodes.connect(parent.name, child.name)
        if child.phase.fulfilled:
            state.changed.set()

    def _child_template(
        self, call: Call, last: Node | None, number: int
    ) -> Json | SubstitutionError:
        state = self._state
        if call.node not in state.prepared:
            local = retry.retry_variables(last, number)
            local["pod.name"] = state.nodes.pod_name(
                call.node, str(self._template.get("name", ""))
            )
            try:
                state.prepared[call.node] = substitute_parameters(
                    self._template, {**state.variables, **local}
                )
            except SubstitutionError as error:
                return error
        return state.prepared[call.node]

    def _dispatch(self, call: Call, template: Json, *, retried: bool) -> Node:
        state = self._state
        if "container" in template:
            return _run_container(state, call, template, retried=retried)
        node_type = NodeType.DAG if "dag" in template else NodeType.STEPS
        node = state.nodes.get(call.node) or state.initialise(
            call,
            node_type,
            Phase.RUNNING,
            inputs=input_values(template),
            retried=retried,
        )
        composite = Composite(
            state, call, node, template, self._index, execute
        )
        run = dag.execute if "dag" in template else steps.execute
        try:
            run(composite)
        except LocalRunError as error:
            state.mark(node, Phase.ERROR, str(error))
            raise NodeError(str(error)) from None
        return node


def _prepare(state: RunState, call: Call) -> tuple[TemplateIndex, Json]:
    index, template = call.index.resolve(call.task)
    if call.node not in state.prepared:
        if len(re.findall(r"\.|\[\d+\]\.", call.node)) >= MAX_DEPTH:
            raise SubstitutionError(_TOO_DEEP)
        state.prepared[call.node] = process_arguments(
            template,
            call.arguments,
            state.variables,
            _local_variables(state, call, template),
            state.cluster.config_maps,
        )
    return index, state.prepared[call.node]


def _local_variables(
    state: RunState, call: Call, template: Json
) -> dict[str, str]:
    local = {"node.name": call.node}
    if "container" in template and not retry_strategy(state, template):
        local["pod.name"] = state.nodes.pod_name(
            call.node, str(template.get("name", ""))
        )
    if call.kind:
        local[f"{call.kind}.name"] = str(call.task.get("name", ""))
    return local


def _run_container(
    state: RunState, call: Call, template: Json, *, retried: bool
) -> Node:
    node = state.nodes.get(call.node) or state.initialise(
        call,
        NodeType.POD,
        Phase.PENDING,
        inputs=input_values(template),
        retried=retried,
    )
    if node.phase.fulfilled or node.name in state.pods:
        return node
    if state.stopped and not call.exit_handler:
        return state.mark(
            node, Phase.FAILED, "workflow shutdown with strategy: Stop"
        )
    pods.start(
        state,
        node,
        template,
        exit_handler=call.exit_handler,
        end=call.end,
        capture=_is_result_used(state, call),
    )
    return node


def _is_result_used(state: RunState, call: Call) -> bool:
    around = state.prepared.get(call.boundary)
    if around is None:
        return False
    name = re.escape(str(call.task["name"]).split("(")[0])
    named = rf"{call.kind}(\.{name}|\[['\"]{name}['\"]\])\.outputs\.result"
    return re.search(named, json.dumps(around)) is not None
