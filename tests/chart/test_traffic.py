"""Who may talk to whom, by the network policies of the chart."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.chart.helm import Object, of_kind, template

PART_OF = {"app.kubernetes.io/part-of": "moderate-workflows"}
BUS = {**PART_OF, "eventbus-name": "moderate-workflows"}
CHECK = {**PART_OF, "app.kubernetes.io/name": "moderate-workflows"}
RELAY = {**PART_OF, "app.kubernetes.io/name": "matrix-profile-relay"}
SENSOR = {**PART_OF, "sensor-name": "matrix-profile"}
SOURCE = {**PART_OF, "eventsource-name": "matrix-profile"}
STEP = {**PART_OF, "workflows.argoproj.io/workflow": "matrix-profile-x"}
FOREIGN_POD = {"app": "foreign"}
OURS = {
    "bus": BUS,
    "check": CHECK,
    "relay": RELAY,
    "sensor": SENSOR,
    "source": SOURCE,
    "step": STEP,
}
SERVICE = "203.0.113.7/32"
API_SERVER = "10.0.0.1/32"
DNS = {"kubernetes.io/metadata.name": "kube-system"}
CONFINED: dict[str, Any] = {
    "networkPolicies": {
        "services": {"cidrs": [SERVICE], "ports": [443]},
        "apiServer": {"cidrs": [API_SERVER], "ports": [6443]},
    }
}

Labels = Mapping[str, str]

every_pod = pytest.mark.parametrize("pod", OURS)


@pytest.fixture(scope="module")
def policies() -> list[Object]:
    """The policies, with the outside confined to one address each."""
    return of_kind(template(CONFINED), "NetworkPolicy")


def selects(selector: Object, labels: Labels) -> bool:
    """Return whether a selector selects a pod or a namespace."""
    wanted: Labels = selector.get("matchLabels", {})
    present = {"Exists": True, "DoesNotExist": False}
    return wanted.items() <= labels.items() and all(
        (item["key"] in labels) is present[item["operator"]]
        for item in selector.get("matchExpressions", [])
    )


def rules(policies: list[Object], pod: Labels, way: str) -> list[Object]:
    """List what lets traffic of one direction through, for a pod."""
    chosen = [
        policy["spec"]
        for policy in policies
        if selects(policy["spec"]["podSelector"], pod)
        and way.capitalize() in policy["spec"]["policyTypes"]
    ]
    assert chosen, f"no policy closes the {way} of {pod}"
    return [rule for spec in chosen for rule in spec.get(way, [])]


def is_on(rule: Object, port: int) -> bool:
    """Return whether a rule is about a port."""
    return port in [item["port"] for item in rule["ports"]]


def is_peer(peers: list[Object], pod: Labels) -> bool:
    """Return whether a pod of the same namespace is one of some peers."""
    return any(
        "namespaceSelector" not in peer and selects(peer["podSelector"], pod)
        for peer in peers
        if "podSelector" in peer
    )


def may_call(
    policies: list[Object], caller: Labels, called: Labels, port: int
) -> bool:
    """Return whether both ends let a connection through."""
    leaves = caller is FOREIGN_POD or any(
        is_on(rule, port) and is_peer(rule["to"], called)
        for rule in rules(policies, caller, "egress")
    )
    return leaves and any(
        is_on(rule, port) and is_peer(rule["from"], caller)
        for rule in rules(policies, called, "ingress")
    )


def may_reach(
    policies: list[Object], pod: Labels, network: str, port: int
) -> bool:
    """Return whether a pod may connect to an address outside."""
    return any(
        is_on(rule, port) and {"ipBlock": {"cidr": network}} in rule["to"]
        for rule in rules(policies, pod, "egress")
    )


@every_pod
def test_a_foreign_pod_reaches_no_pod(
    policies: list[Object], pod: str
) -> None:
    ports = (80, 443, 4222, 6222, 8080, 8222, 12_000)
    assert not any(
        may_call(policies, FOREIGN_POD, OURS[pod], port) for port in ports
    )


@every_pod
def test_every_pod_can_resolve_names(policies: list[Object], pod: str) -> None:
    assert any(
        is_on(rule, 53)
        and {"namespaceSelector": {"matchLabels": DNS}} in rule["to"]
        for rule in rules(policies, OURS[pod], "egress")
    )


@pytest.mark.parametrize(
    ("caller", "called", "port"),
    [
        (RELAY, SOURCE, 12_000),
        (STEP, SOURCE, 12_000),
        (SOURCE, BUS, 4222),
        (SENSOR, BUS, 4222),
        (BUS, BUS, 6222),
    ],
)
def test_who_works_together_is_let_through(
    policies: list[Object], caller: Labels, called: Labels, port: int
) -> None:
    assert may_call(policies, caller, called, port)


@pytest.mark.parametrize(
    ("caller", "called", "port"),
    [
        (STEP, BUS, 4222),
        (RELAY, BUS, 4222),
        (SENSOR, SOURCE, 12_000),
        (STEP, RELAY, 8080),
        (SOURCE, BUS, 6222),
    ],
)
def test_who_does_not_is_not(
    policies: list[Object], caller: Labels, called: Labels, port: int
) -> None:
    assert not may_call(policies, caller, called, port)


@pytest.mark.parametrize(
    ("pod", "allowed"),
    [
        ("bus", False),
        ("check", True),
        ("relay", True),
        ("sensor", False),
        ("source", False),
        ("step", True),
    ],
)
def test_the_services_are_reached_by_those_that_call_them(
    policies: list[Object], pod: str, *, allowed: bool
) -> None:
    assert may_reach(policies, OURS[pod], SERVICE, 443) is allowed


@pytest.mark.parametrize(
    ("pod", "allowed"),
    [
        ("bus", False),
        ("check", False),
        ("relay", False),
        ("sensor", True),
        ("source", False),
        ("step", True),
    ],
)
def test_the_api_server_is_reached_by_argo_s_executor_and_sensors(
    policies: list[Object], pod: str, *, allowed: bool
) -> None:
    assert may_reach(policies, OURS[pod], API_SERVER, 6443) is allowed


def test_the_amqp_source_reaches_the_broker() -> None:
    values = {**CONFINED, "rabbitmq": {"source": "amqp"}}
    policies = of_kind(template(values), "NetworkPolicy")
    assert may_reach(policies, SOURCE, SERVICE, 443)


def test_callers_that_are_named_reach_the_webhooks() -> None:
    caller = {"podSelector": {"matchLabels": FOREIGN_POD}}
    objects = template({"networkPolicies": {"webhookCallers": [caller]}})
    policies = of_kind(objects, "NetworkPolicy")
    assert may_call(policies, FOREIGN_POD, SOURCE, 12_000)
