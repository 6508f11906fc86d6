"""Execution of steps templates."""

from collections.abc import Callable

from moderate.local_run import scope as scopes
from moderate.local_run.catalogue import Catalogue
from moderate.local_run.errors import LocalRunError, MissingVariableError
from moderate.local_run.fan_out import fan_out, fans_out
from moderate.local_run.graph import outbound
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
    """Executes a steps template as far as it can go now.

    Args:
        operation: The workflow.
        call: The execution of the template.
        node: Its node.
        template: The template, ready to run.
        catalogue: Where its steps' templates are looked up.
        execute_template: Executes a step's template.

    Raises:
        LocalRunError: The template itself is at fault.
    """
    steps = _Steps(
        operation, call, node, template, catalogue, execute_template
    )
    for position in range(len(template["steps"])):
        if not steps.run_group(position):
            return
    steps.finish()


class _Steps:
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
        inputs = template.get("inputs", {}).get("parameters", [])
        self._scope: Scope = {
            f"inputs.parameters.{p['name']}": p.get("value") for p in inputs
        }
        scopes.add_outputs(self._scope, "workflow", Outputs(operation.outputs))

    def run_group(self, position: int) -> bool:
        """Runs one group of parallel steps.

        Args:
            position: Which group.

        Returns:
            Whether the group has succeeded, so that the next may start.
        """
        group = self._group(position)
        if not group.phase.fulfilled:
            self._execute_group(group, position)
        if not group.phase.fulfilled:
            return False
        self._operation.outbound[self._node.name] = [
            name
            for child in group.children
            for name in outbound(self._operation, child)
        ]
        if group.phase.failed_or_error:
            self._operation.mark(self._node, Phase.FAILED, group.message)
            return False
        for step in self._template["steps"][position]:
            self._add_to_scope(group, step)
        return True

    def finish(self) -> None:
        """Sets the outputs and the phase after the last group."""
        outputs = scopes.template_outputs(self._template, self._scope)
        if outputs is not None:
            self._node.outputs = outputs
            self._operation.export(outputs)
        self._operation.mark(self._node, Phase.SUCCEEDED)

    def _group(self, position: int) -> Node:
        nodes = self._operation.nodes
        name = f"{self._node.name}[{position}]"
        existing = nodes.get(name)
        if existing is not None:
            return existing
        group = self._operation.initialise(
            Call(name, {}, self._catalogue, self._node.name, ""),
            NodeType.STEP_GROUP,
            Phase.RUNNING,
        )
        parents = [self._node.name]
        if position:
            before = f"{self._node.name}[{position - 1}]"
            parents = [
                last
                for child in nodes[before].children
                for last in outbound(self._operation, child)
            ] or [before]
        for parent in parents:
            nodes.connect(parent, name)
        return group

    def _execute_group(self, group: Node, position: int) -> None:
        try:
            steps = self._resolve(group, position)
        except MissingVariableError as error:
            self._operation.missing[group.name] = str(error)
            return
        except LocalRunError as error:
            self._operation.mark(group, Phase.ERROR, str(error))
            return
        for step in steps:
            if not self._run(group, step):
                return
        self._assess(group, {f"{group.name}.{s['name']}": s for s in steps})

    def _resolve(self, group: Node, position: int) -> list[Json]:
        if group.name in self._operation.resolved:
            return self._operation.resolved[group.name]
        variables = {**self._operation.variables, **self._scope}
        expanded: list[Json] = []
        for step in self._template["steps"][position]:
            resolved = resolve_references(step, variables, self._scope)
            if not fans_out(step):
                expanded.append(resolved)
                continue
            several = fan_out(resolved, variables)
            if not several:
                self._skip(group, step, "Skipped, empty params")
            expanded.extend(several)
        self._operation.resolved[group.name] = expanded
        return expanded

    def _run(self, group: Node, step: Json) -> bool:
        call = self._step_call(group, step)
        skipped = left_out(str(step.get("when", "")))
        if skipped and skipped[0] is Phase.ERROR:
            self._skip(group, step, skipped[1], Phase.ERROR)
            self._operation.mark(group, Phase.ERROR, skipped[1])
            return False
        if skipped:
            self._skip(group, step, skipped[1])
            return True
        try:
            child = self._execute(self._operation, call)
        except ParallelismReachedError:
            child = self._operation.nodes.get(call.node)
        except LocalRunError as error:
            self._operation.nodes.connect(group.name, call.node)
            message = (
                f"step group deemed errored due to child {call.node} "
                f"error: {error}"
            )
            self._operation.mark(group, Phase.ERROR, message)
            return False
        if child is not None:
            self._operation.nodes.connect(group.name, child.name)
        return True

    def _skip(
        self,
        group: Node,
        step: Json,
        message: str,
        phase: Phase = Phase.SKIPPED,
    ) -> None:
        call = self._step_call(group, step)
        if self._operation.nodes.get(call.node) is None:
            self._operation.initialise(
                call, NodeType.SKIPPED, phase, message=message
            )
            self._operation.nodes.connect(group.name, call.node)

    def _assess(self, group: Node, steps: dict[str, Json]) -> None:
        nodes = self._operation.nodes
        if any(nodes.get(name) is None for name in steps):
            return
        children = [nodes[name] for name in group.children]
        if not all(child.phase.fulfilled for child in children):
            return
        for child in children:
            step = steps.get(child.name, {})
            if child.phase.failed_or_error and not _goes_on(step, child.phase):
                message = f"child '{child.id}' failed"
                self._operation.mark(group, Phase.FAILED, message)
                return
        self._operation.mark(group, Phase.SUCCEEDED)

    def _add_to_scope(self, group: Node, step: Json) -> None:
        nodes, prefix = self._operation.nodes, f"steps.{step['name']}"
        child = nodes.get(f"{group.name}.{step['name']}")
        if child is not None:
            scopes.add_node(self._scope, prefix, child, nodes)
            _, template = self._catalogue.resolve(step)
            scopes.add_absent_outputs(self._scope, prefix, child, template)
            return
        several = [
            nodes[name]
            for name in group.children
            if name.startswith(f"{group.name}.{step['name']}(")
            and nodes[name].type is not NodeType.SKIPPED
        ]
        if several:
            scopes.add_aggregate(self._scope, prefix, several)
        scopes.add_node(self._scope, prefix, group, nodes)

    def _step_call(self, group: Node, step: Json) -> Call:
        return Call(
            node=f"{group.name}.{step['name']}",
            task=step,
            catalogue=self._catalogue,
            boundary=self._node.name,
            kind="steps",
            arguments=step.get("arguments", {}).get("parameters", []),
            exit_handler=self._call.exit_handler,
        )


def _goes_on(step: Json, phase: Phase) -> bool:
    continue_on = step.get("continueOn", {})
    name = "error" if phase is Phase.ERROR else "failed"
    return bool(continue_on.get(name))
