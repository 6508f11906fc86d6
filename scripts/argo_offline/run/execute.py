"""Execution of a template as a node; called again until it has ended."""

import json
import re
from dataclasses import replace

from argo_offline.run import dag, retry, steps
from argo_offline.run.arguments import (
    input_values,
    process_arguments,
    substitute_parameters,
)
from argo_offline.run.boundary import Boundary
from argo_offline.run.catalogue import Catalogue
from argo_offline.run.errors import LocalRunError, SubstitutionError
from argo_offline.run.gates import (
    NodeError,
    check_timeout,
    fail,
    retry_strategy,
    wait_for_locks,
)
from argo_offline.run.limits import check_parallelism
from argo_offline.run.nodes import Json, Node, NodeType, Phase
from argo_offline.run.operation import Call, Operation

MAX_DEPTH = 100
_TOO_DEEP = "Maximum recursion depth exceeded"


def execute(operation: Operation, call: Call) -> Node | None:
    """Executes a template, or looks after its node.

    Args:
        operation: The workflow.
        call: The execution.

    Returns:
        The node; None when none was created.

    Raises:
        ParallelismReachedError: It may not start now.
        NodeError: The node ended in an error.
        NodeTimeoutError: The node waited too long to start.
    """
    node = operation.nodes.get(call.node)
    if node is not None and _is_settled(operation, node):
        return node
    try:
        catalogue, template = _prepare(operation, call)
    except LocalRunError as error:
        fail(operation, call, node, str(error))
        raise NodeError(str(error)) from None
    check_timeout(operation, node, template)
    check_parallelism(operation, call, node, template)
    if "synchronization" in template:
        waiting = wait_for_locks(operation, call, template)
        if waiting is not None:
            return waiting
    inner = _Execution(operation, call, catalogue, template)
    strategy = retry_strategy(operation, template)
    return inner.run() if strategy is None else inner.retry(strategy)


def _is_settled(operation: Operation, node: Node) -> bool:
    if node.phase.fulfilled:
        operation.locks.release(node.name)
        return True
    return node.phase is Phase.RUNNING and operation.pods.has(node.name)


class _Execution:
    """One look at a node that may run."""

    def __init__(
        self,
        operation: Operation,
        call: Call,
        catalogue: Catalogue,
        template: Json,
    ) -> None:
        self._operation = operation
        self._call = call
        self._catalogue = catalogue
        self._template = template

    def run(self) -> Node:
        node = self._dispatch(self._call, self._template, retried=False)
        if node.phase.fulfilled:
            self._operation.locks.release(node.name)
        return node

    def retry(self, strategy: Json) -> Node:
        operation, call = self._operation, self._call
        parent = operation.nodes.get(call.node) or operation.initialise(
            call,
            NodeType.RETRY,
            Phase.RUNNING,
            inputs=input_values(self._template),
        )
        try:
            go_on = retry.assess(operation, parent, strategy)
        except LocalRunError as error:
            operation.mark(parent, Phase.ERROR, str(error))
            raise NodeError(str(error)) from None
        if parent.phase.fulfilled:
            operation.locks.release(parent.name)
        elif go_on:
            self._try(parent, strategy)
        return parent

    def _try(self, parent: Node, strategy: Json) -> None:
        operation = self._operation
        done = retry.tries(operation, parent)
        last = done[-1] if done else None
        running = last is not None and not last.phase.fulfilled
        number = len(done) - 1 if running else len(done)
        end = retry.end_of_tries(strategy, done)
        call = replace(
            self._call, node=f"{self._call.node}({number})", end=end
        )
        template = self._child_template(call, last, number)
        child = operation.nodes.get(call.node)
        if isinstance(template, SubstitutionError):
            child = operation.initialise(
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
                child = operation.nodes[call.node]
        operation.nodes.connect(parent.name, child.name)
        if child.phase.fulfilled:
            operation.changed.set()

    def _child_template(
        self, call: Call, last: Node | None, number: int
    ) -> Json | SubstitutionError:
        operation = self._operation
        if call.node not in operation.prepared:
            local = retry.retry_variables(last, number)
            local["pod.name"] = operation.nodes.pod_name(
                call.node, str(self._template.get("name", ""))
            )
            try:
                operation.prepared[call.node] = substitute_parameters(
                    self._template, {**operation.variables, **local}
                )
            except SubstitutionError as error:
                return error
        return operation.prepared[call.node]

    def _dispatch(self, call: Call, template: Json, *, retried: bool) -> Node:
        operation = self._operation
        if "container" in template:
            return _run_container(operation, call, template, retried=retried)
        node_type = NodeType.DAG if "dag" in template else NodeType.STEPS
        node = operation.nodes.get(call.node) or operation.initialise(
            call,
            node_type,
            Phase.RUNNING,
            inputs=input_values(template),
            retried=retried,
        )
        boundary = Boundary(
            operation, call, node, template, self._catalogue, execute
        )
        run = dag.execute if "dag" in template else steps.execute
        try:
            run(boundary)
        except LocalRunError as error:
            operation.mark(node, Phase.ERROR, str(error))
            raise NodeError(str(error)) from None
        return node


def _prepare(operation: Operation, call: Call) -> tuple[Catalogue, Json]:
    catalogue, template = call.catalogue.resolve(call.task)
    if call.node not in operation.prepared:
        if len(re.findall(r"\.|\[\d+\]\.", call.node)) >= MAX_DEPTH:
            raise SubstitutionError(_TOO_DEEP)
        operation.prepared[call.node] = process_arguments(
            template,
            call.arguments,
            operation.variables,
            _local_variables(operation, call, template),
            operation.cluster.config_maps,
        )
    return catalogue, operation.prepared[call.node]


def _local_variables(
    operation: Operation, call: Call, template: Json
) -> dict[str, str]:
    local = {"node.name": call.node}
    if "container" in template and not retry_strategy(operation, template):
        local["pod.name"] = operation.nodes.pod_name(
            call.node, str(template.get("name", ""))
        )
    if call.kind:
        local[f"{call.kind}.name"] = str(call.task.get("name", ""))
    return local


def _run_container(
    operation: Operation, call: Call, template: Json, *, retried: bool
) -> Node:
    node = operation.nodes.get(call.node) or operation.initialise(
        call,
        NodeType.POD,
        Phase.PENDING,
        inputs=input_values(template),
        retried=retried,
    )
    if node.phase.fulfilled or operation.pods.has(node.name):
        return node
    if operation.stopped and not call.exit_handler:
        return operation.mark(
            node, Phase.FAILED, "workflow shutdown with strategy: Stop"
        )
    operation.pods.start(
        node,
        template,
        exit_handler=call.exit_handler,
        end=call.end,
        capture=_is_result_used(operation, call),
    )
    return node


def _is_result_used(operation: Operation, call: Call) -> bool:
    around = operation.prepared.get(call.boundary)
    if around is None:
        return False
    name = re.escape(str(call.task["name"]).split("(")[0])
    named = rf"{call.kind}(\.{name}|\[['\"]{name}['\"]\])\.outputs\.result"
    return re.search(named, json.dumps(around)) is not None
