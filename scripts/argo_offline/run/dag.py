"""Execution of DAG templates."""

from collections.abc import Callable, Mapping

from argo_offline.errors import (
    ExpressionError,
    LocalRunError,
    MissingVariableError,
    SubstitutionError,
)
from argo_offline.expressions import Variables, evaluate_bool
from argo_offline.manifests.depends import Dependencies
from argo_offline.manifests.workflow import fan_outs
from argo_offline.run.calls import fan_out, left_out, resolve_references
from argo_offline.run.composite import (
    Composite,
    Scope,
    add_aggregate,
    branch_phases,
    goes_on,
    outbound,
    template_outputs,
)
from argo_offline.run.gates import ParallelismReachedError
from argo_offline.run.nodes import Json, Node, Nodes, NodeType, Outputs, Phase
from argo_offline.run.run_state import Call


def is_met(
    condition: str, dependencies: Mapping[str, Node], nodes: Nodes
) -> bool:
    """Decides whether a task runs now that its dependencies have ended.

    Args:
        condition: The expression.
        dependencies: The nodes of the tasks that it waits for.
        nodes: All nodes.

    Returns:
        Whether the task runs; otherwise it is omitted.

    Raises:
        SubstitutionError: The condition cannot be evaluated.
    """
    scope = {
        name.replace("-", "_"): _results(node, nodes)
        for name, node in dependencies.items()
    }
    try:
        return evaluate_bool(condition, scope, Variables.TRUTHS)
    except ExpressionError as error:
        raise SubstitutionError(
            f"unable to evaluate expression '{condition}': {error}"
        ) from None


def _results(node: Node, nodes: Nodes) -> dict[str, bool]:
    children: list[Node] = []
    if node.type is NodeType.TASK_GROUP:
        children = [nodes[name] for name in node.children]
    phases = [child.phase for child in children]
    return {
        "Succeeded": node.phase is Phase.SUCCEEDED,
        "Failed": node.phase is Phase.FAILED,
        "Errored": node.phase is Phase.ERROR,
        "Skipped": node.phase is Phase.SKIPPED,
        "Omitted": node.phase is Phase.OMITTED,
        "Daemoned": False,
        "AnySucceeded": Phase.SUCCEEDED in phases,
        "AllFailed": bool(phases) and set(phases) == {Phase.FAILED},
    }


_OMITTED = "omitted: depends condition not met"
_EMPTY = "Skipped, empty params"


def execute(composite: Composite) -> None:
    """Executes a DAG as far as it can go now.

    Args:
        composite: The DAG.

    Raises:
        LocalRunError: The DAG itself is at fault.
    """
    dag = _Dag(composite)
    for task in dag.targets:
        dag.visit(task)
    dag.finish()


