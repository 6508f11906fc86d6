"""Broken names and labels."""

import pytest

from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.findings import of_rule, only
from tests.argo_offline.lint.good import Good

LONGEST_CRON_NAME = 52


@pytest.mark.parametrize(
    "name", ["Matrix_Profile", "-profile", "profile-", "a..b", "é"]
)
def test_name_that_is_not_rfc_1123(check: Check, name: str) -> None:
    findings = check(lambda good: good.cron["metadata"].update(name=name))
    assert "(RFC 1123)" in only(findings, "names")


def test_object_without_a_name(check: Check) -> None:
    findings = check(lambda good: good.cron["metadata"].pop("name"))
    assert "has no name" in only(findings, "names")


def test_longest_name_of_a_cron_workflow(check: Check) -> None:
    name = "a" * LONGEST_CRON_NAME
    assert check(lambda good: good.cron["metadata"].update(name=name)) == []


def test_name_of_a_cron_workflow_that_is_too_long(check: Check) -> None:
    name = "a" * (LONGEST_CRON_NAME + 1)
    findings = check(lambda good: good.cron["metadata"].update(name=name))
    line = only(findings, "name-lengths")
    assert "has 53 characters; a CronWorkflow may have 52" in line


def test_name_of_a_workflow_template_that_is_too_long(check: Check) -> None:
    def change(good: Good) -> None:
        good.workflow["metadata"]["name"] = "a" * 64

    assert "may have 63" in of_rule(check(change), "name-lengths")[0]


def test_generated_name_that_is_not_rfc_1123(check: Check) -> None:
    def change(good: Good) -> None:
        trigger = good.sensor["spec"]["triggers"][0]["template"]
        resource = trigger["k8s"]["source"]["resource"]
        resource["metadata"]["generateName"] = "Matrix_"

    assert "generateName 'Matrix_'" in only(check(change), "names")


def test_name_that_a_trigger_fills_in_is_fine(check: Check) -> None:
    def change(good: Good) -> None:
        trigger = good.sensor["spec"]["triggers"][0]["template"]["k8s"]
        trigger["source"]["resource"]["metadata"] = {}
        source = {"dependencyName": "message", "dataKey": "body.id"}
        trigger["parameters"] = [{"src": source, "dest": "metadata.name"}]

    assert check(change) == []


def test_workflow_of_a_trigger_without_a_name(check: Check) -> None:
    def change(good: Good) -> None:
        trigger = good.sensor["spec"]["triggers"][0]["template"]["k8s"]
        trigger["source"]["resource"]["metadata"] = {}

    assert "has no name" in only(check(change), "names")


@pytest.mark.parametrize("value", ["a b", "-a", "a" * 64])
def test_label_with_a_value_that_kubernetes_refuses(
    check: Check, value: str
) -> None:
    def change(good: Good) -> None:
        good.cron["metadata"]["labels"] = {
            **good.cron["metadata"]["labels"],
            "team": value,
        }

    assert f"has value '{value}'" in only(check(change), "labels")


def test_label_that_is_no_string(check: Check) -> None:
    def change(good: Good) -> None:
        good.spec["podMetadata"] = {"labels": {"run": True}}

    found = of_rule(check(change), "label-types")
    assert "put it in quotes" in found[0]


def test_label_with_a_broken_key(check: Check) -> None:
    def change(good: Good) -> None:
        good.template("report")["metadata"] = {"labels": {"a b": "c"}}

    assert "label 'a b' is no valid key" in only(check(change), "labels")


def test_task_with_an_underscore(check: Check) -> None:
    findings = check(lambda good: good.step("last").update(name="the_last"))
    assert "name 'the_last' is not valid" in only(findings, "inner-names")


def test_parameter_with_a_dot(check: Check) -> None:
    def change(good: Good) -> None:
        good.spec["arguments"]["parameters"].append(
            {"name": "a.b", "value": "1"}
        )

    assert "'a.b' is no valid name" in only(check(change), "inner-names")
