"""What an operator chooses reaches the objects that it is for."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.chart.helm import Object, RefusedError, named, of_kind, template
from tests.chart.test_objects import faults
from workflows.authoring.names import LIMITS, TRUST_REQUESTS

SELECTOR = {"disk": "fast"}
TOLERATIONS = [{"key": "large", "operator": "Exists"}]
NODES = {
    "requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [
            {"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}
        ]
    }
}
PLACE: dict[str, Any] = {
    "nodeSelector": SELECTOR,
    "tolerations": TOLERATIONS,
    "affinity": {"nodeAffinity": NODES},
    "priorityClassName": "batch",
    "labels": {"team": "data"},
    "annotations": {"note": "by hand"},
}
RESOURCES = {"limits": {"cpu": 4, "memory": "4Gi"}, "requests": {"cpu": 2}}
Part = Callable[[Object], Object]


def relay_pod(item: Object) -> Object:
    """Read the pod of a Deployment as Argo Events writes its own."""
    template: Object = item["spec"]["template"]
    (container,) = template["spec"]["containers"]
    return {
        **template["spec"],
        "metadata": template["metadata"],
        "container": container,
    }


def bus_pod(item: Object) -> Object:
    """Read the pods of an EventBus in the same way."""
    jetstream: Object = item["spec"]["jetstream"]
    return {**jetstream, "container": jetstream["containerTemplate"]}


def workflow_pod(item: Object) -> Object:
    """Read the pods of a WorkflowTemplate in the same way."""
    spec: Object = item["spec"]
    return {
        **spec,
        "priorityClassName": spec.get("podPriorityClassName"),
        "metadata": spec["podMetadata"],
    }


def events_pod(item: Object) -> Object:
    """Read the pod of an EventSource or a Sensor."""
    pod: Object = item["spec"]["template"]
    return pod


PARTS: dict[str, tuple[str, Part]] = {
    "relay": ("Deployment", relay_pod),
    "sensors": ("Sensor", events_pod),
    "webhooks": ("EventSource", events_pod),
    "bus": ("EventBus", bus_pod),
}
ALL_PARTS = {**PARTS, "workflows": ("WorkflowTemplate", workflow_pod)}
every_part = pytest.mark.parametrize("part", PARTS)


def assert_placed(pod: Object) -> None:
    """Check that a pod is where and what it was chosen to be."""
    assert pod["nodeSelector"] == SELECTOR
    assert pod["tolerations"] == TOLERATIONS
    assert pod["affinity"]["nodeAffinity"] == NODES
    assert pod["priorityClassName"] == "batch"
    assert pod["metadata"]["labels"]["team"] == "data"
    assert pod["metadata"]["annotations"]["note"] == "by hand"
    part_of = pod["metadata"]["labels"]["app.kubernetes.io/part-of"]
    assert part_of == "moderate-workflows"


@pytest.mark.parametrize("part", ALL_PARTS)
def test_what_is_chosen_for_all_pods_holds_for_each(part: str) -> None:
    kind, pod = ALL_PARTS[part]
    objects = of_kind(template({"pods": PLACE}), kind)
    assert objects
    for item in objects:
        assert_placed(pod(item))


@every_part
def test_a_part_is_placed_by_its_own_values(part: str) -> None:
    kind, pod = PARTS[part]
    values = {"pods": {"nodeSelector": {"disk": "slow"}}, part: PLACE}
    for item in of_kind(template(values), kind):
        assert_placed(pod(item))


@every_part
def test_a_part_s_resources_differ_where_they_are_given(part: str) -> None:
    kind, pod = PARTS[part]
    for item in of_kind(template({part: {"resources": RESOURCES}}), kind):
        resources = pod(item)["container"]["resources"]
        assert resources["limits"].keys() == {"cpu", "memory"}
        assert resources["limits"]["memory"] == "4Gi"
        assert resources["requests"]["cpu"] == "2"


@pytest.mark.parametrize("part", ["relay", "sensors", "webhooks"])
def test_a_part_has_as_many_pods_as_are_chosen(part: str) -> None:
    kind, _ = PARTS[part]
    for item in of_kind(template({part: {"replicas": 3}}), kind):
        assert item["spec"]["replicas"] == 3


def test_relays_and_servers_stay_apart_on_chosen_nodes() -> None:
    objects = template({"pods": PLACE})
    for part in ("relay", "bus"):
        kind, pod = PARTS[part]
        for item in of_kind(objects, kind):
            assert "podAntiAffinity" in pod(item)["affinity"]


def test_the_check_runs_on_chosen_nodes() -> None:
    (pod,) = of_kind(template({"pods": PLACE}), "Pod")
    assert pod["spec"]["nodeSelector"] == SELECTOR
    assert pod["spec"]["tolerations"] == TOLERATIONS
    assert pod["spec"]["priorityClassName"] == "batch"


def step(workflow: Object, name: str) -> Object:
    """Find a step's template."""
    (found,) = (
        one for one in workflow["spec"]["templates"] if one["name"] == name
    )
    template: Object = found
    return template


