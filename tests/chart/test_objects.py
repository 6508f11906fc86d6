"""What the chart makes itself: settings, credentials, logs, the check."""

import base64
import tomllib
import typing
from pathlib import Path
from typing import Any

import pytest
import yaml

from argo_offline.lint import lint
from checkout.paths import ROOT
from moderate.project_rules import ALL_RULES
from steps.clients.object_store import BucketSettings
from steps.connections.check import Service
from steps.matrix_profile.report import ARCHIVED_LOG
from tests.chart.helm import (
    CHART,
    Object,
    default_values,
    example,
    helm,
    named,
    of_kind,
    service_names,
    template,
    without,
)
from workflows.authoring.names import (
    ARTIFACT_REPOSITORY,
    CONFIG_MAP,
    CONFIG_MAP_LABELS,
    secret_name,
)

CHECK = "moderate-workflows-check-connections"
LARGE = 2_147_483_648
POD_PATHS = {
    "Pod": ("spec",),
    "Deployment": ("spec", "template", "spec"),
}
WAYS: list[dict[str, Any]] = [
    {},
    {"rabbitmq": {"source": "amqp"}, "eventBus": "development"},
    without(*service_names()),
    *(without(name) for name in service_names()),
]
WAY_NAMES = ["default", "variants", "nothing", *service_names()]

every_way = pytest.mark.parametrize("values", WAYS, ids=WAY_NAMES)


def s3_values(**settings: str) -> dict[str, Any]:
    """Make values of the object store."""
    return {"services": {"s3": {"settings": settings}}}


def repository(url: str) -> dict[str, Any]:
    """Read the artifact repository for an endpoint."""
    objects = template(s3_values(S3_ENDPOINT_URL=url, S3_REGION="r"))
    text = named(objects, "ConfigMap", ARTIFACT_REPOSITORY)["data"]["default"]
    found: dict[str, Any] = yaml.safe_load(text)["s3"]
    return found


def pod_specs(objects: list[Object]) -> list[Any]:
    """List what the pods run that are not Argo's."""
    found = []
    for kind, path in POD_PATHS.items():
        for item in of_kind(objects, kind):
            spec: Any = item
            for key in path:
                spec = spec[key]
            found.append(spec)
    return found


def faults(objects: list[Object], folder: Path) -> list[str]:
    """Lint objects; Secrets are never rendered, so lint has none."""
    for item in objects:
        if item["kind"] == "Secret":
            continue
        name = f"{item['metadata']['name']}.{item['kind'].lower()}.yaml"
        (folder / name).write_text(yaml.safe_dump(item), "utf-8")
    return [str(finding) for finding in lint(folder, ALL_RULES)]


def test_the_version_is_the_package_s() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    package = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    version = package["project"]["version"]
    assert (chart["version"], chart["appVersion"]) == (version, version)


@pytest.mark.parametrize("image", ["steps", "matrixProfile"])
def test_an_image_s_default_tag_is_the_version(image: str) -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    tag = default_values()["images"][image].rpartition(":")[2]
    assert tag == chart["appVersion"]


def test_helm_lint_finds_nothing() -> None:
    assert "0 chart(s) failed" in helm("lint", "--strict", str(CHART))


@pytest.mark.parametrize("name", ["development", "production"])
def test_helm_lint_finds_nothing_in_an_example(name: str) -> None:
    output = helm("lint", "--strict", f"--values={example(name)}", str(CHART))
    assert "0 chart(s) failed" in output


@every_way
def test_lint_finds_nothing_for_any_choice(
    values: dict[str, Any], tmp_path: Path
) -> None:
    assert faults(template(values), tmp_path) == []


def test_lint_finds_nothing_in_production(
    production: list[Object], tmp_path: Path
) -> None:
    assert faults(production, tmp_path) == []


def test_lint_finds_nothing_in_development(
    development: list[Object], tmp_path: Path
) -> None:
    assert faults(development, tmp_path) == []


def test_the_settings_carry_the_label_that_argo_asks_for(
    installed: list[Object],
) -> None:
    labels = named(installed, "ConfigMap", CONFIG_MAP)["metadata"]["labels"]
    assert labels.items() >= CONFIG_MAP_LABELS.items()


def test_a_large_number_is_written_with_all_its_digits(
    installed: list[Object],
) -> None:
    data = named(installed, "ConfigMap", CONFIG_MAP)["data"]
    assert data["MATRIX_PROFILE_LARGEST_INPUT_BYTES"] == str(LARGE)


def test_an_empty_setting_is_not_set(installed: list[Object]) -> None:
    assert (
        "API_BASE_URL" not in named(installed, "ConfigMap", CONFIG_MAP)["data"]
    )


def test_a_setting_arrives_as_it_is_written() -> None:
    queue = 'a "queue": {{ .Values }} #1'
    objects = template(
        {
            "services": {
                "rabbitmq": {"settings": {"MATRIX_PROFILE_QUEUE": queue}}
            }
        }
    )
    data = named(objects, "ConfigMap", CONFIG_MAP)["data"]
    assert data["MATRIX_PROFILE_QUEUE"] == queue


