"""Alerts and dashboard are installed when wanted, as they are rendered."""

import json
from typing import Any

import pytest
import yaml

from checkout.paths import MONITORING
from tests.chart.helm import (
    Object,
    named,
    of_kind,
    service_names,
    template,
    without,
)

PEER = {"podSelector": {"matchLabels": {"app": "prometheus"}}}
ON: dict[str, Any] = {
    "monitoring": {
        "alerts": {"enabled": True, "labels": {"release": "monitoring"}},
        "dashboard": {"enabled": True},
        "relay": {"enabled": True, "scrapers": [PEER]},
    }
}
KINDS = {"PrometheusRule", "PodMonitor"}
DASHBOARD = "moderate-workflows-dashboard"
RELAY_METRICS = "moderate-workflows-relay-metrics"


@pytest.fixture(scope="module")
def watched() -> list[Object]:
    """What the chart installs with all of it switched on."""
    return template(ON)


def rendered_rules() -> dict[str, Object]:
    """Read the rendered alerts by name."""
    read = [
        yaml.safe_load(file.read_text("utf-8"))
        for file in MONITORING.glob("*.prometheusrule.yaml")
    ]
    return {one["metadata"]["name"]: one for one in read}


def test_nothing_of_it_is_installed_by_default(
    installed: list[Object],
) -> None:
    assert KINDS.isdisjoint(item["kind"] for item in installed)
    assert not any(
        item["metadata"]["name"] in {DASHBOARD, RELAY_METRICS}
        for item in installed
    )


def test_the_alerts_are_those_that_are_rendered(
    watched: list[Object],
) -> None:
    assert {
        item["metadata"]["name"]: item["spec"]
        for item in of_kind(watched, "PrometheusRule")
    } == {name: item["spec"] for name, item in rendered_rules().items()}


def test_the_alerts_have_the_labels_of_the_operator(
    watched: list[Object],
) -> None:
    for item in of_kind(watched, "PrometheusRule"):
        assert item["metadata"]["labels"]["release"] == "monitoring"


@pytest.mark.parametrize("service", service_names())
def test_what_is_not_installed_has_no_alert(service: str) -> None:
    objects = template({**ON, **without(service)})
    for item in of_kind(objects, "PrometheusRule"):
        annotations = item["metadata"].get("annotations", {})
        services = annotations.get("moderate.eu/services", "").split(",")
        assert service not in services


def test_without_the_relay_it_has_no_monitor() -> None:
    objects = template({**ON, "rabbitmq": {"source": "amqp"}})
    names = {item["metadata"]["name"] for item in of_kind_of_ours(objects)}
    assert "moderate-workflows-relay" not in names


def of_kind_of_ours(objects: list[Object]) -> list[Object]:
    """Select what is for Prometheus' operator."""
    return [item for item in objects if item["kind"] in KINDS]


def test_the_dashboard_is_the_rendered_one(watched: list[Object]) -> None:
    item = named(watched, "ConfigMap", DASHBOARD)
    (text,) = item["data"].values()
    file = MONITORING / "moderate-workflows.dashboard.json"
    assert json.loads(text) == json.loads(file.read_text("utf-8"))
    assert item["metadata"]["labels"]["grafana_dashboard"] == "1"


def test_a_label_of_the_dashboard_can_be_changed() -> None:
    labels = {"grafana_dashboard": "yes", "team": "data"}
    values = {"dashboard": {"enabled": True, "labels": labels}}
    item = named(template({"monitoring": values}), "ConfigMap", DASHBOARD)
    assert labels.items() <= item["metadata"]["labels"].items()


def test_the_monitor_reads_the_relay_s_port(watched: list[Object]) -> None:
    (monitor,) = of_kind(watched, "PodMonitor")
    (relay,) = of_kind(watched, "Deployment")
    pod = relay["spec"]["template"]
    (port,) = pod["spec"]["containers"][0]["ports"]
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert endpoint == {"port": port["name"], "path": "/metrics"}
    wanted = monitor["spec"]["selector"]["matchLabels"]
    assert wanted.items() <= pod["metadata"]["labels"].items()


def test_only_those_that_are_named_reach_the_relay_s_metrics(
    watched: list[Object],
) -> None:
    policy = named(watched, "NetworkPolicy", RELAY_METRICS)
    (rule,) = policy["spec"]["ingress"]
    assert rule == {"from": [PEER], "ports": [{"port": 8080}]}
