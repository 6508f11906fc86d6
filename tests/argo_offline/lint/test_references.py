"""Variables that are not known where they stand."""

import pytest

from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.findings import of_rule, only
from tests.argo_offline.lint.good import Document, Good


def set_argument(call: Document, value: str) -> None:
    """Set the value of a call's first argument.

    Args:
        call: A task or step.
        value: The value.
    """
    call["arguments"]["parameters"][0]["value"] = value


def test_undeclared_input(check: Check) -> None:
    arguments = ["{{inputs.parameters.m}}"]
    findings = check(
        lambda good: good.container("prepare").update(args=arguments)
    )
    assert only(findings, "inputs-references").startswith(
        "template prepare: container.args.0: 'inputs.parameters.m' is not"
    )


def test_undeclared_input_in_an_expression(check: Check) -> None:
    arguments = ["{{=inputs.parameters['m']}}"]
    findings = check(
        lambda good: good.container("prepare").update(args=arguments)
    )
    assert "inputs.parameters.m" in only(findings, "left-as-text")


def test_hyphen_in_an_expression_without_brackets(check: Check) -> None:
    arguments = ["{{=inputs.parameters.the-item}}"]
    findings = check(
        lambda good: good.container("compute").update(args=arguments)
    )
    assert "write ['the-item']" in only(findings, "left-as-text")


def test_text_in_an_expressions_string_is_no_variable(check: Check) -> None:
    arguments = ["{{='inputs.parameters.m' + \"tasks.x.status\"}}"]
    assert (
        check(lambda good: good.container("prepare").update(args=arguments))
        == []
    )


def test_variable_that_an_expression_names_itself(check: Check) -> None:
    arguments = ["{{=let item = 3; item + 1}}"]
    assert (
        check(lambda good: good.container("prepare").update(args=arguments))
        == []
    )


def test_output_of_a_missing_task(check: Check) -> None:
    def change(good: Good) -> None:
        set_argument(
            good.task("publish"), "{{tasks.comput.outputs.parameters.score}}"
        )

    line = only(check(change), "node-references")
    assert line.endswith(
        "names a task that this template does not have; did you mean "
        "'compute'?"
    )


def test_output_of_a_task_that_is_no_ancestor(check: Check) -> None:
    findings = check(lambda good: good.task("compute").pop("depends"))
    line = only(findings, "node-references")
    assert "which may run later; add it to 'depends'" in line


def test_output_that_the_tasks_template_lacks(check: Check) -> None:
    def change(good: Good) -> None:
        set_argument(
            good.task("publish"), "{{tasks.compute.outputs.parameters.scor}}"
        )

    line = only(check(change), "node-references")
    assert "it has outputs.parameters, outputs.parameters.score" in line


def test_output_behind_a_missing_task_in_an_expression(check: Check) -> None:
    def change(good: Good) -> None:
        set_argument(good.task("publish"), "{{=tasks['none'].exitCode}}")

    assert "tasks.none.exitCode" in only(check(change), "node-references")


def test_with_param_over_a_missing_output(check: Check) -> None:
    def change(good: Good) -> None:
        good.task("compute")["withParam"] = (
            "{{tasks.prepare.outputs.parameters.keys}}"
        )

    line = only(check(change), "node-references")
    assert line.startswith("template main, task compute: withParam:")


def test_condition_names_a_missing_task(check: Check) -> None:
    condition = "{{tasks.prepar.exitCode}} == 0"
    findings = check(lambda good: good.task("publish").update(when=condition))
    assert "when: 'tasks.prepar.exitCode'" in only(findings, "node-references")


def test_aggregated_outputs_of_a_task_that_runs_once(check: Check) -> None:
    def change(good: Good) -> None:
        set_argument(
            good.task("publish"), "{{tasks.prepare.outputs.parameters}}"
        )

    assert "'tasks.prepare.outputs.parameters'" in only(
        check(change), "node-references"
    )


def test_steps_see_earlier_groups_only(check: Check) -> None:
    def change(good: Good) -> None:
        groups = good.template("publish")["steps"]
        good.template("publish")["steps"] = [[*groups[0], *groups[1]]]

    line = only(check(change), "node-references")
    assert "not in an earlier group" in line


def test_task_variable_in_a_template_of_steps(check: Check) -> None:
    def change(good: Good) -> None:
        good.step("last")["when"] = "{{tasks.first.status}} == Succeeded"

    assert "names a task" in only(check(change), "node-references")


def test_own_output_is_for_hooks_only(check: Check) -> None:
    def change(good: Good) -> None:
        good.task("publish")["when"] = "{{tasks.publish.status}} == Failed"

    assert "only its hooks have it" in only(check(change), "node-references")


def test_output_of_a_dag_names_a_missing_task(check: Check) -> None:
    def change(good: Good) -> None:
        source = {"parameter": "{{tasks.last.outputs.parameters.score}}"}
        good.template("main")["outputs"] = {
            "parameters": [{"name": "score", "valueFrom": source}]
        }

    assert "tasks.last" in only(check(change), "node-references")


def test_output_expression_of_a_dag_names_a_missing_task(
    check: Check,
) -> None:
    def change(good: Good) -> None:
        source = {"expression": "tasks.last.outputs.parameters.score ?? ''"}
        good.template("main")["outputs"] = {
            "parameters": [{"name": "score", "valueFrom": source}]
        }

    assert "tasks.last" in only(check(change), "node-references")


