"""Replacement of ``{{…}}`` and ``{{=…}}`` in JSON text, as Argo does it."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from argo_offline.errors import (
    ExpressionError,
    LocalRunError,
    MissingVariableError,
    SubstitutionError,
)
from argo_offline.expressions import check, evaluate, expand, missing_names
from argo_offline.go_values import (
    go_json,
    go_quote,
    sorted_json,
    unescape_html,
)
from argo_offline.manifests.access import words
from argo_offline.manifests.tags import CLOSE, EXPRESSION, OPEN, split_tags
from argo_offline.run.cluster import ConfigMap, parameter_from_config_map
from argo_offline.run.nodes import Json

Variables = Mapping[str, str | None]
Strict = Callable[[str], bool]

# Variables that only exist later; an expression with one of them waits.
_LATE_VARIABLES = words(
    "item retries lastRetry.exitCode lastRetry.status lastRetry.duration "
    "lastRetry.message workflow.status workflow.failures"
)


def all_strict(_name: str) -> bool:
    """Requires every tag to be replaced."""
    return True


def strict_outputs(name: str) -> bool:
    """Requires the tags that name tasks or steps to be replaced."""
    return re.match(r"(tasks|steps)(\.|$)", name) is not None


def replace_value(
    value: Any,
    variables: Variables,
    strict: Strict | None = None,
) -> Any:
    """Replaces the tags in a JSON value.

    Args:
        value: The value; its text is searched as one JSON document.
        variables: What tags stand for; None is an absent optional output.
        strict: Selects names that must be known; None allows any unknown.

    Returns:
        The value with its tags replaced.

    Raises:
        SubstitutionError: A tag cannot be replaced.
    """
    return json.loads(replace(go_json(value), variables, strict))


def replace(
    text: str, variables: Variables, strict: Strict | None = None
) -> str:
    """Replaces the tags in JSON text.

    Args:
        text: The JSON text.
        variables: What tags stand for.
        strict: Selects names that must be known.

    Returns:
        JSON text.

    Raises:
        SubstitutionError: A tag cannot be replaced, or the result is not
            JSON any more (a value with control characters does that).
    """
    replaced = _replace_text(text, variables, strict)
    try:
        json.loads(replaced)
    except ValueError:
        raise SubstitutionError(
            "cannot finish template replacement because the result was "
            "invalid JSON"
        ) from None
    return replaced


def _replace_text(
    text: str, variables: Variables, strict: Strict | None = None
) -> str:
    """Replaces the tags in text that need not be JSON."""
    environment: dict[str, Any] = {}
    pieces = []
    for literal, tag in split_tags(text):
        pieces.append(literal)
        if tag is None:
            _check_closed(literal)
        elif tag.startswith(EXPRESSION):
            environment = environment or expand(variables)
            pieces.append(_expression(tag[1:], environment, strict))
        else:
            pieces.append(_simple(tag, variables, strict))
    return "".join(pieces)


def _check_closed(rest: str) -> None:
    _, unclosed, piece = rest.partition(OPEN)
    if unclosed:
        raise SubstitutionError(
            f'cannot find end tag="{CLOSE}" starting from {piece!r}'
        )


def _simple(tag: str, variables: Variables, strict: Strict | None) -> str:
    name = tag.strip()
    if name in variables:
        value = variables[name]
        if value is None:
            raise SubstitutionError(
                f"unable to substitute {{{{{tag}}}}}: output is an absent "
                "optional (skipped/omitted node with no default)"
            )
        return go_quote(value)
    prefix, opening, nested = tag.rpartition(OPEN)
    if opening and prefix and nested in variables:
        return _nested(tag, prefix, variables[nested])
    if strict and strict(name):
        raise MissingVariableError(f"failed to resolve {{{{{tag}}}}}")
    return f"{{{{{tag}}}}}"


def _nested(tag: str, prefix: str, value: str | None) -> str:
    if value is None:
        raise SubstitutionError(
            f"unable to substitute nested tag {{{{{tag}}}}}: it names an "
            "absent optional"
        )
    return f"{{{{{prefix}{go_quote(value)}"


def _expression(
    tag: str, environment: dict[str, Any], strict: Strict | None
) -> str:
    unresolved = f"{{{{={unescape_html(tag)}}}}}"
    try:
        expression = json.loads(f'"{unescape_html(tag)}"')
        expression.encode()
        missing = missing_names(expression, environment)
        if all("." in name for name in missing):
            check(expression)
    except (ValueError, ExpressionError) as error:
        raise SubstitutionError(
            f"failed to evaluate expression: {error}"
        ) from None
    for name in missing:
        if strict and strict(name):
            raise MissingVariableError(
                f"failed to evaluate expression: {name} is missing"
            )
    lenient = bool(missing) or strict is None
    unknown = any("." not in name for name in missing)
    if lenient and (unknown or not _LATE_VARIABLES.isdisjoint(missing)):
        return unresolved
    return _evaluated(expression, environment, unresolved if lenient else None)


def _evaluated(
    expression: str, environment: dict[str, Any], unresolved: str | None
) -> str:
    try:
        result = evaluate(expression, environment)
        written = sorted_json(result)
    except LocalRunError as error:
        if unresolved is not None:
            return unresolved
        raise SubstitutionError(
            f"failed to evaluate expression: {error}"
        ) from None
    if result is None and unresolved is not None:
        return unresolved
    if result is None:
        raise SubstitutionError(
            f"failed to evaluate expression {go_json(expression)}"
        )
    return written[1:-1] if isinstance(result, str) else go_quote(written)


# Stands for a reference to the output of a node that did not run.
ABSENT = "\ue000absent optional output\ue000"


def process_arguments(
    template: Json,
    arguments: list[Json],
    variables: Mapping[str, str],
    local: Mapping[str, str],
    config_maps: Mapping[str, ConfigMap],
) -> Json:
    """Fills a template's inputs and replaces the tags in it.

    Args:
        template: The template.
        arguments: The parameters that the caller passes.
        variables: The workflow's variables.
        local: The variables of this node.
        config_maps: The ConfigMaps of the namespace.

    Returns:
        The template, ready to run.

    Raises:
        SubstitutionError: An input has no value, or a tag is at fault.
    """
    supplied = {argument["name"]: argument for argument in arguments}
    inputs = template.get("inputs", {}).get("parameters", [])
    filled = [
        _input(
            parameter, supplied.get(parameter["name"]), variables, config_maps
        )
        for parameter in inputs
    ]
    if filled:
        template = {**template, "inputs": {"parameters": filled}}
    return substitute_parameters(template, {**variables, **local})


def substitute_parameters(
    template: Json, variables: Mapping[str, str]
) -> Json:
    """Replaces tags in a template: first variables, then inputs as well.

    Args:
        template: The template with its inputs filled.
        variables: The workflow's and the node's variables.

    Returns:
        The template with its tags replaced.

    Raises:
        SubstitutionError: A tag is at fault.
    """
    first: Json = replace_value(template, variables)
    known: dict[str, str] = dict(variables)
    inputs = first.get("inputs", {}).get("parameters", [])
    for parameter in inputs:
        if "value" in parameter:
            known[f"inputs.parameters.{parameter['name']}"] = parameter[
                "value"
            ]
    known["inputs.parameters"] = go_json(inputs or None)
    for parameter in first.get("outputs", {}).get("parameters", []):
        path = parameter.get("valueFrom", {}).get("path")
        if path:
            known[f"outputs.parameters.{parameter['name']}.path"] = path
    second: Json = replace_value(first, known)
    return second


def input_values(template: Json) -> dict[str, str]:
    """Reads the values of a template's filled inputs."""
    return {
        parameter["name"]: parameter["value"]
        for parameter in template.get("inputs", {}).get("parameters", [])
        if "value" in parameter
    }