def test_a_workflow_is_placed_by_its_own_values() -> None:
    objects = template({"workflows": {"matrix-profile": PLACE}})
    chosen = named(objects, "WorkflowTemplate", "matrix-profile")
    assert_placed(workflow_pod(chosen))
    other = named(objects, "WorkflowTemplate", "trust-users")
    assert "nodeSelector" not in other["spec"]


def test_a_step_is_placed_by_its_own_values() -> None:
    choice = {"steps": {"compute": {**PLACE, "resources": RESOURCES}}}
    objects = template({"workflows": {"matrix-profile": choice}})
    workflow = named(objects, "WorkflowTemplate", "matrix-profile")
    chosen = step(workflow, "compute")
    assert chosen["nodeSelector"] == SELECTOR
    assert chosen["tolerations"] == TOLERATIONS
    assert chosen["affinity"] == {"nodeAffinity": NODES}
    assert chosen["priorityClassName"] == "batch"
    assert chosen["metadata"] == {
        "labels": {"team": "data"},
        "annotations": {"note": "by hand"},
    }
    assert chosen["container"]["resources"] == {
        "limits": {"cpu": "4", "memory": "4Gi"},
        "requests": {"cpu": "2", "memory": "512Mi"},
    }
    assert "nodeSelector" not in step(workflow, "prepare")


@pytest.mark.parametrize(
    ("value", "written"), [(4, "4"), (True, "true"), ("[x]", "[x]")]
)
def test_a_parameter_has_the_default_that_is_chosen(
    value: object, written: str
) -> None:
    choice = {"postgres-ingestion": {"parameters": {"ignore": value}}}
    workflow = named(
        template({"workflows": choice}),
        "WorkflowTemplate",
        "postgres-ingestion",
    )
    parameters = workflow["spec"]["arguments"]["parameters"]
    (found,) = (one for one in parameters if one["name"] == "ignore")
    assert found["value"] == written


def test_a_schedule_is_as_it_is_chosen() -> None:
    choice = {
        "schedule": "0 3 * * *",
        "timezone": "Europe/Madrid",
        "suspend": True,
        "startingDeadlineSeconds": 60,
    }
    objects = template({"schedules": {"trust-users": choice}})
    spec = named(objects, "CronWorkflow", "trust-users")["spec"]
    assert spec["schedules"] == ["0 3 * * *"]
    assert spec["timezone"] == "Europe/Madrid"
    assert spec["suspend"] is True
    assert spec["startingDeadlineSeconds"] == 60
    other = named(objects, "CronWorkflow", "trust-objects")["spec"]
    assert other["timezone"] == "Etc/UTC"


def test_the_volumes_of_the_bus_are_as_they_are_chosen() -> None:
    choice = {"storageClassName": "fast", "volumeSize": "20Gi"}
    (bus,) = of_kind(template({"bus": choice}), "EventBus")
    assert bus["spec"]["jetstream"]["persistence"] == {
        "accessMode": "ReadWriteOnce",
        **choice,
    }


def relay_checksum(**settings: str) -> str:
    """Read the checksum of the relay's settings."""
    values = {"services": {"platform-api": {"settings": settings}}}
    (relay,) = of_kind(template(values), "Deployment")
    annotations = relay["spec"]["template"]["metadata"]["annotations"]
    checksum: str = annotations["checksum/settings"]
    return checksum


def test_the_relay_restarts_when_its_settings_change() -> None:
    before = relay_checksum(API_USERNAME="a")
    assert relay_checksum(API_USERNAME="a") == before
    assert relay_checksum(API_USERNAME="b") != before


