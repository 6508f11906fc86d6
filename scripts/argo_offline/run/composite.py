"""What DAG and steps templates have in common."""

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from argo_offline.errors import ExpressionError, SubstitutionError
from argo_offline.expressions import evaluate, expand
from argo_offline.go_values import go_format, go_json, sorted_json
from argo_offline.run.manifest import TemplateIndex
from argo_offline.run.nodes import (
    Json,
    Node,
    Nodes,
    NodeType,
    Outputs,
    Phase,
    rfc3339,
)
from argo_offline.run.run_state import Call, RunState

Scope = dict[str, str | None]


def _add_outputs(scope: Scope, prefix: str, outputs: Outputs | None) -> None:
    """Adds what a node handed on."""
    if outputs is None:
        return
    if outputs.result is not None:
        scope[f"{prefix}.outputs.result"] = outputs.result
    if outputs.exit_code is not None:
        scope[f"{prefix}.exitCode"] = outputs.exit_code
    for name, value in outputs.parameters.items():
        scope[f"{prefix}.outputs.parameters.{name}"] = value


def add_node(scope: Scope, prefix: str, node: Node, nodes: Nodes) -> None:
    """Adds a node's id, times, status and outputs.

    Args:
        scope: The scope to extend.
        prefix: The node's prefix.
        node: The node; of a retry node, its last try counts.
        nodes: All nodes.
    """
    tries = [name for name in node.children if nodes[name].retried]
    if node.type is NodeType.RETRY and tries:
        node = nodes[tries[-1]]
    scope[f"{prefix}.id"] = node.id
    scope[f"{prefix}.startedAt"] = rfc3339(node.started)
    if node.finished:
        scope[f"{prefix}.finishedAt"] = rfc3339(node.finished)
    scope[f"{prefix}.status"] = node.phase.value
    _add_outputs(scope, prefix, node.outputs)


def _add_absent_outputs(
    scope: Scope, prefix: str, node: Node, template: Json
) -> None:
    """Adds the declared outputs of a node that was left out."""
    left_out = node.phase in {Phase.SKIPPED, Phase.OMITTED}
    if node.outputs is not None or not left_out:
        return
    for parameter in template.get("outputs", {}).get("parameters", []):
        key = f"{prefix}.outputs.parameters.{parameter['name']}"
        scope[key] = parameter.get("valueFrom", {}).get("default")


def add_aggregate(scope: Scope, prefix: str, children: Iterable[Node]) -> None:
    """Adds the outputs of a fan-out's children as JSON lists.

    Args:
        scope: The scope to extend.
        prefix: The fan-out's prefix.
        children: Its children, in the order of the items.
    """
    done = [
        child.outputs
        for child in children
        if child.outputs and child.phase is Phase.SUCCEEDED
    ]
    results = [json.loads(o.result) for o in done if o.result is not None]
    scope[f"{prefix}.outputs.result"] = go_json(results)
    lists = [outputs.parameters for outputs in done if outputs.parameters]
    scope[f"{prefix}.outputs.parameters"] = sorted_json(lists)
    values: dict[str, list[str]] = {}
    for parameters in lists:
        for name, value in parameters.items():
            values.setdefault(name, []).append(value)
    for name, texts in values.items():
        scope[f"{prefix}.outputs.parameters.{name}"] = _aggregated(texts)


def template_outputs(template: Json, scope: Scope) -> Outputs | None:
    """Resolves the outputs of a DAG or steps template.

    Args:
        template: The template.
        scope: What its children handed on.

    Returns:
        The outputs, or None when the template declares none.

    Raises:
        SubstitutionError: An output cannot be resolved and has no default.
    """
    declared = template.get("outputs", {}).get("parameters", [])
    if not declared:
        return None
    return Outputs(
        parameters={p["name"]: _output(p, scope) for p in declared},
        global_names=global_names(template),
    )


def global_names(template: Json) -> dict[str, str]:
    """Maps a template's outputs to their names in the workflow."""
    return {
        parameter["name"]: parameter["globalName"]
        for parameter in template.get("outputs", {}).get("parameters", [])
        if parameter.get("globalName")
    }


def _output(parameter: Json, scope: Scope) -> str:
    source: Json = parameter.get("valueFrom", {})
    default: str | None = source.get("default")
    try:
        value = _resolve(source, scope)
    except SubstitutionError:
        if default is None:
            raise
        return default
    if value is None and default is None:
        raise SubstitutionError(
            f'output parameter "{parameter["name"]}": '
            f'"{source.get("parameter")}" is an absent optional '
            "(skipped/omitted node output with no default)"
        )
    return default or "" if value is None else go_format(value)


def _resolve(source: Json, scope: Scope) -> Any:
    if "expression" in source:
        return _evaluate(str(source["expression"]), scope)
    reference = str(source.get("parameter", ""))
    tag = reference.removeprefix("{{").removesuffix("}}").strip()
    if tag.startswith("="):
        return _evaluate(tag[1:], scope)
    if tag not in scope:
        raise SubstitutionError(f'Unable to resolve: "{tag}"')
    return scope[tag]