def _input(
    parameter: Json,
    argument: Json | None,
    variables: Mapping[str, str],
    config_maps: Mapping[str, ConfigMap],
) -> Json:
    filled = dict(parameter)
    if "value" not in filled and "default" in filled:
        filled["value"] = filled["default"]
    if argument and argument.get("value") == ABSENT:
        _check_absent(filled)
    elif argument:
        filled = _overwritten(filled, argument)
    if "configMapKeyRef" in filled.get("valueFrom", {}):
        return _from_config_map(filled, variables, config_maps)
    if "value" not in filled:
        raise SubstitutionError(
            f"inputs.parameters.{filled['name']} was not supplied"
        )
    return filled


def _check_absent(parameter: Json) -> None:
    if "value" not in parameter and "valueFrom" not in parameter:
        raise SubstitutionError(
            f"inputs.parameters.{parameter['name']}: argument references an "
            "absent optional (skipped/omitted node output with no default)"
        )


def _overwritten(parameter: Json, argument: Json) -> Json:
    rest = {
        name: content
        for name, content in parameter.items()
        if name not in {"value", "valueFrom"}
    }
    for name in ("value", "valueFrom"):
        if name in argument:
            return {**rest, name: argument[name]}
    return rest


def _from_config_map(
    parameter: Json,
    variables: Mapping[str, str],
    config_maps: Mapping[str, ConfigMap],
) -> Json:
    source: dict[str, Any] = parameter["valueFrom"]
    reference = source["configMapKeyRef"]
    name, key = (
        _replace_text(reference[part], variables, all_strict)
        for part in ("name", "key")
    )
    try:
        value = parameter_from_config_map(config_maps, name, key)
    except LookupError as error:
        if "default" not in source:
            raise SubstitutionError(
                f"unable to retrieve inputs.parameters.{parameter['name']} "
                f"from ConfigMap: {error.args[0]}"
            ) from None
        value = source["default"]
    return {**parameter, "value": value}