def test_the_settings_hold_both_images(installed: list[Object]) -> None:
    data = named(installed, "ConfigMap", CONFIG_MAP)["data"]
    images = default_values()["images"]
    assert data["STEPS_IMAGE"] == images["steps"]
    assert data["MATRIX_PROFILE_JOB_IMAGE"] == images["matrixProfile"]


def test_no_secret_is_made_where_one_is_expected(
    installed: list[Object],
) -> None:
    assert of_kind(installed, "Secret") == []


def test_a_secret_for_development_has_the_name_that_steps_read(
    development: list[Object],
) -> None:
    secret = named(development, "Secret", secret_name(BucketSettings.service))
    assert base64.b64decode(secret["data"]["S3_ACCESS_KEY_ID"]) == (
        b"development"
    )


def test_credentials_are_in_secrets_alone(development: list[Object]) -> None:
    others = [item for item in development if item["kind"] != "Secret"]
    assert "guest:guest" not in str(others)


@pytest.mark.parametrize(
    ("url", "endpoint", "insecure"),
    [
        ("https://storage.googleapis.com", "storage.googleapis.com", False),
        ("http://minio:9000", "minio:9000", True),
        ("http://minio:9000/", "minio:9000", True),
        ("https://[2001:db8::1]:9000", "[2001:db8::1]:9000", False),
    ],
)
def test_logs_go_where_the_store_is(
    url: str, endpoint: str, insecure: bool
) -> None:
    found = repository(url)
    assert (found["endpoint"], found["insecure"]) == (endpoint, insecure)


def test_logs_have_the_keys_that_the_report_reads() -> None:
    key = repository("https://s3.example.org")["keyFormat"]
    assert f"{key}/main.log" == ARCHIVED_LOG.format(
        workflow="{{workflow.name}}", pod="{{pod.name}}"
    )


def test_logs_go_to_the_bucket_of_outputs() -> None:
    found = repository("https://s3.example.org")
    assert found["bucket"] == "moderate-output-bucket"


@pytest.mark.parametrize("field", ["accessKeySecret", "secretKeySecret"])
def test_logs_are_written_with_the_credentials_of_the_steps(
    field: str,
) -> None:
    reference = repository("https://s3.example.org")[field]
    assert reference["name"] == secret_name(BucketSettings.service)
    assert BucketSettings.is_secret(reference["key"])


def test_the_check_asks_for_the_services_that_are_on(
    installed: list[Object],
) -> None:
    (container,) = named(installed, "Pod", CHECK)["spec"]["containers"]
    (argument,) = container["args"]
    required = yaml.safe_load(argument.removeprefix("--required="))
    assert set(required) == set(typing.get_args(Service))


@pytest.mark.parametrize("service", typing.get_args(Service))
def test_the_check_does_not_ask_for_a_service_that_is_off(
    service: str,
) -> None:
    (container,) = named(template(without(service)), "Pod", CHECK)["spec"][
        "containers"
    ]
    assert f'"{service}"' not in container["args"][0]


def test_the_check_leaves_no_pod_behind(installed: list[Object]) -> None:
    annotations = named(installed, "Pod", CHECK)["metadata"]["annotations"]
    assert set(annotations["helm.sh/hook-delete-policy"].split(",")) == {
        "before-hook-creation",
        "hook-failed",
        "hook-succeeded",
    }


def test_pods_of_the_project_s_own_have_no_access_to_the_api(
    installed: list[Object],
) -> None:
    assert all(
        spec["automountServiceAccountToken"] is False
        for spec in pod_specs(installed)
    )


def test_roles_grant_two_things_and_no_more(
    installed: list[Object],
) -> None:
    granted = {
        (tuple(rule["resources"]), tuple(rule["verbs"]))
        for role in of_kind(installed, "Role")
        for rule in role["rules"]
    }
    assert granted == {
        (("workflowtaskresults",), ("create", "patch")),
        (("workflows",), ("create",)),
    }


def test_only_sensors_may_create_workflows(installed: list[Object]) -> None:
    creators = {
        role["metadata"]["name"]
        for role in of_kind(installed, "Role")
        for rule in role["rules"]
        if "workflows" in rule["resources"]
    }
    accounts = {
        subject["name"]
        for binding in of_kind(installed, "RoleBinding")
        if binding["roleRef"]["name"] in creators
        for subject in binding["subjects"]
    }
    sensors = {
        sensor["spec"]["template"]["serviceAccountName"]
        for sensor in of_kind(installed, "Sensor")
    }
    assert accounts == sensors


def test_argo_s_own_containers_hold_the_restricted_standard(
    installed: list[Object],
) -> None:
    for workflow in of_kind(installed, "WorkflowTemplate"):
        patch = yaml.safe_load(workflow["spec"]["podSpecPatch"])
        security = {
            container["name"]: container["securityContext"]
            for container in [*patch["initContainers"], *patch["containers"]]
        }
        assert security.keys() == {"init", "wait"}
        for context in security.values():
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
