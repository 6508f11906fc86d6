"""Arguments that are missing, unknown or without a value."""

from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.findings import of_rule, only
from tests.argo_offline.lint.good import Good


def test_task_passes_no_value_for_an_input(check: Check) -> None:
    findings = check(lambda good: good.task("prepare").pop("arguments"))
    assert only(findings, "arguments") == (
        "template main, task prepare: argument 'n' of template prepare is "
        "missing; pass it"
    )


def test_task_passes_an_unknown_argument(check: Check) -> None:
    def change(good: Good) -> None:
        good.task("compute")["arguments"]["parameters"].append(
            {"name": "scal", "value": "2"}
        )

    assert only(check(change), "ignored-arguments").endswith(
        "did you mean 'scale'?"
    )


def test_task_passes_an_argument_twice(check: Check) -> None:
    def change(good: Good) -> None:
        good.task("prepare")["arguments"]["parameters"] *= 2

    assert "more than once" in only(check(change), "unique-names")


def test_step_passes_no_value_for_an_input(check: Check) -> None:
    findings = check(lambda good: good.step("first").pop("arguments"))
    assert "step first" in only(findings, "arguments")


def test_input_with_a_default_may_be_left_out(check: Check) -> None:
    def change(good: Good) -> None:
        good.template("prepare")["inputs"]["parameters"][0]["default"] = "1"
        del good.task("prepare")["arguments"]

    assert check(change) == []


def test_hook_passes_no_value_for_an_input(check: Check) -> None:
    def change(good: Good) -> None:
        good.task("publish")["hooks"]["failed"]["template"] = "prepare"

    assert "hook failed: argument 'n'" in only(check(change), "hook-arguments")


def test_argument_through_a_template_reference_is_checked(
    check: Check,
) -> None:
    def change(good: Good) -> None:
        del good.task("prepare")["template"]
        good.task("prepare")["templateRef"] = {
            "name": "matrix-profile",
            "template": "prepare",
        }
        del good.task("prepare")["arguments"]

    assert "argument 'n'" in only(check(change), "arguments")


def test_argument_without_a_value(check: Check) -> None:
    def change(good: Good) -> None:
        del good.task("prepare")["arguments"]["parameters"][0]["value"]

    assert "'n' has no value" in only(check(change), "argument-values")


def test_input_artifact_without_an_argument(check: Check) -> None:
    def change(good: Good) -> None:
        good.template("prepare")["inputs"]["artifacts"] = [
            {"name": "readings", "path": "/readings.csv"}
        ]

    assert "artifact 'readings'" in only(check(change), "arguments")


def test_cron_workflow_passes_an_unknown_parameter(check: Check) -> None:
    def change(good: Good) -> None:
        parameters = good.cron["spec"]["workflowSpec"]["arguments"]
        parameters["parameters"].append({"name": "steps_imag", "value": "x"})

    line = only(check(change), "reference-arguments")
    assert "did you mean 'steps_image'" in line


def test_cron_workflow_lacks_a_parameter(check: Check) -> None:
    def change(good: Good) -> None:
        good.spec["arguments"]["parameters"].append({"name": "message"})

    found = of_rule(check(change), "missing-values")
    assert "parameter 'message'" in found[0]


def test_entrypoint_needs_what_the_workflow_does_not_declare(
    check: Check,
) -> None:
    def change(good: Good) -> None:
        good.template("main")["inputs"] = {"parameters": [{"name": "year"}]}

    found = of_rule(check(change), "entrypoint-arguments")
    assert "entrypoint main needs argument 'year'" in found[0]
