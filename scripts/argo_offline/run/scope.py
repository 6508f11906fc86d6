"""The variables of a DAG or steps template about its children."""

import json
from collections.abc import Iterable
from typing import Any

from argo_offline.errors import ExpressionError, SubstitutionError
from argo_offline.expressions import evaluate, expand
from argo_offline.go_values import go_format, go_json, sorted_json
from argo_offline.run.nodes import (
    Json,
    Node,
    Nodes,
    NodeType,
    Outputs,
    Phase,
    rfc3339,
)

Scope = dict[str, str | None]


def add_outputs(scope: Scope, prefix: str, outputs: Outputs | None) -> None:
    """Adds what a node handed on.

    Args:
        scope: The scope to extend.
        prefix: The node's prefix, for example ``tasks.a``.
        outputs: The node's outputs.
    """
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
    add_outputs(scope, prefix, node.outputs)


def add_absent_outputs(
    scope: Scope, prefix: str, node: Node, template: Json
) -> None:
    """Adds the declared outputs of a node that was left out.

    Args:
        scope: The scope to extend.
        prefix: The node's prefix.
        node: The node.
        template: Its template; an output's default stands in for it.
    """
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