@pytest.mark.parametrize("value", ["{{item}}", "{{item.key}}", "{{=item}}"])
def test_item_outside_a_fan_out(check: Check, value: str) -> None:
    findings = check(lambda good: set_argument(good.task("prepare"), value))
    rule = "item-references" if "item.key" in value else "left-as-text"
    assert "outside a fan-out" in only(findings, rule)


def test_item_in_a_template(check: Check) -> None:
    arguments = ["{{item}}"]
    findings = check(
        lambda good: good.container("compute").update(args=arguments)
    )
    assert "pass the item on as an argument" in only(findings, "left-as-text")


def test_field_that_the_items_lack(check: Check) -> None:
    def change(good: Good) -> None:
        del good.task("compute")["withParam"]
        good.task("compute")["withItems"] = [{"kee": "a"}]

    assert "item.key" in only(check(change), "item-references")


def test_undeclared_workflow_parameter(check: Check) -> None:
    def change(good: Good) -> None:
        set_argument(good.task("prepare"), "{{workflow.parameters.m}}")

    line = only(check(change), "left-as-text")
    assert "'workflow.parameters.m' is not known here" in line


def test_undeclared_workflow_parameter_in_an_expression(
    check: Check,
) -> None:
    def change(good: Good) -> None:
        set_argument(good.task("prepare"), "{{=workflow.parameters.m}}")

    assert "parameters.m" in only(check(change), "left-as-text")


def test_undeclared_workflow_parameter_in_a_mutex(check: Check) -> None:
    def change(good: Good) -> None:
        lock = good.spec["synchronization"]["mutexes"][0]
        lock["name"] = "{{workflow.parameters.m}}"

    assert "synchronization" in only(check(change), "left-as-text")


def test_global_output_that_nothing_publishes(check: Check) -> None:
    def change(good: Good) -> None:
        del good.template("compute")["outputs"]["parameters"][0]["globalName"]

    line = only(check(change), "workflow-references")
    assert "'workflow.outputs.parameters.best'" in line


def test_unknown_workflow_variable(check: Check) -> None:
    arguments = ["{{workflow.nam}}"]
    findings = check(
        lambda good: good.container("report").update(args=arguments)
    )
    line = only(findings, "workflow-references")
    assert "did you mean 'workflow.name'?" in line


def test_last_retry_without_a_retry_strategy(check: Check) -> None:
    arguments = ["{{lastRetry.exitCode}}"]
    findings = check(
        lambda good: good.container("report").update(args=arguments)
    )
    assert "retryStrategy" in only(findings, "left-as-text")


def test_unknown_field_of_the_last_retry(check: Check) -> None:
    def change(good: Good) -> None:
        retry = good.template("prepare")["retryStrategy"]
        retry["expression"] = "lastRetry.code == '75'"

    assert "lastRetry.code" in only(check(change), "left-as-text")


def test_variable_of_a_root_that_argo_lacks(check: Check) -> None:
    arguments = ["{{input.parameters.n}}"]
    findings = check(
        lambda good: good.container("prepare").update(args=arguments)
    )
    line = only(findings, "left-as-text")
    assert "did you mean 'inputs.parameters.n'?" in line


def test_unknown_variable_of_a_cron_workflow(check: Check) -> None:
    condition = "{{=cronworkflow.last == nil}}"
    findings = check(lambda good: good.cron["spec"].update(when=condition))
    assert "cronworkflow.last" in only(findings, "left-as-text")


@pytest.mark.parametrize(
    ("value", "problem", "rule"),
    [
        ("{{inputs.parameters.n}", "is not closed", "tags"),
        ("{{inputs.parameters.n} {{pod.name}}", "is not closed", "tags"),
        ("{{=1 + }}", "ends where a value has to follow", "tags"),
        ("{{=f(1}}", "ends there in place of ','", "tags"),
        ("{{='a}}", 'cannot be read from "\'a" on', "tags"),
        ("{{=[1)}}", "')' stands there in place of ','", "tags"),
        ("{inputs.parameters.n}}", "is not opened", "stray-braces"),
        ("inputs.parameters.n}}", "is not opened", "stray-braces"),
        ("{{}}", "a tag is empty", "stray-braces"),
        ("{{ = }}", "a tag is empty", "stray-braces"),
    ],
)
def test_broken_braces(
    check: Check, value: str, problem: str, rule: str
) -> None:
    findings = check(
        lambda good: good.container("prepare").update(args=[value])
    )
    assert problem in only(findings, rule)


def test_broken_braces_in_the_workflow_itself(check: Check) -> None:
    def change(good: Good) -> None:
        good.spec["synchronization"]["mutexes"][0]["name"] = "{{workflow.name"

    assert only(check(change), "stray-braces").startswith("workflow: ")


def test_inline_template_sees_the_outer_inputs(check: Check) -> None:
    def change(good: Good) -> None:
        inline = good.template("report").copy()
        del inline["name"]
        inline["container"]["args"] = ["{{inputs.parameters.scores}}"]
        del good.step("last")["template"]
        good.step("last")["inline"] = inline
        good.template("report")["container"] = {
            **inline["container"],
            "args": [],
        }

    assert check(change) == []


def test_inline_template_with_an_undeclared_input(check: Check) -> None:
    def change(good: Good) -> None:
        inline = good.template("report").copy()
        del inline["name"]
        inline["container"] = {
            **inline["container"],
            "args": ["{{inputs.parameters.none}}"],
        }
        del good.step("last")["template"]
        good.step("last")["inline"] = inline

    found = of_rule(check(change), "inputs-references")
    assert found[0].startswith("template publish, step last, inline")
