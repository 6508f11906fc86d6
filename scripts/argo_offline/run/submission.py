"""The workflow as it is submitted: arguments, identity, variables, faults."""

import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from argo_offline.errors import ArgumentError, ManifestError
from argo_offline.go_values import go_json, go_quote, sorted_json
from argo_offline.lint import SUBMISSION_RULES
from argo_offline.manifests.folder import Folder, Source
from argo_offline.manifests.tags import split_tags
from argo_offline.run.cluster import ConfigMap, parameter_from_config_map
from argo_offline.run.manifest import (
    API_VERSION,
    Manifest,
    TemplateIndex,
    refuse_faults,
)
from argo_offline.run.nodes import Json, rfc3339

_FORMATS = "aAbBcCdHIjmMpSTuUwWxXyYzZ"


@dataclass(frozen=True)
class _Identity:
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
    identity: _Identity, spec: Json, config_maps: Mapping[str, ConfigMap]
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


TEMPLATE_LABEL = "workflows.argoproj.io/workflow-template"
_PARAMETERS = "workflow.parameters."
_NAME_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789"
_NAME_LENGTH = 5


@dataclass(frozen=True)
class _Submission:
    """A workflow that was submitted.

    Attributes:
        home: Its manifest, with what its reference adds.
        spec: Its spec, with the submitted arguments.
        identity: Its name, labels and the like.
    """

    home: Manifest
    spec: Json
    identity: _Identity


def submit(
    manifests: Sequence[Manifest], given: Mapping[str, str], namespace: str
) -> _Submission:
    """Submits a workflow.

    Args:
        manifests: The Workflow or WorkflowTemplate, and after it those that
            it refers to.
        given: The submitted parameters by name.
        namespace: The namespace.

    Returns:
        The submitted workflow.

    Raises:
        ArgumentError: An argument is not declared, missing or not allowed.
        ManifestError: Its workflow template is not among the manifests.
    """
    home = _with_reference(manifests[0], manifests)
    declared = home.spec.get("arguments", {}).get("parameters", [])
    merged = {"parameters": _merged(declared, given)}
    spec = {**home.spec, "arguments": merged}
    return _Submission(home, spec, _identity(home, spec, namespace))


def refuse_submission(
    submission: _Submission,
    manifests: Sequence[Manifest],
    variables: Mapping[str, str],
) -> None:
    """Refuses what Argo refuses of a workflow with its values put in.

    Args:
        submission: The workflow.
        manifests: All manifests of the run.
        variables: The workflow's variables.

    Raises:
        ManifestError: There is a fault, or a value cannot be put in.
    """
    home, identity = submission.home, submission.identity
    templates = _with_values(home, variables)
    spec = {**submission.spec, "templates": templates}
    labels = dict(identity.labels), dict(identity.annotations)
    documents = [
        _document("Workflow", home.name, spec, *labels),
        *(
            _document(item.kind, item.name, item.spec, {}, {})
            for item in manifests
            if item.kind == "WorkflowTemplate" and item.name != home.name
        ),
    ]
    source = Source(Path(home.source), documents=tuple(documents))
    refuse_faults(Folder((source,)), SUBMISSION_RULES)


def _document(
    kind: str, name: str, spec: Json, labels: Json, annotations: Json
) -> Json:
    return {
        "apiVersion": API_VERSION,
        "kind": kind,
        "metadata": {
            "name": name,
            "labels": labels,
            "annotations": annotations,
        },
        "spec": {k: v for k, v in spec.items() if k != "workflowTemplateRef"},
    }


def _with_values(home: Manifest, variables: Mapping[str, str]) -> list[Json]:
    """Puts parameters into templates as text: a value may hold tags."""
    pieces = []
    for literal, tag in split_tags(go_json(home.spec.get("templates", []))):
        pieces.append(literal)
        name = (tag or "").strip()
        if name.startswith(_PARAMETERS) and name in variables:
            pieces.append(go_quote(variables[name]))
        elif tag is not None:
            pieces.append(f"{{{{{tag}}}}}")
    try:
        templates: list[Json] = json.loads("".join(pieces))
    except ValueError:
        raise ManifestError(
            f"{home.source}: the value of a parameter holds a control "
            "character that Argo cannot put into a template (the result was "
            "invalid JSON)"
        ) from None
    return templates


def _with_reference(
    manifest: Manifest, manifests: Sequence[Manifest]
) -> Manifest:
    reference = manifest.spec.get("workflowTemplateRef")
    if reference is None:
        return manifest
    index = TemplateIndex.of(manifest, manifests)
    template = index.workflow_template(str(reference.get("name", "")))
    merged = {**template.spec, **manifest.spec}
    own = manifest.spec.get("arguments", {}).get("parameters", [])
    named = {parameter["name"] for parameter in own}
    declared = template.spec.get("arguments", {}).get("parameters", [])
    merged["arguments"] = {
        "parameters": [*own, *(p for p in declared if p["name"] not in named)]
    }
    return replace(manifest, spec=merged)


def _merged(declared: list[Json], given: Mapping[str, str]) -> list[Json]:
    names = [parameter["name"] for parameter in declared]
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ArgumentError(
            f"the workflow does not declare {', '.join(unknown)}; "
            f"it takes {', '.join(names) or 'no arguments'}"
        )
    merged = [_submitted(parameter, given) for parameter in declared]
    for parameter in merged:
        _check(parameter)
    return merged


def _submitted(parameter: Json, given: Mapping[str, str]) -> Json:
    name = parameter["name"]
    if name not in given:
        return parameter
    rest = {k: v for k, v in parameter.items() if k != "valueFrom"}
    return {**rest, "value": given[name]}


def _check(parameter: Json) -> None:
    place = f"spec.arguments.{parameter['name']}"
    if "value" not in parameter and "valueFrom" not in parameter:
        raise ArgumentError(
            f"{place}.value or {place}.valueFrom is required; submit a value "
            f"for {parameter['name']}"
        )
    allowed = parameter.get("enum")
    if allowed is not None and parameter.get("value") not in allowed:
        raise ArgumentError(
            f"{place}.value should be present in {place}.enum list: "
            f"{', '.join(map(str, allowed))}"
        )


def _identity(home: Manifest, spec: Json, namespace: str) -> _Identity:
    metadata = spec.get("workflowMetadata", {})
    labels, annotations = dict(home.labels), dict(home.annotations)
    if home.kind == "WorkflowTemplate":
        labels, annotations = {TEMPLATE_LABEL: home.name}, {}
    return _Identity(
        name=_run_name(home),
        uid=str(uuid.uuid4()),
        namespace=namespace,
        created=datetime.now(UTC),
        labels={**labels, **metadata.get("labels", {})},
        annotations={**annotations, **metadata.get("annotations", {})},
    )


def _run_name(manifest: Manifest) -> str:
    if manifest.is_named:
        return manifest.name
    suffix = (secrets.choice(_NAME_CHARACTERS) for _ in range(_NAME_LENGTH))
    return f"{manifest.name}-{''.join(suffix)}"
