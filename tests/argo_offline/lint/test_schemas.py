"""The schemas that lint ships, and how they are made."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator

from argo_offline.lint.fields import (
    SCHEMA_FOLDER,
    SUFFIX,
    kinds,
    validators,
)
from checkout.versions import pinned_versions
from renew_argo_schemas import closed, module_folder_name, pinned_modules

ARGO_WORKFLOWS = (
    f"argo-workflows-{pinned_versions()['ARGO_WORKFLOWS_VERSION']}"
)


def schema(kind: str) -> dict[str, Any]:
    """Load a kind's first schema.

    Args:
        kind: The kind.

    Returns:
        The schema.
    """
    first = next(iter(validators(kind).values()))
    assert isinstance(first.schema, dict)
    return first.schema


def objects(node: object) -> Iterator[dict[str, Any]]:
    """Walk the objects with properties in a schema.

    Args:
        node: A schema or a part of one.

    Yields:
        The schemas of objects.
    """
    if isinstance(node, list):
        for item in node:
            yield from objects(item)
    elif isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and "type" in node:
            yield node
        for item in node.values():
            yield from objects(item)


def retry_validator() -> Draft7Validator:
    """Build a validator of a template's retry strategy.

    Returns:
        The validator.
    """
    spec = schema("WorkflowTemplate")["properties"]["spec"]
    template = spec["properties"]["templates"]["items"]
    return Draft7Validator(template["properties"]["retryStrategy"])


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_schema_is_a_json_schema(kind: str) -> None:
    for validator in validators(kind).values():
        Draft7Validator.check_schema(validator.schema)


@pytest.mark.parametrize("kind", ["Workflow", "WorkflowTemplate", "Sensor"])
def test_objects_with_properties_are_closed(kind: str) -> None:
    still_open = [
        sorted(item["properties"])
        for item in objects(schema(kind))
        if item.get("additionalProperties", True) is True
        and "managedFields" not in item["properties"]
    ]
    assert still_open == []


@pytest.mark.parametrize("limit", [3, "3", "{{inputs.parameters.limit}}"])
def test_retry_limit_is_a_number_or_a_string(limit: object) -> None:
    assert retry_validator().is_valid({"limit": limit})


def test_retry_limit_is_no_list() -> None:
    assert not retry_validator().is_valid({"limit": [3]})


def test_workflow_kinds_come_from_argo_workflows() -> None:
    assert ARGO_WORKFLOWS in validators("CronWorkflow")


def test_the_schemas_are_those_of_the_pinned_versions() -> None:
    folders = {file.parent.name for file in SCHEMA_FOLDER.glob(f"*/*{SUFFIX}")}
    assert folders == {module_folder_name(one) for one in pinned_modules()}


def test_every_folder_of_schemas_is_documented() -> None:
    readme = (SCHEMA_FOLDER / "README.md").read_text()
    for module in pinned_modules():
        assert f"| `{module_folder_name(module)}` | `{module}` |" in readme


def test_kind_without_schema_has_no_validators() -> None:
    assert validators("Deployment") == {}


def test_kind_that_is_a_path_has_no_validators() -> None:
    assert validators(f"../{ARGO_WORKFLOWS}/Workflow") == {}


def test_closing_keeps_objects_that_keep_unknown_fields_open() -> None:
    kept = closed(
        {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "x-kubernetes-preserve-unknown-fields": True,
        }
    )
    assert "additionalProperties" not in kept


def test_closing_drops_descriptions_but_not_a_field_of_that_name() -> None:
    kept = closed(
        {
            "description": "What it is.",
            "properties": {"description": {"type": "string"}},
        }
    )
    assert kept == {
        "additionalProperties": False,
        "properties": {"description": {"type": "string"}},
    }


def test_closing_lets_a_number_or_a_string_be_either() -> None:
    either = {
        "anyOf": [{"type": "integer"}, {"type": "string"}],
        "x-kubernetes-int-or-string": True,
    }
    assert closed(either) == {"type": ["integer", "string"]}


@pytest.mark.parametrize(
    ("module", "folder"),
    [
        (
            "github.com/argoproj/argo-workflows/v3@v3.1.2",
            "argo-workflows-v3.1.2",
        ),
        ("github.com/argoproj/argo-events@v1.0.3", "argo-events-v1.0.3"),
    ],
)
def test_folder_is_named_after_the_module(module: str, folder: str) -> None:
    assert module_folder_name(module) == folder
