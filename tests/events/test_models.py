"""The models of Argo Events' objects."""

import pytest
from pydantic import ValidationError

from events.models.base import Backoff, ObjectMeta, SecretKey
from events.models.pod import PodSecurity
from events.models.sensor import KubernetesTrigger, TriggerTemplate
from events.models.source import EventSourceSpec, Webhook
from events.pods import pod_template

WEBHOOK = Webhook(
    endpoint="/x",
    port="12000",
    auth_secret=SecretKey(name="webhook", key="TOKEN"),
    max_payload_size=1,
)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="endpont"):
        Webhook.model_validate({**WEBHOOK.document(), "endpont": "/"})


def test_fields_are_written_as_kubernetes_reads_them() -> None:
    assert WEBHOOK.document()["authSecret"] == {
        "name": "webhook",
        "key": "TOKEN",
    }


def test_the_trigger_is_written_as_argo_events_reads_it() -> None:
    (alias,) = (
        field.alias
        for field in TriggerTemplate.model_fields.values()
        if field.annotation is KubernetesTrigger
    )
    assert alias == "k8s"


def test_what_is_not_set_is_not_written() -> None:
    assert ObjectMeta(name="x").document() == {"name": "x"}


def test_a_pod_cannot_be_root() -> None:
    with pytest.raises(ValidationError):
        PodSecurity.model_validate({"runAsNonRoot": False})


@pytest.mark.parametrize("count", [0, 2])
def test_a_source_has_one_event(count: int) -> None:
    webhooks = {f"event-{number}": WEBHOOK for number in range(count)}
    with pytest.raises(ValidationError, match="one event"):
        EventSourceSpec(
            event_bus_name="bus",
            template=pod_template("x", "account"),
            webhook=webhooks,
        )


def test_a_backoff_needs_a_number_of_tries() -> None:
    with pytest.raises(ValidationError):
        Backoff.model_validate({"duration": "1s"})
