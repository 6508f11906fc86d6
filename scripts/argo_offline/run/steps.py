"""Execution of steps templates."""

from argo_offline.errors import LocalRunError, MissingVariableError
from argo_offline.manifests.workflow import fan_outs
from argo_offline.run.calls import fan_out, left_out, resolve_references
from argo_offline.run.composite import (
    Composite,
    add_aggregate,
    add_node,
    goes_on,
    outbound,
    template_outputs,
)
from argo_offline.run.gates import ParallelismReachedError
from argo_offline.run.nodes import Json, Node, NodeType, Phase
from argo_offline.run.run_state import Call

_EMPTY = "Skipped, empty params"


def execute(composite: Composite) -> None:
    """Executes a steps template as far as it can go now.

    Args:
        composite: The template.

    Raises:
        LocalRunError: The template itself is at fault.
    """
    steps = _Steps(composite)
    for position in range(len(composite.template["steps"])):
        if not steps.run_group(position):
            return
    steps.finish()


class _Steps:
    def __init__(self, composite: Composite) -> None:
        self._in = composite
        self._state = composite.state
        self._scope = composite.own_scope()

    def run_group(self, position: int) -> bool:
        """Runs one group of parallel steps."""
        group = self._group(position)
        if not group.phase.fulfilled:
            self._execute(group, position)
        if not group.phase.fulfilled:
            return False
        self._state.outbound[self._in.node.name] = [
            last
            for child in group.children
            for last in outbound(self._state, child)
        ]
        if group.phase.failed_or_error:
            self._state.mark(self._in.node, Phase.FAILED, group.message)
            return False
        for step in self._in.template["steps"][position]:
            self._add_to_scope(group, step)
        return True

    def finish(self) -> None:
        """Sets the outputs and the phase after the last group."""
        outputs = template_outputs(self._in.template, self._scope)
        if outputs is not None:
            self._in.node.outputs = outputs
            self._state.export(outputs)
        self._state.mark(self._in.node, Phase.SUCCEEDED)

    def _group(self, position: int) -> Node:
        name = self._group_name(position)
        existing = self._state.nodes.get(name)
        if existing is not None:
            return existing
        group = self._state.initialise(
            self._in.child_call(name, {}, ""),
            NodeType.STEP_GROUP,
            Phase.RUNNING,
        )
        for parent in self._parents(position):
            self._state.nodes.connect(parent, name)
        return group

    def _group_name(self, position: int) -> str:
        return f"{self._in.node.name}[{position}]"

    def _parents(self, position: int) -> list[str]:
        if not position:
            return [self._in.node.name]
        before = self._group_name(position - 1)
        last = [
            name
            for child in self._state.nodes[before].children
            for name in outbound(self._state, child)
        ]
        return last or [before]

    def _execute(self, group: Node, position: int) -> None:
        try:
            steps = self._resolve(group, position)
        except MissingVariableError as error:
            self._state.missing[group.name] = str(error)
            return
        except LocalRunError as error:
            self._state.mark(group, Phase.ERROR, str(error))
            return
        for step in steps:
            if not self._run(group, step):
                return
        self._assess(group, {f"{group.name}.{s['name']}": s for s in steps})

    def _resolve(self, group: Node, position: int) -> list[Json]:
        if group.name in self._state.resolved:
            return self._state.resolved[group.name]
        variables = {**self._state.variables, **self._scope}
        steps = self._in.template["steps"][position]
        resolved = [
            resolve_references(step, variables, self._scope) for step in steps
        ]
        expanded: list[Json] = []
        for step, single in zip(steps, resolved, strict=True):
            several = (
                fan_out(single, variables, with_list=False)
                if fan_outs(step)
                else [single]
            )
            if not several:
                self._skip(group, step, Phase.SKIPPED, _EMPTY)
            expanded.extend(several)
        self._state.resolved[group.name] = expanded
        return expanded

    def _run(self, group: Node, step: Json) -> bool:
        call = self._call(group, step)
        skipped = left_out(str(step.get("when", "")))
        if skipped:
            self._skip(group, step, *skipped)
            if skipped[0] is Phase.ERROR:
                self._state.mark(group, *skipped)
            return skipped[0] is not Phase.ERROR
        try:
            child = self._in.execute(self._state, call)
        except ParallelismReachedError:
            child = self._state.nodes.get(call.node)
        except LocalRunError as error:
            self._state.nodes.connect(group.name, call.node)
            message = (
                f"step group deemed errored due to child {call.node} "
                f"error: {error}"
            )
            self._state.mark(group, Phase.ERROR, message)
            return False
        if child is not None:
            self._state.nodes.connect(group.name, child.name)
        return True

    def _call(self, group: Node, step: Json) -> Call:
        name = f"{group.name}.{step['name']}"
        return self._in.child_call(name, step, "steps")

    def _skip(
        self, group: Node, step: Json, phase: Phase, message: str
    ) -> None:
        call = self._call(group, step)
        if self._state.nodes.get(call.node) is None:
            self._in.leave_out(call, phase, message)
            self._state.nodes.connect(group.name, call.node)

    def _assess(self, group: Node, steps: dict[str, Json]) -> None:
        nodes = self._state.nodes
        children = [nodes[name] for name in group.children]
        if not all(child.phase.fulfilled for child in children):
            return
        for child in children:
            step = steps.get(child.name, {})
            if child.phase.failed_or_error and not goes_on(step, child.phase):
                message = f"child '{child.id}' failed"
                self._state.mark(group, Phase.FAILED, message)
                return
        self._state.mark(group, Phase.SUCCEEDED)

    def _add_to_scope(self, group: Node, step: Json) -> None:
        nodes, prefix = self._state.nodes, f"steps.{step['name']}"
        child = nodes.get(f"{group.name}.{step['name']}")
        if child is not None:
            self._in.add_child(self._scope, prefix, child, step)
            return
        several = [
            nodes[name]
            for name in group.children
            if name.startswith(f"{group.name}.{step['name']}(")
            and nodes[name].type is not NodeType.SKIPPED
        ]
        if several:
            add_aggregate(self._scope, prefix, several)
        add_node(self._scope, prefix, group, nodes)
