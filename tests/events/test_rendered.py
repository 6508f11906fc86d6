"""What is rendered for Argo Events: no event lost, and no right too many."""

import json
from typing import Any

import pytest
import yaml

from events.bus import HOURS_OF_EVENTS
from events.webhook import LARGEST_BODY_BYTES
from steps.clients.event_webhook_settings import WebhookSettings
from steps.contract.message_id import PATTERN
from steps.relay.settings import RabbitSettings
from steps.relay.triage import LARGEST_MESSAGE_BYTES
from tests.rendered import objects
from workflows.authoring.workflow_template import (
    KEPT_AFTER_FAILURE_SECONDS,
    KEPT_AFTER_SUCCESS_SECONDS,
)

Document = dict[str, Any]
SECONDS_PER_HOUR = 3_600
DISCARD_NEW = 1
LONGEST_WAIT_FOR_A_BROKEN_API_SERVER = 15 * 60


def of_kind(kind: str) -> list[Document]:
    return [one for one in objects() if one["kind"] == kind]


def named(kind: str, name: str) -> Document:
    (found,) = (
        one for one in of_kind(kind) if one["metadata"]["name"] == name
    )
    return found


def name_of(document: Document) -> str:
    name: str = document["metadata"]["name"]
    return name


LABELS = "metadata.labels."
every_sensor = pytest.mark.parametrize(
    "sensor", of_kind("Sensor"), ids=name_of
)
every_source = pytest.mark.parametrize(
    "source", of_kind("EventSource"), ids=name_of
)
every_bus = pytest.mark.parametrize("bus", of_kind("EventBus"))


def buses() -> dict[int, Document]:
    return {
        one["spec"]["jetstream"]["replicas"]: one
        for one in of_kind("EventBus")
    }


@every_bus
def test_a_full_bus_refuses_events_and_loses_none(bus: Document) -> None:
    stream = yaml.safe_load(bus["spec"]["jetstream"]["streamConfig"])
    assert stream["discard"] == DISCARD_NEW
    assert isinstance(stream["maxBytes"], int)


def terms(affinity: Document) -> dict[str, str]:
    """List what keeps pods apart, by their labels."""
    return {
        term["podAffinityTerm"]["topologyKey"]: str(
            term["podAffinityTerm"]["labelSelector"]["matchLabels"]
        )
        for term in affinity["podAntiAffinity"][
            "preferredDuringSchedulingIgnoredDuringExecution"
        ]
    }


@every_bus
def test_the_servers_of_the_bus_are_kept_apart(bus: Document) -> None:
    labels = str({"eventbus-name": bus["metadata"]["name"]})
    assert terms(bus["spec"]["jetstream"]["affinity"]) == {
        "kubernetes.io/hostname": labels,
        "topology.kubernetes.io/zone": labels,
    }


def test_the_relays_are_kept_apart() -> None:
    (relay,) = of_kind("Deployment")
    pod = relay["spec"]["template"]
    labels = str({"app.kubernetes.io/name": relay["metadata"]["name"]})
    assert terms(pod["spec"]["affinity"]) == {
        "kubernetes.io/hostname": labels,
        "topology.kubernetes.io/zone": labels,
    }


def test_there_is_a_bus_of_three_and_a_bus_of_one() -> None:
    assert buses().keys() == {3, 1}


def test_the_bus_of_three_has_volumes() -> None:
    assert buses()[3]["spec"]["jetstream"]["persistence"]["volumeSize"]


@every_bus
def test_a_stream_has_as_many_copies_as_the_bus_has_servers(
    bus: Document,
) -> None:
    jetstream = bus["spec"]["jetstream"]
    stream = yaml.safe_load(jetstream["streamConfig"])
    assert stream["replicas"] == jetstream["replicas"]


@every_bus
def test_a_bus_is_chosen_by_a_value_of_the_chart(bus: Document) -> None:
    variant = bus["metadata"]["annotations"]["moderate.eu/variant"]
    assert variant in {"eventBus=production", "eventBus=development"}


def test_a_workflow_is_kept_longer_than_an_event() -> None:
    kept = min(KEPT_AFTER_SUCCESS_SECONDS, KEPT_AFTER_FAILURE_SECONDS)
    assert kept > HOURS_OF_EVENTS * SECONDS_PER_HOUR


@every_sensor
def test_each_value_goes_to_a_parameter_of_the_workflow(
    sensor: Document,
) -> None:
    (trigger,) = sensor["spec"]["triggers"]
    for template in (trigger["template"], trigger["dlqTrigger"]["template"]):
        k8s = template["k8s"]
        spec = k8s["source"]["resource"]["spec"]
        parameters = spec["arguments"]["parameters"]
        filled = {
            f"spec.arguments.parameters.{index}.value"
            for index, parameter in enumerate(parameters)
            if not parameter["value"]
        }
        arguments = {
            one["dest"]
            for one in k8s["parameters"]
            if not one["dest"].startswith(LABELS)
        }
        assert arguments == filled


