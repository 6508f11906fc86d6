"""The variables ``workflow.*`` of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from argo_offline.errors import ArgumentError
from argo_offline.go_values import go_json, sorted_json
from argo_offline.run.cluster import ConfigMap, parameter_from_config_map
from argo_offline.run.nodes import Json, rfc3339

_FORMATS = "aAbBcCdHIjmMpSTuUwWxXyYzZ"


@dataclass(frozen=True)
class Identity:
    """Who a workflow is.

    Attributes:
        name: Its name.
        uid: Its unique id.
        namespace: Its namespace.
        created: When it was submitted.
        labels: Its labels.
        annotations: Its annotations.
    """

    name: str
    uid: str
    namespace: str
    created: datetime
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


def workflow_variables(
    identity: Identity, spec: Json, config_maps: Mapping[str, ConfigMap]
) -> dict[str, str]:
    """Builds the variables of a workflow.

    Args:
        identity: The workflow.
        spec: Its spec with the submitted arguments.
        config_maps: ConfigMaps that parameters may come from.

    Returns:
        Values by dotted name.

    Raises:
        ArgumentError: A parameter's ConfigMap cannot be read.
    """
    parameters = spec.get("arguments", {}).get("parameters", [])
    written = go_json(parameters or None)
    return {
        "workflow.name": identity.name,
        "workflow.namespace": identity.namespace,
        "workflow.mainEntrypoint": str(spec.get("entrypoint", "")),
        "workflow.serviceAccountName": str(spec.get("serviceAccountName", "")),
        "workflow.uid": identity.uid,
        **(
            {"workflow.priority": str(spec["priority"])}
            if "priority" in spec
            else {}
        ),
        **_creation(identity.created),
        "workflow.parameters": written,
        "workflow.parameters.json": written,
        **_parameters(parameters, config_maps),
        **_metadata("annotations", identity.annotations),
        **_metadata("labels", identity.labels),
    }


def _creation(created: datetime) -> dict[str, str]:
    name = "workflow.creationTimestamp"
    moment = created.astimezone(UTC)
    return {
        name: rfc3339(moment),
        **{f"{name}.{char}": moment.strftime(f"%{char}") for char in _FORMATS},
        f"{name}.s": str(int(moment.timestamp())),
        f"{name}.RFC3339": rfc3339(moment),
    }


def _metadata(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    written = sorted_json(dict(values))
    named = {f"workflow.{kind}.{name}": v for name, v in values.items()}
    return {
        f"workflow.{kind}": written,
        f"workflow.{kind}.json": written,
        **named,
    }


def _parameters(
    parameters: list[Json], config_maps: Mapping[str, ConfigMap]
) -> dict[str, str]:
    return {
        f"workflow.parameters.{parameter['name']}": _value(
            parameter, config_maps
        )
        for parameter in parameters
    }


def _value(parameter: Json, config_maps: Mapping[str, ConfigMap]) -> str:
    if "value" in parameter:
        return str(parameter["value"])
    source: Json = parameter.get("valueFrom", {})
    reference = source.get("configMapKeyRef")
    if reference is None:
        raise ArgumentError(
            "either value or valueFrom must be specified in order to set "
            f"global parameter {parameter['name']}"
        )
    name, key = reference["name"], reference["key"]
    try:
        return parameter_from_config_map(config_maps, name, key)
    except LookupError as error:
        if "default" in source:
            return str(source["default"])
        raise ArgumentError(
            f"failed to set global parameter {parameter['name']} from "
            f"configmap with name {name} and key {key}: {error.args[0]}"
        ) from None
