"""Execution of DAG templates."""

from collections.abc import Callable

from moderate.local_run import scope as scopes
from moderate.local_run.catalogue import Catalogue
from moderate.local_run.depends import Dependencies, is_met
from moderate.local_run.errors import (
    LocalRunError,
    MissingVariableError,
    SubstitutionError,
)
from moderate.local_run.fan_out import fan_out, fans_out
from moderate.local_run.graph import branch_phases, outbound
from moderate.local_run.limits import ParallelismReachedError
from moderate.local_run.nodes import Json, Node, NodeType, Outputs, Phase
from moderate.local_run.operation import Call, Operation
from moderate.local_run.references import left_out, resolve_references
from moderate.local_run.scope import Scope

Execute = Callable[[Operation, Call], Node | None]


def execute(
    operation: Operation,
    call: Call,
    node: Node,
    template: Json,
    catalogue: Catalogue,
    execute_template: Execute,
) -> None:
    """Executes a DAG as far as it can go now.

    Args:
        operation: The workflow.
        call: The execution of the DAG.
        node: The DAG's node.
        template: The DAG template, ready to run.
        catalogue: Where its tasks' templates are looked up.
        execute_template: Executes a task's template.

    Raises:
        LocalRunError: The DAG itself is at fault.
    """
    dag = _Dag(operation, call, node, template, catalogue, execute_template)
    for task in dag.targets:
        dag.visit(task)
    dag.finish()


