"""Broken dependencies, cycles, recursion and fan-outs."""

import pytest

from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.findings import of_rule, only
from tests.argo_offline.lint.good import Good


def test_depends_names_a_missing_task(check: Check) -> None:
    depends = "prepare && (compute.Succeeded || compute.AllFailed) && compte"
    findings = check(lambda good: good.task("publish").update(depends=depends))
    assert only(findings, "dependencies") == (
        "template main, task publish: depends on task 'compte', which is not "
        "there; did you mean 'compute'?"
    )


def test_dependencies_name_a_missing_task(check: Check) -> None:
    def change(good: Good) -> None:
        good.task("compute")["dependencies"] = ["prepare", "nothing"]
        del good.task("compute")["depends"]
        good.task("publish")["dependencies"] = ["prepare", "compute"]
        del good.task("publish")["depends"]

    assert "task 'nothing'" in only(check(change), "dependencies")


def test_depends_and_dependencies_in_one_template(check: Check) -> None:
    def change(good: Good) -> None:
        good.task("compute")["dependencies"] = ["prepare"]
        del good.task("compute")["depends"]

    assert "mixes" in only(check(change), "dependency-style")


def test_depends_names_a_status_that_argo_lacks(check: Check) -> None:
    findings = check(
        lambda good: good.task("compute").update(depends="prepare.Succeded")
    )
    line = only(findings, "dependency-statuses")
    assert "did you mean 'Succeeded'?" in line


def test_depends_names_a_lower_case_status(check: Check) -> None:
    findings = check(
        lambda good: good.task("compute").update(depends="prepare.failed")
    )
    assert "prepare.failed" in "".join(of_rule(findings, "depends-syntax"))


def test_status_of_a_fan_out_on_a_task_that_runs_once(check: Check) -> None:
    findings = check(
        lambda good: good.task("compute").update(depends="prepare.AllFailed")
    )
    assert "needs a fan-out" in only(findings, "dependency-statuses")


@pytest.mark.parametrize(
    "depends", ["(prepare", "prepare & prepare", "prepare, prepare"]
)
def test_depends_that_is_no_expression(check: Check, depends: str) -> None:
    findings = check(lambda good: good.task("compute").update(depends=depends))
    assert "is no expression" in only(findings, "depends-syntax")


def test_tasks_that_wait_in_a_circle(check: Check) -> None:
    findings = check(
        lambda good: good.task("prepare").update(depends="compute")
    )
    line = only(findings, "cycles")
    assert "compute → prepare → compute" in line


def test_task_that_waits_for_itself(check: Check) -> None:
    findings = check(
        lambda good: good.task("prepare").update(depends="prepare")
    )
    assert "prepare → prepare" in only(findings, "cycles")


def test_recursion_without_a_condition(check: Check) -> None:
    def change(good: Good) -> None:
        del good.task("publish")["when"]
        good.task("publish")["depends"] = "prepare && compute"
        good.template("publish")["steps"].append(
            [{"name": "again", "template": "main"}]
        )

    line = only(check(change), "recursion")
    assert "main → publish → main" in line


def test_two_fan_outs_in_one_task(check: Check) -> None:
    def change(good: Good) -> None:
        good.task("compute")["withSequence"] = {"count": "3"}

    assert "withParam and withSequence" in only(check(change), "one-fan-out")


def test_cycle_does_not_hide_other_findings(check: Check) -> None:
    def change(good: Good) -> None:
        good.task("prepare")["depends"] = "compute"
        good.container("report")["args"] = ["{{workflow.nam}}"]

    findings = check(change)
    assert of_rule(findings, "cycles")
    assert of_rule(findings, "workflow-references")