def ports(values: dict[str, Any]) -> set[int]:
    """List the ports on which services are reached."""
    policy = named(
        template(values), "NetworkPolicy", "moderate-workflows-services"
    )
    (rule,) = policy["spec"]["egress"]
    return {item["port"] for item in rule["ports"]}


@pytest.mark.parametrize(
    ("service", "part", "variable", "value", "port"),
    [
        ("postgres", "settings", "POSTGRES_PORT", 6432, 6432),
        ("open-metadata", "settings", "OPEN_METADATA_PORT", 9585, 9585),
        ("s3", "settings", "S3_ENDPOINT_URL", "http://s3:9000", 9000),
        ("s3", "settings", "S3_ENDPOINT_URL", "http://s3", 80),
        ("s3", "settings", "S3_ENDPOINT_URL", "https://[2001::1]:99", 99),
        ("keycloak", "settings", "KEYCLOAK_SERVER_URL", "http://k:8080", 8080),
        ("platform-api", "settings", "API_BASE_URL", "http://a:8000/v1", 8000),
        ("rabbitmq", "secret", "RABBIT_URL", "amqp://u:p@h:5673/%2F", 5673),
    ],
)
def test_the_port_of_a_service_s_settings_is_let_through(
    service: str, part: str, variable: str, value: object, port: int
) -> None:
    choice: dict[str, Any] = {part: {variable: value}}
    if part == "secret":
        choice["existingSecret"] = False
    assert port in ports({"services": {service: choice}})
    assert port not in ports({"services": {service: {"enabled": False}}})


@pytest.mark.parametrize("limit", [1, 13])
def test_the_limit_of_requests_is_a_number_as_text(limit: int) -> None:
    objects = template({"limits": {"trustRequests": limit}})
    limits = named(objects, "ConfigMap", LIMITS)
    assert limits["data"] == {TRUST_REQUESTS: str(limit)}


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        (
            {"workflows": {"matrix-profle": {}}},
            (
                "workflows.matrix-profle: there is no such WorkflowTemplate. "
                "There are: .*matrix-profile"
            ),
        ),
        (
            {"workflows": {"matrix-profile": {"steps": {"comput": {}}}}},
            (
                "steps.comput: the workflow has no such "
                "step. It has: prepare, compute, report"
            ),
        ),
        (
            {"workflows": {"trust-users": {"parameters": {"limt": 1}}}},
            (
                "parameters.limt: the workflow has no such parameter. It has: "
                "limit, at_a_time"
            ),
        ),
        (
            {"workflows": {"trust-users": {"parameters": {"steps_image": 1}}}},
            "has no such parameter",
        ),
        (
            {"workflows": {"matrix-profile": {"parameters": {"again": "x"}}}},
            'parameters.again is "x". It is one of: false, true',
        ),
        (
            {"schedules": {"trust": {"suspend": True}}},
            "schedules.trust: there is no such CronWorkflow. There are: ",
        ),
        ({"schedules": {"trust-users": {"schedule": "5 *"}}}, "not match"),
        ({"schedules": {"trust-users": {"paused": True}}}, "'paused'"),
        ({"workflows": {"trust-users": {"replicas": 1}}}, "'replicas'"),
        ({"relay": {"replicas": 0}}, "got 0, want 1"),
        ({"bus": {"volumeSize": "much"}}, "does not match"),
        ({"pods": {"tolerations": [{"taint": "x"}]}}, "'taint'"),
        ({"relay": {"resources": {"limit": {}}}}, "limit"),
        ({"relay": {"resources": {"limits": {"cpu": "x"}}}}, "not match"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(
    values: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        template(values)
    text = " ".join(str(refused.value).split())
    assert re.search(complaint, text)


def everything() -> dict[str, Any]:
    """Make values that choose all that can be chosen."""
    resources = {"resources": RESOURCES}
    return {
        "pods": PLACE,
        **{part: {**PLACE, **resources} for part in PARTS},
        "workflows": {
            "matrix-profile": {
                **PLACE,
                "steps": {"compute": {**PLACE, **resources}},
            }
        },
        "schedules": {"trust-users": {"suspend": True}},
    }


def test_lint_finds_nothing_in_what_was_chosen(tmp_path: Path) -> None:
    assert faults(template(everything()), tmp_path) == []