class _Dag:
    def __init__(
        self,
        operation: Operation,
        call: Call,
        node: Node,
        template: Json,
        catalogue: Catalogue,
        execute_template: Execute,
    ) -> None:
        self._operation = operation
        self._call = call
        self._node = node
        self._template = template
        self._catalogue = catalogue
        self._execute = execute_template
        self._tasks = {t["name"]: t for t in template["dag"]["tasks"]}
        self._dependencies = Dependencies(self._tasks.values())
        self._visited: set[str] = set()
        target = template["dag"].get("target")
        self.targets = (
            target.split() if target else (self._dependencies.leaves())
        )

    def visit(self, name: str) -> None:
        """Executes a task, after the tasks that it waits for."""
        if name in self._visited:
            return
        self._visited.add(name)
        node = self._task_node(name)
        if node is not None and node.phase.fulfilled:
            self._operation.locks.release(node.name)
            return
        for dependency in self._dependencies.of(name):
            self.visit(dependency)
        tasks = self._operation.resolved.get(self._node_name(name))
        if tasks is None:
            tasks = self._resolve(name)
        if tasks is not None:
            self._run(name, tasks)

    def finish(self) -> None:
        """Sets the DAG's phase and outputs when it has ended."""
        phase = self._assess()
        if phase is Phase.RUNNING:
            return
        self._operation.outbound[self._node.name] = [
            name
            for task in self.targets
            if self._task_node(task) is not None
            for name in outbound(self._operation, self._node_name(task))
        ]
        if phase is Phase.SUCCEEDED:
            self._node.outputs = self._outputs()
        self._operation.mark(self._node, phase)

    def _assess(self) -> Phase:
        stopped = self._operation.stopped and not self._call.exit_handler
        if stopped:
            return Phase.FAILED
        names = [self._node_name(task) for task in self.targets]
        phases = branch_phases(self._operation, self._node, names)
        if phases is None:
            return Phase.RUNNING
        fail_fast = self._template["dag"].get("failFast", True)
        result = Phase.SUCCEEDED
        for task in self.targets:
            phase = phases.get(self._node_name(task))
            if phase is None:
                result = Phase.RUNNING
                if not fail_fast:
                    break
            elif phase.failed_or_error and not self._goes_on(task, phase):
                result = phase
                if fail_fast:
                    break
        return result

    def _goes_on(self, task: str, phase: Phase) -> bool:
        continue_on = self._tasks[task].get("continueOn", {})
        name = "error" if phase is Phase.ERROR else "failed"
        return bool(continue_on.get(name))

    def _node_name(self, task: str) -> str:
        return f"{self._node.name}.{task}"

    def _task_node(self, task: str) -> Node | None:
        return self._operation.nodes.get(self._node_name(task))

    def _resolve(self, name: str) -> list[Json] | None:
        task = self._tasks[name]
        try:
            if not self._may_run(name):
                return None
            known = self.scope(name)
            variables = {**self._operation.variables, **known}
            resolved = resolve_references(task, variables, known)
            tasks = (
                fan_out(resolved, variables) if fans_out(task) else [resolved]
            )
        except MissingVariableError as error:
            self._operation.missing[self._node_name(name)] = str(error)
            return None
        except LocalRunError as error:
            self._leave_out(name, Phase.ERROR, str(error))
            return None
        self._operation.resolved[self._node_name(name)] = tasks
        return tasks

    def _may_run(self, name: str) -> bool:
        logic = self._dependencies.logic[name]
        if not logic:
            return True
        awaited = self._dependencies.of(name)
        nodes = {task: self._task_node(task) for task in awaited}
        ended = {t: n for t, n in nodes.items() if n and n.phase.fulfilled}
        if len(ended) < len(nodes):
            return False
        if is_met(logic, ended, self._operation.nodes):
            return True
        self._leave_out(
            name, Phase.OMITTED, "omitted: depends condition not met"
        )
        return False

    def _run(self, name: str, tasks: list[Json]) -> None:
        if not fans_out(self._tasks[name]):
            self._run_one(name, tasks[0], self._connect_after)
            return
        if not tasks:
            self._leave_out(name, Phase.SKIPPED, "Skipped, empty params")
            return
        group = self._task_node(name)
        if group is None:
            group = self._operation.initialise(
                self._task_call(name, self._tasks[name]),
                NodeType.TASK_GROUP,
                Phase.RUNNING,
            )
            self._connect_after(name, group.name)
        for task in tasks:
            if not self._run_one(name, task, self._connect_in_group):
                return
        self._finish_group(group, tasks)

    def _run_one(
        self, name: str, task: Json, connect: Callable[[str, str], None]
    ) -> bool:
        call = self._task_call(task["name"], task)
        if self._operation.nodes.get(call.node) is None:
            skipped = left_out(str(task.get("when", "")))
            if skipped:
                phase, message = skipped
                self._operation.initialise(
                    call, NodeType.SKIPPED, phase, message=message
                )
                connect(name, call.node)
                return True
        try:
            node = self._execute(self._operation, call)
        except ParallelismReachedError:
            return self._operation.nodes.get(call.node) is not None
        except LocalRunError as error:
            self._mark_error(call, error)
            connect(name, call.node)
            return False
        if node is None:
            return False
        connect(name, call.node)
        return True

    def _mark_error(self, call: Call, error: LocalRunError) -> None:
        node = self._operation.nodes[call.node]
        if node.phase is Phase.ERROR:
            message = f"task '{call.node}' errored: {error}"
            self._operation.mark(node, Phase.ERROR, message)

    def _finish_group(self, group: Node, tasks: list[Json]) -> None:
        phase = Phase.SUCCEEDED
        for task in tasks:
            node = self._task_node(task["name"])
            if node is None or not node.phase.fulfilled:
                return
            if node.phase.failed_or_error:
                phase = node.phase
        self._operation.mark(group, phase)

    def _task_call(self, name: str, task: Json) -> Call:
        return Call(
            node=self._node_name(name),
            task=task,
            catalogue=self._catalogue,
            boundary=self._node.name,
            kind="tasks",
            arguments=task.get("arguments", {}).get("parameters", []),
            exit_handler=self._call.exit_handler,
        )

    def _leave_out(self, name: str, phase: Phase, message: str) -> None:
        call = self._task_call(name, self._tasks[name])
        self._operation.initialise(
            call, NodeType.SKIPPED, phase, message=message
        )
        self._connect_after(name, call.node)

    def _connect_in_group(self, name: str, child: str) -> None:
        self._operation.nodes.connect(self._node_name(name), child)

    def _connect_after(self, name: str, child: str) -> None:
        nodes = self._operation.nodes
        dependencies = self._dependencies.of(name)
        if not dependencies:
            nodes.connect(self._node.name, child)
        for dependency in dependencies:
            for parent in outbound(
                self._operation, self._node_name(dependency)
            ):
                nodes.connect(parent, child)

    def scope(self, name: str) -> Scope:
        """Collects what a task knows about the tasks before it."""
        known = self._own_scope()
        for ancestor in self._dependencies.ancestors(name):
            node = self._task_node(ancestor)
            if node is None:
                raise SubstitutionError(
                    f"Ancestor task node {ancestor} not found"
                )
            self._add(known, ancestor, node)
        return known

    def _own_scope(self) -> Scope:
        inputs = self._template.get("inputs", {}).get("parameters", [])
        own = {
            f"inputs.parameters.{p['name']}": p.get("value") for p in inputs
        }
        scopes.add_outputs(own, "workflow", Outputs(self._operation.outputs))
        return own

    def _add(self, known: Scope, task: str, node: Node) -> None:
        nodes, prefix = self._operation.nodes, f"tasks.{task}"
        if node.type is NodeType.TASK_GROUP:
            children = [nodes[child] for child in node.children]
            if children:
                scopes.add_aggregate(known, prefix, children)
        scopes.add_node(known, prefix, node, nodes)
        _, template = self._catalogue.resolve(self._tasks[task])
        scopes.add_absent_outputs(known, prefix, node, template)

    def _outputs(self) -> Outputs | None:
        known = self._own_scope()
        for task in self._tasks:
            node = self._task_node(task)
            if node is not None:
                self._add(known, task, node)
                self._operation.export(node.outputs)
        return scopes.template_outputs(self._template, known)