@pytest.mark.parametrize("name", ["matrix-profile", "matrix-profile-amqp"])
def test_a_message_s_id_is_a_label_and_an_argument_or_nothing(
    name: str,
) -> None:
    (trigger,) = named("Sensor", name)["spec"]["triggers"]
    k8s = trigger["template"]["k8s"]
    sources = {one["dest"]: one["src"] for one in k8s["parameters"]}
    label = sources[rf"{LABELS}moderate\.eu/message-id"]
    parameters = k8s["source"]["resource"]["spec"]["arguments"]["parameters"]
    place = [one["name"] for one in parameters].index("message_id")
    assert label == sources[f"spec.arguments.parameters.{place}.value"]
    assert f'regexFind "^{PATTERN}$"' in label["dataTemplate"]
    assert label["value"] == ""


@every_sensor
def test_a_sensor_outlasts_an_upgrade_of_the_api_server(
    sensor: Document,
) -> None:
    (trigger,) = sensor["spec"]["triggers"]
    tries = trigger["dlqTrigger"]["retryStrategy"]
    seconds = tries["steps"] * int(tries["duration"].removesuffix("s"))
    assert tries["factor"] == 1
    assert seconds >= LONGEST_WAIT_FOR_A_BROKEN_API_SERVER


def test_sensors_may_create_workflows_and_nothing_else() -> None:
    accounts = {
        sensor["spec"]["template"]["serviceAccountName"]
        for sensor in of_kind("Sensor")
    }
    (account,) = accounts
    assert named("Role", account)["rules"] == [
        {
            "apiGroups": ["argoproj.io"],
            "resources": ["workflows"],
            "verbs": ["create"],
        }
    ]


@pytest.mark.parametrize("kind", ["EventSource", "EventBus", "Deployment"])
def test_no_other_pod_has_any_right(kind: str) -> None:
    bound = {
        subject["name"]
        for binding in of_kind("RoleBinding")
        for subject in binding["subjects"]
    }
    for one in of_kind(kind):
        spec = one["spec"]
        pod = spec.get("jetstream") or spec["template"]
        account = pod.get("spec", pod)["serviceAccountName"]
        assert account not in bound
        rendered = named("ServiceAccount", account)
        assert rendered["automountServiceAccountToken"] is False


@every_source
def test_an_object_names_the_services_that_it_needs(source: Document) -> None:
    assert source["metadata"]["annotations"]["moderate.eu/services"]


def test_the_webhook_is_where_its_clients_look() -> None:
    source = named("EventSource", "matrix-profile")
    (webhook,) = source["spec"]["webhook"].values()
    (port,) = source["spec"]["service"]["ports"]
    field = WebhookSettings.model_fields["matrix_profile_webhook_url"]
    assert str(field.default) == (
        f"http://{name_of(source)}-eventsource-svc:{port['port']}"
        f"{webhook['endpoint']}"
    )
    assert str(port["targetPort"]) == webhook["port"]


@every_source
def test_the_token_comes_from_the_secret_of_the_webhooks(
    source: Document,
) -> None:
    for webhook in source["spec"].get("webhook", {}).values():
        assert webhook["authSecret"] == {
            "name": "moderate-workflows-webhook",
            "key": "WEBHOOK_TOKEN",
        }


def test_the_largest_message_fits_into_the_webhook() -> None:
    worst = json.dumps(
        {"job_id": str(2**63), "message": "\x01" * LARGEST_MESSAGE_BYTES}
    )
    assert len(worst) < LARGEST_BODY_BYTES


def test_the_other_source_reads_the_queue_of_the_platform() -> None:
    source = named("EventSource", "matrix-profile-amqp")
    (amqp,) = source["spec"]["amqp"].values()
    queue = RabbitSettings.model_fields["matrix_profile_queue"].default
    assert amqp["queueDeclare"] == {"name": queue, "durable": True}
    assert amqp["consume"]["autoAck"] is False
    assert "url" not in amqp


def test_the_other_source_is_not_installed_beside_the_relay() -> None:
    variants = {
        one["metadata"]["annotations"]["moderate.eu/variant"]
        for one in (
            named("EventSource", "matrix-profile-amqp"),
            named("Sensor", "matrix-profile-amqp"),
            named("Deployment", "matrix-profile-relay"),
            named("PodDisruptionBudget", "matrix-profile-relay"),
        )
    }
    assert variants == {"rabbitmq.source=amqp", "rabbitmq.source=relay"}
