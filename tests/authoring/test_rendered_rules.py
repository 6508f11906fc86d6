"""What every workflow and pod has, beside the rules of lint."""

import json

import pytest

from checkout.images import IMAGES
from tests.rendered import (
    ContainerTemplate,
    container_templates,
    objects,
    workflow_templates,
)
from workflows.authoring.executor import TOKEN_FOLDER
from workflows.authoring.images import image_tag
from workflows.authoring.pod import SCRATCH
from workflows.matrix_profile.workflow import COMMAND_PATCH

every_container = pytest.mark.parametrize(
    "one", container_templates(), ids=str
)
every_workflow = pytest.mark.parametrize(
    "workflow",
    workflow_templates(),
    ids=[one["metadata"]["name"] for one in workflow_templates()],
)


@every_container
def test_a_container_writes_to_its_own_volume_only(
    one: ContainerTemplate,
) -> None:
    (mount,) = one.container["volumeMounts"]
    (volume,) = one.template["volumes"]
    assert mount == {"name": volume["name"], "mountPath": SCRATCH}
    assert volume["emptyDir"]["sizeLimit"]


@every_container
def test_a_failed_container_reports_the_end_of_its_log(
    one: ContainerTemplate,
) -> None:
    policy = one.container["terminationMessagePolicy"]
    assert policy == "FallbackToLogsOnError"


@every_container
def test_no_image_is_named_in_the_rendered_logic(
    one: ContainerTemplate,
) -> None:
    assert one.container["image"] in {
        *map(image_tag, IMAGES),
        "{{inputs.parameters.image}}",
    }


@every_container
def test_no_container_keeps_its_pod_from_starting(
    one: ContainerTemplate,
) -> None:
    sources = [
        source
        for entry in one.container["env"]
        for source in entry.get("valueFrom", {}).values()
    ]
    assert all(source["optional"] for source in sources)


@every_workflow
def test_a_workflow_runs_as_its_own_service_account(
    workflow: dict[str, object],
) -> None:
    spec, metadata = workflow["spec"], workflow["metadata"]
    assert isinstance(spec, dict)
    assert isinstance(metadata, dict)
    assert spec["serviceAccountName"] == metadata["name"]
    accounts = {
        one["metadata"]["name"]
        for one in objects()
        if one["kind"] == "ServiceAccount"
    }
    assert metadata["name"] in accounts


@every_workflow
def test_a_workflow_may_report_results_and_nothing_else(
    workflow: dict[str, dict[str, object]],
) -> None:
    (role,) = [
        one
        for one in objects()
        if one["kind"] == "Role"
        and one["metadata"]["name"] == workflow["metadata"]["name"]
    ]
    assert role["rules"] == [
        {
            "apiGroups": ["argoproj.io"],
            "resources": ["workflowtaskresults"],
            "verbs": ["create", "patch"],
        }
    ]


@every_workflow
def test_no_main_container_has_a_token_of_the_kubernetes_api(
    workflow: dict[str, dict[str, str]],
) -> None:
    patch = json.loads(workflow["spec"]["podSpecPatch"])
    assert patch["automountServiceAccountToken"] is False
    mounts = {
        container["name"]: [
            mount["mountPath"] for mount in container["volumeMounts"]
        ]
        for container in [*patch["initContainers"], *patch["containers"]]
    }
    assert mounts == {"init": [TOKEN_FOLDER], "wait": [TOKEN_FOLDER]}


@every_container
def test_no_template_brings_a_token_of_its_own(
    one: ContainerTemplate,
) -> None:
    assert one.template.get("podSpecPatch") in {None, COMMAND_PATCH}
    assert "automountServiceAccountToken" not in one.template
    assert "projected" not in str(one.template["volumes"])


@every_workflow
def test_the_title_is_on_each_run_too(
    workflow: dict[str, dict[str, dict[str, dict[str, str]]]],
) -> None:
    annotations = workflow["spec"]["workflowMetadata"]["annotations"]
    assert annotations["workflows.argoproj.io/title"]


def test_every_object_carries_the_recommended_labels() -> None:
    for one in objects():
        labels = one["metadata"]["labels"]
        assert labels["app.kubernetes.io/part-of"] == "moderate-workflows"
        assert labels["app.kubernetes.io/name"]


def test_no_object_names_a_namespace() -> None:
    assert all("namespace" not in one["metadata"] for one in objects())


def test_no_fan_out_reads_a_result() -> None:
    assert "outputs.result" not in str(objects())
