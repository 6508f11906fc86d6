"""Broken names of templates, tasks, steps and parameters."""

import copy

from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.findings import of_rule, only
from tests.argo_offline.lint.good import Good


def test_cron_workflow_without_entrypoint(check: Check) -> None:
    def change(good: Good) -> None:
        good.cron["spec"]["workflowSpec"] = {"templates": []}

    line = of_rule(check(change), "entrypoints")[0]
    assert line.startswith("workflow: has no entrypoint; name the template")


def test_entrypoint_names_a_missing_template(check: Check) -> None:
    findings = check(lambda good: good.spec.update(entrypoint="man"))
    line = of_rule(findings, "entrypoints")[0]
    assert line == (
        "workflow: entrypoint: there is no template 'man' in "
        "WorkflowTemplate matrix-profile; did you mean 'main'?"
    )


def test_on_exit_names_a_missing_template(check: Check) -> None:
    findings = check(lambda good: good.spec.update(onExit="reprot"))
    assert "onExit" in only(findings, "entrypoints")


def test_workflow_hook_names_a_missing_template(check: Check) -> None:
    hook = {"running": {"template": "x", "expression": "true"}}
    findings = check(lambda good: good.spec.update(hooks=hook))
    assert "hook running" in only(findings, "hooked-templates")


def test_task_names_a_missing_template(check: Check) -> None:
    findings = check(lambda good: good.task("publish").update(template="pub"))
    found = of_rule(findings, "called-templates")
    assert found[0].startswith("template main, task publish: there is no")


def test_step_names_a_missing_template(check: Check) -> None:
    findings = check(lambda good: good.step("last").update(template="no"))
    assert "step last" in only(findings, "called-templates")


def test_task_names_no_template(check: Check) -> None:
    findings = check(lambda good: good.task("publish").pop("template"))
    assert "names no template" in "".join(
        of_rule(findings, "called-templates")
    )


def test_task_hook_names_a_missing_template(check: Check) -> None:
    def change(good: Good) -> None:
        good.task("publish")["hooks"]["failed"]["template"] = "raport"

    assert "did you mean 'report'" in only(check(change), "hooked-templates")


def test_template_reference_to_a_missing_workflow_template(
    check: Check,
) -> None:
    def change(good: Good) -> None:
        del good.step("last")["template"]
        good.step("last")["templateRef"] = {
            "name": "matrix-profil",
            "template": "report",
        }

    line = only(check(change), "called-templates")
    assert "did you mean 'matrix-profile'?" in line


def test_template_reference_to_a_missing_template(check: Check) -> None:
    def change(good: Good) -> None:
        del good.step("last")["template"]
        good.step("last")["templateRef"] = {
            "name": "matrix-profile",
            "template": "nothing",
        }

    assert "template 'nothing'" in only(check(change), "called-templates")


def test_workflow_template_reference_to_nothing(check: Check) -> None:
    def change(good: Good) -> None:
        reference = good.cron["spec"]["workflowSpec"]["workflowTemplateRef"]
        reference["name"] = "matrix"

    line = only(check(change), "entrypoints")
    assert "there is no WorkflowTemplate 'matrix'" in line


def test_sensor_starts_a_workflow_template_that_is_not_there(
    check: Check,
) -> None:
    def change(good: Good) -> None:
        trigger = good.sensor["spec"]["triggers"][0]["template"]
        spec = trigger["k8s"]["source"]["resource"]["spec"]
        spec["workflowTemplateRef"]["name"] = "other"

    line = only(check(change), "triggered-templates")
    assert line.startswith("trigger start, workflow")


def test_hook_without_expression(check: Check) -> None:
    def change(good: Good) -> None:
        del good.task("publish")["hooks"]["failed"]["expression"]

    assert "hook failed needs" in only(check(change), "hook-expressions")


def test_two_templates_of_one_name(check: Check) -> None:
    def change(good: Good) -> None:
        good.spec["templates"].append(copy.deepcopy(good.template("report")))

    assert "more than one template 'report'" in only(
        check(change), "unique-names"
    )


def test_two_tasks_of_one_name(check: Check) -> None:
    def change(good: Good) -> None:
        tasks = good.template("main")["dag"]["tasks"]
        tasks.append(copy.deepcopy(good.task("prepare")))

    line = only(check(change), "unique-names")
    assert line.startswith("template main: has more than one task 'prepare'")


def test_two_steps_of_one_name(check: Check) -> None:
    def change(good: Good) -> None:
        good.template("publish")["steps"].append([good.step("first")])

    assert "step 'first'" in only(check(change), "unique-names")


def test_two_inputs_of_one_name(check: Check) -> None:
    def change(good: Good) -> None:
        good.template("prepare")["inputs"]["parameters"] *= 2

    assert "input 'n' more than once" in only(check(change), "unique-names")


def test_two_outputs_of_one_name(check: Check) -> None:
    def change(good: Good) -> None:
        good.template("compute")["outputs"]["parameters"] *= 2

    assert "output 'score'" in only(check(change), "unique-names")


def test_two_workflow_parameters_of_one_name(check: Check) -> None:
    def change(good: Good) -> None:
        good.spec["arguments"]["parameters"].append({"name": "n"})

    assert "parameter 'n'" in "".join(of_rule(check(change), "unique-names"))


def test_template_without_a_type(check: Check) -> None:
    findings = check(lambda good: good.template("report").pop("container"))
    assert "has no type" in "".join(of_rule(findings, "template-type"))


def test_template_with_two_types(check: Check) -> None:
    findings = check(lambda good: good.template("report").update(suspend={}))
    assert "container and suspend" in only(findings, "template-type")


def test_output_that_comes_from_nowhere(check: Check) -> None:
    def change(good: Good) -> None:
        del good.template("compute")["outputs"]["parameters"][0]["valueFrom"]

    assert "it has neither" in only(check(change), "outputs")
