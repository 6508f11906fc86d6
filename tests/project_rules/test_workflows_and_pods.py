"""Broken rules of this repository: images, pods, secrets, labels."""

from collections.abc import Callable

import pytest

from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.findings import of_rule, only
from tests.argo_offline.lint.good import Document, Good

Change = Callable[[Document], object]


@pytest.mark.parametrize(
    ("image", "problem"),
    [
        ("", "has no image"),
        ("image-not-set", "has no image"),
        ("python:3.10", "Hera's default image"),
        ("registry.example.org:5000/steps", "has no version"),
        ("steps:latest", "has no fixed version"),
        ("{{workflow.parameters.steps_image}}:latest", "has no fixed version"),
    ],
)
def test_image(check: Check, image: str, problem: str) -> None:
    findings = check(lambda good: good.container("report").update(image=image))
    assert problem in of_rule(findings, "images")[0]


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("runAsNonRoot", False, "non-root"),
        ("runAsUser", 0, "non-root"),
        ("readOnlyRootFilesystem", False, "privileges"),
        ("allowPrivilegeEscalation", True, "privileges"),
        ("privileged", True, "privileges"),
        ("capabilities", {"drop": ["NET_RAW"]}, "privileges"),
        ("seccompProfile", {"type": "Unconfined"}, "seccomp"),
    ],
)
def test_security_context(
    check: Check, field: str, value: object, rule: str
) -> None:
    def change(good: Good) -> None:
        good.container("report")["securityContext"][field] = value

    assert only(check(change), rule).startswith("template report: container:")


def test_sidecar_is_checked_too(check: Check) -> None:
    def change(good: Good) -> None:
        sidecar = {**good.container("report"), "name": "proxy"}
        del sidecar["securityContext"], sidecar["resources"]
        good.template("report")["sidecars"] = [sidecar]

    found = of_rule(check(change), "non-root")
    assert found[0].startswith("template report: container proxy: ")


@pytest.mark.parametrize("kind", ["requests", "limits"])
@pytest.mark.parametrize("name", ["cpu", "memory"])
def test_pod_without_a_resource(check: Check, kind: str, name: str) -> None:
    def change(good: Good) -> None:
        del good.container("report")["resources"][kind][name]

    assert f"has no resources.{kind} for {name}" in only(
        check(change), "resources"
    )


def test_pod_without_a_deadline(check: Check) -> None:
    findings = check(
        lambda good: good.template("report").pop("activeDeadlineSeconds")
    )
    assert only(findings, "deadlines").startswith("template report: ")


def test_workflow_without_a_deadline(check: Check) -> None:
    findings = check(lambda good: good.spec.pop("activeDeadlineSeconds"))
    assert only(findings, "deadlines").startswith("workflow: ")


def test_volume_on_the_node(check: Check) -> None:
    volume = {"name": "logs", "hostPath": {"path": "/var/log"}}
    findings = check(lambda good: good.spec.update(volumes=[volume]))
    assert "volume logs" in only(findings, "host-access")


def test_network_of_the_node(check: Check) -> None:
    findings = check(lambda good: good.spec.update(hostNetwork=True))
    assert "hostNetwork" in only(findings, "host-access")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda spec: spec.pop("serviceAccountName"), "service-account"),
        (
            lambda spec: spec.update(serviceAccountName="default"),
            "service-account",
        ),
        (
            lambda spec: spec.update(serviceAccountName="absent"),
            "service-account",
        ),
        (lambda spec: spec.pop("ttlStrategy"), "clean-up"),
        (lambda spec: spec.pop("podGC"), "clean-up"),
    ],
    ids=[
        "no-account",
        "default-account",
        "missing-account",
        "no-ttl",
        "no-pod-gc",
    ],
)
def test_workflow_specification(
    check: Check, change: Change, rule: str
) -> None:
    assert only(check(lambda good: change(good.spec)), rule)


def test_template_as_an_account_that_is_not_there(check: Check) -> None:
    findings = check(
        lambda good: good.template("report").update(
            serviceAccountName="workflow-runer"
        )
    )
    line = only(findings, "service-account")
    assert "did you mean 'workflow-runner'?" in line


def test_workflow_template_without_labels(check: Check) -> None:
    findings = check(lambda good: good.workflow["metadata"].pop("labels"))
    line = only(findings, "described")
    assert "app.kubernetes.io/part-of" in line


def test_workflow_template_without_a_title(check: Check) -> None:
    def change(good: Good) -> None:
        annotations = good.workflow["metadata"]["annotations"]
        del annotations["workflows.argoproj.io/title"]

    assert "workflows.argoproj.io/title" in only(check(change), "described")


@pytest.mark.parametrize(
    "name", ["API_PASSWORD", "OPEN_METADATA_TOKEN", "S3_ACCESS_KEY_ID"]
)
def test_secret_written_out_in_the_environment(
    check: Check, name: str
) -> None:
    variable = {"name": name, "value": "hunter2"}
    findings = check(
        lambda good: good.container("report").update(env=[variable])
    )
    line = only(findings, "secret-environment")
    assert name in line
    assert "hunter2" not in line


def test_secret_from_a_parameter_is_fine(check: Check) -> None:
    variable = {"name": "TOKEN", "value": "{{workflow.parameters.n}}"}
    assert (
        check(lambda good: good.container("report").update(env=[variable]))
        == []
    )


def test_secret_written_out_in_an_argument(check: Check) -> None:
    arguments = ["--api-password=hunter2"]
    findings = check(
        lambda good: good.container("report").update(args=arguments)
    )
    line = only(findings, "secret-arguments")
    assert "hunter2" not in line


def test_password_in_a_url(check: Check) -> None:
    variable = {"name": "RABBIT_URL", "value": "amqp://me:hunter2@rabbit"}
    findings = check(
        lambda good: good.container("report").update(env=[variable])
    )
    line = only(findings, "secret-urls")
    assert "hunter2" not in line


def test_secret_in_a_config_map(check: Check) -> None:
    def change(good: Good) -> None:
        good.documents["settings.yaml"]["data"]["API_PASSWORD"] = "hunter2"

    line = only(check(change), "secret-config-maps")
    assert "hunter2" not in line


@pytest.mark.parametrize(
    "value",
    [
        "{{tasks.prepare.outputs.result}}",
        "{{=tasks.prepare.outputs.result}}",
        "{{=tasks['prepare'].outputs['result']}}",
    ],
)
def test_fan_out_over_standard_output(check: Check, value: str) -> None:
    findings = check(lambda good: good.task("compute").update(withParam=value))
    assert "256 KiB" in only(findings, "fan-out-over-result")


def test_workflow_template_without_entrypoint_and_caller(
    check: Check,
) -> None:
    def change(good: Good) -> None:
        del good.spec["entrypoint"]
        del good.documents["cron.yaml"], good.documents["sensor.yaml"]

    assert "nothing calls" in only(check(change), "template-entrypoint")