def _evaluate(expression: str, scope: Scope) -> Any:
    try:
        value = evaluate(expression, expand(scope))
    except ExpressionError as error:
        raise SubstitutionError(str(error)) from None
    if value is None:
        raise SubstitutionError(
            f'failed to evaluate expression "{expression}"'
        )
    return value


def _aggregated(texts: list[str]) -> str:
    try:
        values = [json.loads(text) for text in texts]
    except ValueError:
        return go_json(texts)
    if all(isinstance(value, list | dict) for value in values):
        return sorted_json(values)
    return go_json(texts)


def outbound(state: RunState, name: str) -> list[str]:
    """Lists the nodes at the end of a node, which its followers follow.

    Args:
        state: The workflow.
        name: The node's name.

    Returns:
        Names of nodes.
    """
    node = state.nodes[name]
    if node.type in {NodeType.SKIPPED, NodeType.POD}:
        return [name]
    if node.type is NodeType.TASK_GROUP:
        inner = node.children or [name]
        return [
            last
            for child in inner
            for last in ([child] if child == name else outbound(state, child))
        ]
    if node.type is NodeType.RETRY:
        return node.children[-1:]
    return [
        last
        for child in state.outbound.get(name, [])
        for last in outbound(state, child)
    ]


def branch_phases(
    state: RunState, boundary: Node, targets: list[str]
) -> dict[str, Phase] | None:
    """Finds how the branches of a DAG ended.

    A node that was left out has the phase of the last node before it that
    ran; Failed and Error win over Succeeded.

    Args:
        state: The workflow.
        boundary: The DAG's node.
        targets: Names of the DAG's last nodes.

    Returns:
        Phases by target, without those that have no node; None while
        something runs.
    """
    found: dict[str, Phase] = {}
    seen: set[tuple[str, Phase]] = set()
    queue = deque((name, Phase.SUCCEEDED) for name in boundary.children)
    while queue:
        entry = queue.popleft()
        if entry in seen:
            continue
        seen.add(entry)
        name, phase = entry
        node = state.nodes[name]
        if not node.phase.fulfilled:
            return None
        if node.phase.completed:
            phase = node.phase
        before = found.get(name)
        if name in targets and not (before and before.failed_or_error):
            found[name] = phase
        queue.extend((child, phase) for child in _next(state, node))
    return found


def _next(state: RunState, node: Node) -> list[str]:
    if node.type is not NodeType.RETRY:
        return node.children
    return [
        name
        for child in reversed(node.children)
        for name in state.nodes[child].children
    ]


Execute = Callable[[RunState, Call], Node | None]


@dataclass(frozen=True)
class Composite:
    """A DAG or steps template that is being executed.

    Attributes:
        state: The workflow.
        call: The execution of the template.
        node: Its node.
        template: The template, ready to run.
        index: Where the templates of its children are looked up.
        execute: Executes a child's template.
    """

    state: RunState
    call: Call
    node: Node
    template: Json
    index: TemplateIndex
    execute: Execute

    def child_call(self, node: str, task: Json, kind: str) -> Call:
        """Describes the execution of a task or step.

        Args:
            node: The child's name.
            task: The task or step.
            kind: ``tasks`` or ``steps``.

        Returns:
            The execution.
        """
        return Call(
            node=node,
            task=task,
            index=self.index,
            boundary=self.node.name,
            kind=kind,
            arguments=task.get("arguments", {}).get("parameters", []),
            exit_handler=self.call.exit_handler,
        )

    def leave_out(self, call: Call, phase: Phase, message: str) -> Node:
        """Creates the node of a task or step that does not run."""
        return self.state.initialise(
            call, NodeType.SKIPPED, phase, message=message
        )

    def own_scope(self) -> Scope:
        """Starts a scope: the template's inputs, the workflow's outputs."""
        inputs = self.template.get("inputs", {}).get("parameters", [])
        scope: Scope = {
            f"inputs.parameters.{p['name']}": p.get("value") for p in inputs
        }
        outputs = Outputs(self.state.outputs)
        _add_outputs(scope, "workflow", outputs)
        return scope

    def add_child(
        self, scope: Scope, prefix: str, node: Node, task: Json
    ) -> None:
        """Adds a child's outputs, or what stands for them, to a scope.

        Args:
            scope: The scope to extend.
            prefix: The child's prefix, for example ``tasks.a``.
            node: The child.
            task: Its task or step.
        """
        add_node(scope, prefix, node, self.state.nodes)
        _, template = self.index.resolve(task)
        _add_absent_outputs(scope, prefix, node, template)


def goes_on(task: Json, phase: Phase) -> bool:
    """Returns whether ``continueOn`` makes up for a phase."""
    name = "error" if phase is Phase.ERROR else "failed"
    return bool(task.get("continueOn", {}).get(name))
