"""The rendered files reach the cluster as they are, or not at all."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, get_args

import pytest

from events.relay import IMAGE as RELAY_IMAGE
from steps.connections.check import Service
from tests.chart.helm import (
    Object,
    RefusedError,
    annotation,
    default_values,
    named,
    of_kind,
    rendered_files,
    service_names,
    template,
    without,
)
from workflows.authoring.names import SERVICES_ANNOTATION

VARIANT_ANNOTATION = "moderate.eu/variant"
OTHER_VARIANTS: dict[str, Any] = {
    "eventBus": "development",
    "rabbitmq": {"source": "amqp"},
}
STEPS_IMAGE = "registry.example/steps:1.2.3"
PULL_SECRET = "registry-login"
RELEASE_LABELS = {
    "app.kubernetes.io/instance": "moderate",
    "app.kubernetes.io/version": "0.1.0",
    "app.kubernetes.io/managed-by": "Helm",
    "helm.sh/chart": "moderate-workflows-0.1.0",
}
KINDS = {item["kind"] for item in rendered_files().values()}


def identity(item: Object) -> tuple[str, str]:
    """Name the object."""
    return item["kind"], item["metadata"]["name"]


def files_as_installed(image: str) -> Iterator[Object]:
    """Read the rendered files, with the one thing that the chart fills in."""
    for item in rendered_files().values():
        if item["kind"] == "Deployment":
            for container in item["spec"]["template"]["spec"]["containers"]:
                assert container["image"] == RELAY_IMAGE
                container["image"] = image
        yield item


def plain(item: Object) -> Object:
    """Copy an object without what the chart adds to each."""
    copy = deepcopy(item)
    for label in RELEASE_LABELS:
        copy["metadata"]["labels"].pop(label, None)
    if copy["kind"] == "Deployment":
        del copy["spec"]["template"]["metadata"]["annotations"]
    return copy


def holds(variant: str) -> bool:
    """Return whether a variant is chosen by the default values."""
    path, _, wanted = variant.partition("=")
    value: Any = default_values()
    for key in path.split("."):
        value = value[key]
    return str(value) == wanted


def services_of(objects: list[Object]) -> set[str]:
    """List the services that objects need."""
    return {
        service
        for item in objects
        for service in annotation(item, SERVICES_ANNOTATION)
    }


def test_a_rendered_file_is_installed_as_it_is() -> None:
    objects = template({"images": {"steps": STEPS_IMAGE}})
    found = {
        identity(item): plain(item)
        for item in objects
        if item["kind"] in KINDS
    }
    expected = {
        identity(item): item
        for item in files_as_installed(STEPS_IMAGE)
        if all(map(holds, annotation(item, VARIANT_ANNOTATION)))
    }
    assert {key: found.get(key) for key in expected} == expected


@pytest.mark.parametrize("values", [{}, OTHER_VARIANTS])
def test_every_object_has_the_standard_labels(values: dict[str, Any]) -> None:
    objects = template({**values, "monitoring": {"alerts": {"enabled": True}}})
    assert [
        identity(item)
        for item in objects
        if not RELEASE_LABELS.items() <= item["metadata"]["labels"].items()
    ] == []


def test_text_that_helm_could_read_is_left_alone(
    installed: list[Object],
) -> None:
    workflow = named(installed, "WorkflowTemplate", "matrix-profile")
    assert "{{workflow.parameters.message}}" in str(workflow)


@pytest.mark.parametrize("values", [{}, OTHER_VARIANTS])
def test_every_object_is_installed_once(values: dict[str, Any]) -> None:
    objects = [identity(item) for item in template(values)]
    assert len(objects) == len(set(objects))


def test_every_rendered_file_is_installed_by_some_values(
    installed: list[Object],
) -> None:
    found = [
        plain(item)
        for item in (*installed, *template(OTHER_VARIANTS))
        if item["kind"] in KINDS
    ]
    assert [
        name
        for name, item in rendered_files().items()
        if item["kind"] != "Deployment" and item not in found
    ] == []


@pytest.mark.parametrize("service", service_names())
def test_what_needs_a_service_is_not_installed_without_it(
    service: str,
) -> None:
    assert service not in services_of(template(without(service)))


@pytest.mark.parametrize("service", service_names())
def test_every_service_is_needed_or_asked_for_by_something(
    service: str, installed: list[Object]
) -> None:
    assert service in services_of(installed) | set(get_args(Service))


@pytest.mark.parametrize("service", service_names())
def test_a_service_that_is_off_leaves_no_setting_behind(service: str) -> None:
    settings = default_values()["services"][service]["settings"]
    config = named(
        template(without(service)), "ConfigMap", "moderate-workflows"
    )
    assert settings.keys().isdisjoint(config["data"])


def test_without_services_only_what_needs_none_can_run(
    nothing: list[Object],
) -> None:
    assert services_of(nothing) == set()


def test_the_check_can_run_without_services(nothing: list[Object]) -> None:
    assert named(nothing, "WorkflowTemplate", "check-connections")


def test_without_services_nothing_runs_by_itself(
    nothing: list[Object],
) -> None:
    kinds = {"CronWorkflow", "Deployment", "EventBus", "EventSource", "Sensor"}
    assert kinds.isdisjoint(item["kind"] for item in nothing)


@pytest.mark.parametrize(
    ("value", "replicas"), [("production", 3), ("development", 1)]
)
def test_the_bus_is_of_the_chosen_size(value: str, replicas: int) -> None:
    (bus,) = of_kind(template({"eventBus": value}), "EventBus")
    assert bus["spec"]["jetstream"]["replicas"] == replicas


def test_the_amqp_source_takes_the_place_of_the_relay() -> None:
    objects = template({"rabbitmq": {"source": "amqp"}})
    assert of_kind(objects, "Deployment") == []
    assert named(objects, "EventSource", "matrix-profile-amqp")


def test_the_relay_runs_the_image_of_the_steps() -> None:
    (relay,) = of_kind(
        template({"images": {"steps": STEPS_IMAGE}}), "Deployment"
    )
    (container,) = relay["spec"]["template"]["spec"]["containers"]
    assert container["image"] == STEPS_IMAGE


def test_every_account_pulls_with_the_secrets_that_are_named() -> None:
    objects = template({"images": {"pullSecrets": [PULL_SECRET]}})
    assert all(
        item["imagePullSecrets"] == [{"name": PULL_SECRET}]
        for item in of_kind(objects, "ServiceAccount")
    )


def test_budgets_can_be_left_out() -> None:
    objects = template({"podDisruptionBudgets": {"enabled": False}})
    assert of_kind(objects, "PodDisruptionBudget") == []


def test_policies_can_be_left_out() -> None:
    objects = template({"networkPolicies": {"enabled": False}})
    assert of_kind(objects, "NetworkPolicy") == []


def test_no_object_names_a_namespace(installed: list[Object]) -> None:
    assert [
        identity(item) for item in installed if "namespace" in item["metadata"]
    ] == []


def test_unknown_values_are_refused() -> None:
    with pytest.raises(RefusedError, match="'servces' not allowed"):
        template({"servces": {}})