class _Dag:
    def __init__(self, composite: Composite) -> None:
        self._in = composite
        self._state = composite.state
        dag = composite.template["dag"]
        self._fail_fast = bool(dag.get("failFast", True))
        self._tasks = {task["name"]: task for task in dag["tasks"]}
        self._dependencies = Dependencies(self._tasks.values())
        self._visited: set[str] = set()
        self.targets = (
            str(dag.get("target", "")).split() or self._dependencies.leaves()
        )

    def visit(self, name: str) -> None:
        """Executes a task, after the tasks that it waits for."""
        if name in self._visited:
            return
        self._visited.add(name)
        node = self._node(name)
        if node is not None and node.phase.fulfilled:
            self._state.locks.release(node.name)
            return
        for dependency in self._dependencies.direct[name]:
            self.visit(dependency)
        tasks = self._state.resolved.get(self._name(name))
        if tasks is None:
            tasks = self._resolve(name)
        if tasks is not None:
            self._run(name, tasks)

    def finish(self) -> None:
        """Sets the DAG's phase and outputs when it has ended."""
        phase = self._assess()
        if phase is Phase.RUNNING:
            return
        node = self._in.node
        self._state.outbound[node.name] = [
            last
            for task in self.targets
            if self._node(task) is not None
            for last in outbound(self._state, self._name(task))
        ]
        if phase is Phase.SUCCEEDED:
            node.outputs = self._outputs()
        self._state.mark(node, phase)

    def _assess(self) -> Phase:
        if self._state.stopped and not self._in.call.exit_handler:
            return Phase.FAILED
        names = [self._name(task) for task in self.targets]
        phases = branch_phases(self._state, self._in.node, names)
        if phases is None:
            return Phase.RUNNING
        result = Phase.SUCCEEDED
        for task in self.targets:
            phase = phases.get(self._name(task))
            if phase is None:
                result = Phase.RUNNING
                if not self._fail_fast:
                    break
            elif phase.failed_or_error and not goes_on(
                self._tasks[task], phase
            ):
                result = phase
                if self._fail_fast:
                    break
        return result

    def _name(self, task: str) -> str:
        return f"{self._in.node.name}.{task}"

    def _node(self, task: str) -> Node | None:
        return self._state.nodes.get(self._name(task))

    def _call(self, task: Json) -> Call:
        return self._in.child_call(self._name(task["name"]), task, "tasks")

    def _resolve(self, name: str) -> list[Json] | None:
        task = self._tasks[name]
        try:
            if not self._may_run(name):
                return None
            known = self._scope(name)
            variables = {**self._state.variables, **known}
            resolved = resolve_references(task, variables, known)
            tasks = (
                fan_out(resolved, variables, with_list=True)
                if fan_outs(task)
                else [resolved]
            )
        except MissingVariableError as error:
            self._state.missing[self._name(name)] = str(error)
            return None
        except LocalRunError as error:
            self._leave_out(name, Phase.ERROR, str(error))
            return None
        self._state.resolved[self._name(name)] = tasks
        return tasks

    def _may_run(self, name: str) -> bool:
        condition = self._dependencies.condition(name)
        if not condition:
            return True
        awaited = self._dependencies.direct[name]
        nodes = {task: self._node(task) for task in awaited}
        ended = {t: n for t, n in nodes.items() if n and n.phase.fulfilled}
        if len(ended) < len(nodes):
            return False
        if is_met(condition, ended, self._state.nodes):
            return True
        self._leave_out(name, Phase.OMITTED, _OMITTED)
        return False

    def _run(self, name: str, tasks: list[Json]) -> None:
        if not fan_outs(self._tasks[name]):
            self._run_one(name, tasks[0], self._connect_after)
        elif not tasks:
            self._leave_out(name, Phase.SKIPPED, _EMPTY)
        else:
            self._run_group(name, tasks)

    def _run_group(self, name: str, tasks: list[Json]) -> None:
        group = self._node(name)
        if group is None:
            group = self._state.initialise(
                self._call(self._tasks[name]),
                NodeType.TASK_GROUP,
                Phase.RUNNING,
            )
            self._connect_after(name, group.name)
        for task in tasks:
            if not self._run_one(name, task, self._connect_in_group):
                return
        phase = Phase.SUCCEEDED
        for task in tasks:
            node = self._node(task["name"])
            if node is None or not node.phase.fulfilled:
                return
            if node.phase.failed_or_error:
                phase = node.phase
        self._state.mark(group, phase)

    def _run_one(
        self, name: str, task: Json, connect: Callable[[str, str], None]
    ) -> bool:
        call = self._call(task)
        if self._state.nodes.get(call.node) is None:
            skipped = left_out(str(task.get("when", "")))
            if skipped:
                self._in.leave_out(call, *skipped)
                connect(name, call.node)
                return True
        try:
            node = self._in.execute(self._state, call)
        except ParallelismReachedError:
            return self._state.nodes.get(call.node) is not None
        except LocalRunError as error:
            self._mark_error(call, error)
            connect(name, call.node)
            return False
        if node is None:
            return False
        connect(name, call.node)
        return True

    def _mark_error(self, call: Call, error: LocalRunError) -> None:
        node = self._state.nodes[call.node]
        if node.phase is Phase.ERROR:
            message = f"task '{call.node}' errored: {error}"
            self._state.mark(node, Phase.ERROR, message)

    def _leave_out(self, name: str, phase: Phase, message: str) -> None:
        call = self._call(self._tasks[name])
        self._in.leave_out(call, phase, message)
        self._connect_after(name, call.node)

    def _connect_in_group(self, name: str, child: str) -> None:
        self._state.nodes.connect(self._name(name), child)

    def _connect_after(self, name: str, child: str) -> None:
        nodes = self._state.nodes
        dependencies = self._dependencies.direct[name]
        if not dependencies:
            nodes.connect(self._in.node.name, child)
        for dependency in dependencies:
            for last in outbound(self._state, self._name(dependency)):
                nodes.connect(last, child)

    def _scope(self, name: str) -> Scope:
        known = self._in.own_scope()
        for ancestor in self._dependencies.ancestors(name):
            node = self._node(ancestor)
            if node is None:
                raise SubstitutionError(
                    f"Ancestor task node {ancestor} not found"
                )
            self._add(known, ancestor, node)
        return known

    def _add(self, known: Scope, task: str, node: Node) -> None:
        prefix = f"tasks.{task}"
        if node.type is NodeType.TASK_GROUP:
            children = [self._state.nodes[c] for c in node.children]
            add_aggregate(known, prefix, children)
        self._in.add_child(known, prefix, node, self._tasks[task])

    def _outputs(self) -> Outputs | None:
        known = self._in.own_scope()
        for task in self._tasks:
            node = self._node(task)
            if node is not None:
                self._add(known, task, node)
                self._state.export(node.outputs)
        return template_outputs(self._in.template, known)
