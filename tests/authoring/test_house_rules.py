"""What holds for every workflow and every pod."""

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

every_container = pytest.mark.parametrize(
    "one", container_templates(), ids=str
)
every_workflow = pytest.mark.parametrize(
    "workflow",
    workflow_templates(),
    ids=[one["metadata"]["name"] for one in workflow_templates()],
)
SINGULAR_FIELDS = {"schedule", "mutex", "semaphore"}


@every_container
def test_a_container_may_do_nothing_special(one: ContainerTemplate) -> None:
    assert one.container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


@every_container
def test_a_container_has_requests_and_limits(one: ContainerTemplate) -> None:
    resources = one.container["resources"]
    for kind in ("requests", "limits"):
        assert resources[kind].keys() == {"cpu", "memory"}


@every_container
def test_a_container_has_a_deadline(one: ContainerTemplate) -> None:
    assert one.template["activeDeadlineSeconds"] > 0


@every_container
def test_a_container_writes_to_its_own_volume_only(
    one: ContainerTemplate,
) -> None:
    (mount,) = one.container["volumeMounts"]
    (volume,) = one.template["volumes"]
    assert mount == {"name": volume["name"], "mountPath": SCRATCH}
    assert volume["emptyDir"]["sizeLimit"]


@every_container
def test_a_failed_container_tells_the_end_of_its_log(
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
    assert "podSpecPatch" not in one.template
    assert "automountServiceAccountToken" not in one.template
    assert "projected" not in str(one.template["volumes"])


@every_workflow
def test_a_workflow_runs_as_non_root(
    workflow: dict[str, dict[str, dict[str, object]]],
) -> None:
    context = workflow["spec"]["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] != 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}


@every_workflow
@pytest.mark.parametrize(
    "field", ["ttlStrategy", "podGC", "activeDeadlineSeconds"]
)
def test_a_workflow_cleans_up(
    workflow: dict[str, dict[str, object]], field: str
) -> None:
    assert workflow["spec"][field]


@every_workflow
def test_a_workflow_has_a_title_and_a_description(
    workflow: dict[str, dict[str, dict[str, str]]],
) -> None:
    annotations = workflow["metadata"]["annotations"]
    assert annotations["workflows.argoproj.io/title"]
    assert annotations["workflows.argoproj.io/description"]


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


def test_no_object_uses_a_field_that_argo_4_has_dropped() -> None:
    assert not SINGULAR_FIELDS.intersection(
        key for one in objects() for key in _keys(one)
    )


def test_no_fan_out_reads_a_result() -> None:
    assert "outputs.result" not in str(objects())


def _keys(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(k for one in value.values() for k in _keys(one))]
    if isinstance(value, list):
        return [key for one in value for key in _keys(one)]
    return []
