"""Wrong values are refused readably, and right ones are documented."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest

from checkout.images import MATRIX_PROFILE
from checkout.paths import ROOT
from steps.clients.event_webhook_settings import WebhookSettings
from steps.clients.keycloak_settings import KeycloakSettings
from steps.clients.object_store import BucketSettings
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.settings import ServiceSettings
from steps.dataset_from_git.settings import GitSettings
from steps.matrix_profile.settings import MatrixProfileSettings
from steps.relay.settings import RabbitSettings
from tests.chart.helm import (
    CHART,
    RefusedError,
    default_values,
    template,
)

SCHEMA = json.loads((CHART / "values.schema.json").read_text("utf-8"))
VALUES = (CHART / "values.yaml").read_text("utf-8")
DOCUMENTATION = (ROOT / "docs/deploy.md").read_text("utf-8")
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]*)` \| (.+) \|$", re.MULTILINE)
KEY = re.compile(r"^( *)([\w-]+):(.*)$")
FOR_SUBCHARTS = "global"
NAMED_BY_OPERATORS = "datasets"
SECRET_VALUE = "5ec3e7-s3cr3t"
CLASSES: tuple[type[ServiceSettings], ...] = (
    BucketSettings,
    KeycloakSettings,
    GitSettings,
    MatrixProfileSettings,
    WebhookSettings,
    OpenMetadataSettings,
    PlatformApiSettings,
    PostgresSettings,
    RabbitSettings,
)
# The chart sets them from images.matrixProfile and from datasets.
SET_ELSEWHERE = {MATRIX_PROFILE.variable, "DATASETS_LIST"}

every_class = pytest.mark.parametrize(
    "settings", CLASSES, ids=[kind.service for kind in CLASSES]
)


def leaves(
    values: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[str, Any]]:
    """List values by their paths with dots."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield ".".join((*path, key)), value


def documented() -> dict[str, Any]:
    """Read the table of values in the documentation."""
    return {
        path: json.loads(default)
        for path, default, _ in ROW.findall(DOCUMENTATION)
    }


def objects_of(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """List the objects with properties in a schema."""
    if "properties" in schema:
        yield schema
        for part in schema["properties"].values():
            yield from objects_of(part)


def nested(path: str, value: object) -> dict[str, Any]:
    """Make values with one value in them."""
    *above, last = path.split(".")
    values: dict[str, Any] = {last: value}
    for key in reversed(above):
        values = {key: values}
    return values


def service_of(kind: type[ServiceSettings]) -> Mapping[str, Any]:
    """Read the schema of a service."""
    services = SCHEMA["properties"]["services"]["properties"]
    schema: Mapping[str, Any] = services[kind.service]["properties"]
    return schema


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("eventBus", "huge", "must be one of 'production', 'development'"),
        ("images.steps", "steps", "'steps' does not match"),
        ("images.steps", "steps:latest", "a tag that is never moved"),
        ("images.matrixProfile", 5, "got number, want string"),
        ("networkPolicies.services.cidrs", ["here"], "'here' does not match"),
        ("networkPolicies.services.ports", [0], "got 0, want 1"),
        ("networkPolicies.webhookCallers", [{}], "minProperties"),
        ("limits.trustRequests", 0, "got 0, want 1"),
        ("limits.trustRequests", 14, "got 14, want 13"),
        ("podDisruptionBudgets.enabled", "yes", "want boolean"),
        ("rabbitmq.source", "post", "must be one of 'relay', 'amqp'"),
        ("services.fax", {}, "'fax' not allowed"),
        ("services.s3.enabled", "true", "got string, want boolean"),
        ("services.s3.settings.S3_REGON", "x", "'S3_REGON' not allowed"),
        ("services.s3.settings.S3_ENDPOINT_URL", "s3:9000", "does not match"),
        (
            "services.s3.settings.S3_ENDPOINT_URL",
            "https://user:x@s3.example.org",
            "does not match",
        ),
        (
            "services.s3.settings.S3_JOB_OUTPUTS_BUCKET_NAME",
            "",
            "does not match",
        ),
        ("services.s3.secret", {"S3_KEY": "x"}, "'S3_KEY' not allowed"),
        ("services.s3.existingSecret", False, "Fill in services.s3.secret"),
        (
            "services.rabbitmq.secret",
            {"RABBIT_URL": "x"},
            "Set existingSecret to false",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_its_place_or_a_sentence(
    path: str, value: object, complaint: str
) -> None:
    with pytest.raises(RefusedError, match=re.escape(complaint)) as refused:
        template(nested(path, value))
    place = path.replace(".", "/")
    above = place.rpartition("/")[0]
    named = (place, above, path.rpartition(".")[0])
    assert any(name in str(refused.value) for name in named)


@pytest.mark.parametrize("value", [[SECRET_VALUE], {"x": SECRET_VALUE}])
def test_a_refused_secret_is_not_repeated(value: object) -> None:
    with pytest.raises(RefusedError) as refused:
        template(nested("services.s3.secret.S3_SECRET_ACCESS_KEY", value))
    assert SECRET_VALUE not in str(refused.value)


def test_the_schema_closes_every_object() -> None:
    assert all(
        schema.get("additionalProperties") is False
        for schema in objects_of(SCHEMA)
    )


def test_the_schema_has_the_values_and_no_others() -> None:
    def keys(
        schema: Mapping[str, Any], path: tuple[str, ...] = ()
    ) -> Iterator[str]:
        for key, part in schema["properties"].items():
            if "properties" in part and key != "secret":
                yield from keys(part, (*path, key))
            else:
                yield ".".join((*path, key))

    known = set(keys(SCHEMA)) - {FOR_SUBCHARTS}
    assert known == {
        NAMED_BY_OPERATORS
        if path.startswith(f"{NAMED_BY_OPERATORS}.")
        else path
        for path, _ in leaves(default_values())
    }


def test_every_value_is_documented_with_its_default() -> None:
    assert documented() == dict(leaves(default_values()))


def test_every_value_has_a_comment() -> None:
    lines = VALUES.splitlines()
    leaf_keys = {
        path.rpartition(".")[2] for path, _ in leaves(default_values())
    }
    assert [
        line
        for above, line in pairwise(lines)
        if (key := KEY.match(line))
        and key[2] in leaf_keys
        and not above.lstrip().startswith("#")
    ] == []


@every_class
def test_a_service_takes_the_settings_that_the_steps_read(
    settings: type[ServiceSettings],
) -> None:
    assert (
        service_of(settings)["settings"]["properties"].keys()
        == {
            name
            for name in settings.variables()
            if not settings.is_secret(name)
        }
        - SET_ELSEWHERE
    )


@every_class
def test_a_service_takes_the_credentials_that_the_steps_read(
    settings: type[ServiceSettings],
) -> None:
    secret = service_of(settings).get("secret", {"properties": {}})
    assert secret["properties"].keys() == {
        name for name in settings.variables() if settings.is_secret(name)
    }


def test_every_service_belongs_to_settings_that_steps_read() -> None:
    assert default_values()["services"].keys() == {
        kind.service for kind in CLASSES
    }


@every_class
def test_a_default_is_the_one_of_the_steps(
    settings: type[ServiceSettings],
) -> None:
    given = default_values()["services"][settings.service]["settings"]
    assert {
        name: value
        for name, value in given.items()
        if value and value != settings.variables()[name].default
    } == {}
