"""Arguments of templates: their inputs, and the tags that name them."""

from collections.abc import Mapping
from typing import Any

from argo_offline.errors import SubstitutionError
from argo_offline.go_values import go_json
from argo_offline.run.cluster import ConfigMap, parameter_from_config_map
from argo_offline.run.nodes import Json
from argo_offline.run.substitution import (
    all_strict,
    replace_text,
    replace_value,
)

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
        replace_text(reference[part], variables, all_strict)
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
