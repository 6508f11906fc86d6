"""The relay's Deployment fits the relay."""

from functools import cache
from typing import Any

import pytest

from steps.clients.event_webhook import TIMEOUT_SECONDS
from steps.clients.event_webhook_settings import WebhookSettings
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.settings import ServiceSettings
from steps.relay.session import SHUTDOWN_SECONDS
from steps.relay.settings import PORT, RabbitSettings, RelaySettings
from tests.rendered import objects

NAME = "matrix-profile-relay"


@cache
def rendered(kind: str) -> dict[str, Any]:
    (found,) = (
        one
        for one in objects()
        if (one["kind"], one["metadata"]["name"]) == (kind, NAME)
    )
    return found


def pod() -> dict[str, Any]:
    template: dict[str, Any] = rendered("Deployment")["spec"]["template"]
    return template


def container() -> dict[str, Any]:
    (only,) = pod()["spec"]["containers"]
    return dict(only)


@pytest.mark.parametrize(
    "settings",
    [RabbitSettings, WebhookSettings, PlatformApiSettings],
)
def test_the_relay_gets_the_settings_that_it_reads(
    settings: type[ServiceSettings],
) -> None:
    environment = {one["name"]: one["valueFrom"] for one in container()["env"]}
    for variable in settings.variables():
        secret = settings.is_secret(variable)
        (kind,) = environment[variable]
        assert kind == ("secretKeyRef" if secret else "configMapKeyRef")


def test_two_relays_run_and_one_of_them_may_be_away() -> None:
    assert rendered("Deployment")["spec"]["replicas"] == 2
    assert rendered("PodDisruptionBudget")["spec"]["maxUnavailable"] == 1


def test_the_budget_and_the_deployment_mean_the_same_pods() -> None:
    selector = rendered("Deployment")["spec"]["selector"]
    assert rendered("PodDisruptionBudget")["spec"]["selector"] == selector
    assert selector["matchLabels"].items() <= (
        pod()["metadata"]["labels"].items()
    )


def test_the_relay_has_the_time_to_finish_what_it_has_in_hand() -> None:
    grace = pod()["spec"]["terminationGracePeriodSeconds"]
    assert grace > SHUTDOWN_SECONDS + TIMEOUT_SECONDS


@pytest.mark.parametrize(
    ("probe", "path"),
    [("readinessProbe", "/ready"), ("livenessProbe", "/live")],
)
def test_the_probes_are_those_of_the_relay(probe: str, path: str) -> None:
    (port,) = container()["ports"]
    assert port == {"name": "probes", "containerPort": PORT}
    assert container()[probe]["httpGet"] == {"path": path, "port": "probes"}


def test_the_port_is_the_default_of_the_settings() -> None:
    assert RelaySettings.model_fields["relay_port"].default == PORT
