"""Broken fields: unknown, missing, of a wrong type, gone, misspelt."""

from typing import Any

import pytest

from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.findings import of_rule, only
from tests.argo_offline.lint.good import Good


def test_unknown_field_of_a_template(check: Check) -> None:
    def change(good: Good) -> None:
        good.template("report")["retryStrategi"] = {"limit": 1}

    assert only(check(change), "fields") == (
        "spec.templates[report]: has no field 'retryStrategi'; did you mean "
        "'retryStrategy'?"
    )


def test_unknown_field_of_a_container(check: Check) -> None:
    findings = check(lambda good: good.container("report").update(arg=[]))
    line = only(findings, "fields")
    assert line.startswith("spec.templates[report].container: has no field")


def test_unknown_field_of_an_inline_template(check: Check) -> None:
    def change(good: Good) -> None:
        del good.step("last")["template"]
        good.step("last")["inline"] = {"suspend": {"duraton": "1m"}}

    assert "did you mean 'duration'?" in only(check(change), "fields")


def test_unknown_field_of_a_cron_workflow(check: Check) -> None:
    findings = check(lambda good: good.cron["spec"].update(time_zone="UTC"))
    assert "did you mean 'timezone'?" in only(findings, "fields")


def test_unknown_field_of_a_sensor(check: Check) -> None:
    def change(good: Good) -> None:
        good.sensor["spec"]["triggers"][0]["atLeastOne"] = True

    assert "did you mean 'atLeastOnce'?" in only(check(change), "fields")


def test_unknown_field_of_a_workflow_in_a_sensor(check: Check) -> None:
    def change(good: Good) -> None:
        trigger = good.sensor["spec"]["triggers"][0]["template"]
        trigger["k8s"]["source"]["resource"]["spec"]["entrypont"] = "main"

    line = only(check(change), "fields")
    assert line.startswith("trigger start, spec: has no field 'entrypont'")


def test_number_where_a_string_belongs(check: Check) -> None:
    def change(good: Good) -> None:
        good.container("report")["env"] = [{"name": "A", "value": 3}]

    assert "is a number, it has to be of type string; put it in" in only(
        check(change), "fields"
    )


def test_missing_field(check: Check) -> None:
    def change(good: Good) -> None:
        secret = good.container("prepare")["env"][0]["valueFrom"]
        del secret["secretKeyRef"]["key"]

    assert "has no 'key'; set it" in only(check(change), "full-definitions")


def test_value_that_is_not_in_an_enumeration(check: Check) -> None:
    strategy = {"strategy": "OnWorkflowCompleted"}
    findings = check(lambda good: good.spec.update(artifactGC=strategy))
    line = only(findings, "full-definitions")
    assert "did you mean 'OnWorkflowCompletion'?" in line


def test_quantity_that_kubernetes_refuses(check: Check) -> None:
    def change(good: Good) -> None:
        good.container("report")["resources"]["limits"]["memory"] = "1 GB"

    assert "limits.memory" in only(check(change), "fields")


def test_retry_policy_that_argo_lacks(check: Check) -> None:
    def change(good: Good) -> None:
        good.template("prepare")["retryStrategy"]["retryPolicy"] = "Sometimes"

    assert "'Sometimes' is none of" in only(check(change), "limits")


def test_other_api_version(check: Check) -> None:
    version = "argoproj.io/v1"
    findings = check(lambda good: good.workflow.update(apiVersion=version))
    assert "set argoproj.io/v1alpha1" in only(findings, "api-versions")


def test_single_schedule(check: Check) -> None:
    schedule = "0 0 * * *"
    findings = check(lambda good: good.cron["spec"].update(schedule=schedule))
    assert "use the list 'schedules'" in "".join(
        of_rule(findings, "removed-fields")
    )


@pytest.mark.parametrize(
    ("lock", "value"),
    [
        ("mutex", {"name": "one"}),
        ("semaphore", {"configMapKeyRef": {"name": "limits", "key": "n"}}),
    ],
)
def test_single_lock(check: Check, lock: str, value: dict[str, Any]) -> None:
    def change(good: Good) -> None:
        good.template("report")["synchronization"] = {lock: value}

    assert f"'{lock}' is gone" in only(check(change), "removed-fields")


def test_single_lock_of_the_workflow(check: Check) -> None:
    def change(good: Good) -> None:
        good.spec["synchronization"] = {"mutex": {"name": "one"}}

    assert only(check(change), "removed-fields").startswith("workflow: ")


def test_single_lock_of_the_defaults_of_templates(check: Check) -> None:
    def change(good: Good) -> None:
        good.spec["templateDefaults"] = {
            "synchronization": {"mutex": {"name": "one"}}
        }

    assert only(check(change), "removed-fields").startswith("workflow: ")


def test_unknown_field_of_an_event_source(check: Check) -> None:
    def change(good: Good) -> None:
        good.source["spec"]["webhook"]["job"]["endpont"] = "/"

    assert "did you mean 'endpoint'?" in only(check(change), "fields")


def test_unknown_field_of_an_event_bus(check: Check) -> None:
    def change(good: Good) -> None:
        good.documents["bus.yaml"] = {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "EventBus",
            "metadata": {"name": "default"},
            "spec": {"jetstrem": {"version": "2.10.0"}},
        }

    found = of_rule(check(change), "fields")
    assert "did you mean 'jetstream'?" in found[0]
