"""What is right stays without findings."""

from pathlib import Path

from argo_offline.lint import lint
from moderate.project_rules import ALL_RULES
from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.good import Good

ROOT = Path(__file__).parents[3]
RENDERED = ROOT / "charts" / "moderate-workflows" / "rendered"


def test_good_manifests_have_no_findings(check: Check) -> None:
    assert check(lambda _: None) == []


def test_rendered_manifests_have_no_findings() -> None:
    assert lint(RENDERED, ALL_RULES) == []


def test_single_files_are_linted_like_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("kind: Wrong", "utf-8")
    assert lint([file]) == lint(tmp_path)


def test_findings_are_sorted_and_the_same_each_time(check: Check) -> None:
    def change(good: Good) -> None:
        good.spec["templates"].reverse()
        good.task("compute")["template"] = "nowhere"
        good.container("report")["args"] = ["{{nope.x}}", "{{inputs.y}}"]

    first = check(change)
    assert len(first) > 2
    assert first == sorted(first) == check(change)


def test_rules_have_names_of_their_own() -> None:
    names = [rule.name for rule in ALL_RULES]
    assert sorted(set(names)) == sorted(names)


def test_each_rule_has_a_summary_of_one_line() -> None:
    assert all(rule.summary and "\n" not in rule.summary for rule in ALL_RULES)


def test_json_with_closing_braces_is_no_tag(check: Check) -> None:
    arguments = ['{"a":{"b":1}}', "${HOME}", "x}}"]
    assert (
        check(lambda good: good.container("report").update(args=arguments))
        == []
    )


def test_go_template_of_another_tool_is_left_alone(check: Check) -> None:
    arguments = ["--format={{.ID}}"]
    assert (
        check(lambda good: good.container("report").update(args=arguments))
        == []
    )


def test_recursion_under_a_condition_may_end(check: Check) -> None:
    def change(good: Good) -> None:
        good.step("last").update(
            template="main", when="{{workflow.name}} == x"
        )

    assert check(change) == []


def test_image_wholly_from_a_parameter_is_fine(check: Check) -> None:
    def change(good: Good) -> None:
        good.container("prepare")["image"] = "{{inputs.parameters.n}}"

    assert check(change) == []


def test_image_with_a_digest_is_fine(check: Check) -> None:
    image = f"registry.example.org/steps@sha256:{'0' * 64}"
    assert (
        check(lambda good: good.container("report").update(image=image)) == []
    )


def test_integer_retry_limit_is_fine(check: Check) -> None:
    def change(good: Good) -> None:
        good.template("prepare")["retryStrategy"]["limit"] = 3

    assert check(change) == []


def test_template_defaults_count_for_every_container(check: Check) -> None:
    def change(good: Good) -> None:
        resources = good.container("report").pop("resources")
        good.spec["templateDefaults"] = {"container": {"resources": resources}}

    assert check(change) == []


def test_security_context_of_the_workflow_counts(check: Check) -> None:
    def change(good: Good) -> None:
        context = good.container("report")["securityContext"]
        good.spec["securityContext"] = {
            key: context.pop(key) for key in ("runAsNonRoot", "seccompProfile")
        }

    assert check(change) == []
