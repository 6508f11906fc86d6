"""Only Argo's own containers can call the Kubernetes API."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from checkout.images import MATRIX_PROFILE
from tests.cluster.conftest import MatrixProfile
from tests.cluster.installation import image_reference, rendered
from tests.cluster.kubernetes import Namespace
from tests.relay.waiting import eventually
from tests.rendered import ContainerTemplate, container_templates

pytestmark = pytest.mark.cluster

KINDS = {
    "ConfigMap",
    "Role",
    "RoleBinding",
    "ServiceAccount",
    "WorkflowTemplate",
}
TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"
LABEL = "moderate.eu/looked-at"
WAIT_SECONDS = 180


def starts(one: ContainerTemplate) -> dict[str, Any]:
    """Make a Workflow of one template alone; what it is given is no use."""
    names = [
        parameter["name"]
        for parameter in one.template.get("inputs", {}).get("parameters", [])
    ]
    given = dict.fromkeys(names, "0")
    for parameter in one.workflow["spec"]["arguments"]["parameters"]:
        if "value" not in parameter and "valueFrom" not in parameter:
            given[parameter["name"]] = parameter.get("enum", ["0"])[0]
    if "image" in given:
        given["image"] = image_reference(MATRIX_PROFILE)
        given["command"] = json.dumps(MATRIX_PROFILE.entrypoint)
    name = one.workflow["metadata"]["name"]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": f"only-{name}-{one.template['name']}",
            "labels": {LABEL: "true"},
        },
        "spec": {
            "workflowTemplateRef": {"name": name},
            "entrypoint": one.template["name"],
            "arguments": {
                "parameters": [
                    {"name": key, "value": value}
                    for key, value in given.items()
                ]
            },
        },
    }


@pytest.fixture(scope="module")
def pods(
    namespace: Namespace, _installed: None
) -> Iterator[dict[str, dict[str, Any]]]:
    """The first pod of each container template, by its workflow's name."""
    objects = [one for one in rendered("*") if one["kind"] in KINDS]
    namespace.apply(objects)
    wanted = [starts(one) for one in container_templates()]
    namespace.apply(wanted)
    found: dict[str, dict[str, Any]] = {}

    def all_there() -> bool:
        for pod in namespace.get("pods")["items"]:
            labels = pod["metadata"].get("labels", {})
            workflow = labels.get("workflows.argoproj.io/workflow", "")
            if workflow.startswith("only-"):
                found.setdefault(workflow, pod)
        return len(found) == len(wanted)

    eventually(all_there, WAIT_SECONDS)
    yield found
    namespace.kubectl("delete", "workflows", f"--selector={LABEL}=true")


def mounts_of_token(pod: dict[str, Any]) -> set[str]:
    """Name the containers of a pod that have a token."""
    spec = pod["spec"]
    return {
        container["name"]
        for container in [*spec["initContainers"], *spec["containers"]]
        for mount in container.get("volumeMounts", [])
        if mount["mountPath"] == TOKEN_FOLDER
    }


def test_of_each_step_argo_s_own_containers_alone_have_a_token(
    pods: dict[str, dict[str, Any]],
) -> None:
    assert {name: mounts_of_token(pod) for name, pod in pods.items()} == {
        name: {"init", "wait"} for name in pods
    }


def test_no_volume_of_a_main_container_holds_a_token(
    pods: dict[str, dict[str, Any]],
) -> None:
    for pod in pods.values():
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        (main,) = (
            one for one in pod["spec"]["containers"] if one["name"] == "main"
        )
        for mount in main["volumeMounts"]:
            assert "emptyDir" in volumes[mount["name"]]


def test_results_are_reported_all_the_same(pipeline: MatrixProfile) -> None:
    pipeline.s3.put("tokens/a.csv", "time,x\n")
    job = pipeline.job()
    end = pipeline.run(
        job, pipeline.message(job, "tokens/a.csv", analysis_variable="x")
    )
    assert end.results["error"]
