"""Wrong workflows that Hera builds without an error."""

from pathlib import Path

import pytest
from hera.workflows import (
    DAG,
    Container,
    CronWorkflow,
    Parameter,
    RetryStrategy,
    Task,
    WorkflowTemplate,
)
from hera.workflows.models import WorkflowTemplateRef

from argo_offline.lint import Finding, lint
from moderate.project_rules import ALL_RULES
from tests.argo_offline.lint.findings import of_rule


def linted(
    folder: Path, workflow: WorkflowTemplate | CronWorkflow
) -> list[Finding]:
    """Render what Hera builds and lint it.

    Args:
        folder: Where to write.
        workflow: What Hera has built.

    Returns:
        What lint finds.
    """
    (folder / "workflow.yaml").write_text(workflow.to_yaml(), "utf-8")
    return lint(folder, ALL_RULES)


@pytest.fixture
def workflow() -> WorkflowTemplate:
    """Start a workflow template with one template that takes ``x``."""
    template = WorkflowTemplate(name="matrix-profile", entrypoint="main")
    with template:
        Container(name="compute", image="steps:1.0.0", inputs={"x": ""})
        Container(
            name="report", image="steps:1.0.0", inputs=[Parameter(name="y")]
        )
    return template


def test_missing_entrypoint(
    tmp_path: Path, workflow: WorkflowTemplate
) -> None:
    workflow.entrypoint = None
    assert of_rule(linted(tmp_path, workflow), "template-entrypoint")


def test_task_with_a_missing_template(
    tmp_path: Path, workflow: WorkflowTemplate
) -> None:
    with workflow, DAG(name="main"):
        Task(name="a", template="compte")
    assert of_rule(linted(tmp_path, workflow), "called-templates")


def test_missing_argument(tmp_path: Path, workflow: WorkflowTemplate) -> None:
    with workflow, DAG(name="main"):
        Task(name="a", template="report")
    found = of_rule(linted(tmp_path, workflow), "arguments")
    assert "'y' of template report is missing" in found[0]


def test_unknown_argument(tmp_path: Path, workflow: WorkflowTemplate) -> None:
    with workflow, DAG(name="main"):
        Task(name="a", template="compute", arguments={"z": "1"})
    found = of_rule(linted(tmp_path, workflow), "ignored-arguments")
    assert "passes argument 'z'" in found[0]


def test_fan_out_over_a_missing_output(
    tmp_path: Path, workflow: WorkflowTemplate
) -> None:
    with workflow, DAG(name="main"):
        Task(name="a", template="compute")
        Task(
            name="b",
            template="compute",
            depends="a",
            with_param="{{tasks.a.outputs.parameters.items}}",
        )
    assert of_rule(linted(tmp_path, workflow), "node-references")


def test_cycle(tmp_path: Path, workflow: WorkflowTemplate) -> None:
    with workflow, DAG(name="main"):
        first = Task(name="a", template="compute")
        second = Task(name="b", template="compute")
        first >> second
        second >> first
    assert of_rule(linted(tmp_path, workflow), "cycles")


def test_two_templates_of_one_name(
    tmp_path: Path, workflow: WorkflowTemplate
) -> None:
    with workflow:
        Container(name="compute", image="steps:1.0.0")
    assert of_rule(linted(tmp_path, workflow), "unique-names")


def test_undeclared_input(tmp_path: Path, workflow: WorkflowTemplate) -> None:
    with workflow:
        Container(
            name="main",
            image="steps:1.0.0",
            args=["{{inputs.parameters.readings}}"],
        )
    assert of_rule(linted(tmp_path, workflow), "inputs-references")


def test_bad_name(tmp_path: Path, workflow: WorkflowTemplate) -> None:
    workflow.name = "Matrix_Profile"
    assert of_rule(linted(tmp_path, workflow), "names")


def test_wrong_retry_policy(
    tmp_path: Path, workflow: WorkflowTemplate
) -> None:
    with workflow:
        Container(
            name="main",
            image="steps:1.0.0",
            retry_strategy=RetryStrategy(retry_policy="Sometimes"),
        )
    assert of_rule(linted(tmp_path, workflow), "limits")


def test_bad_schedule(tmp_path: Path) -> None:
    cron = CronWorkflow(
        name="nightly",
        schedules=["61 * * * *"],
        workflow_template_ref=WorkflowTemplateRef(name="matrix-profile"),
    )
    assert of_rule(linted(tmp_path, cron), "schedules")


def test_typo_in_the_yaml(tmp_path: Path, workflow: WorkflowTemplate) -> None:
    file = tmp_path / "workflow.yaml"
    text = workflow.to_yaml().replace("entrypoint:", "entryPoint:")
    file.write_text(text, "utf-8")
    found = of_rule(lint(tmp_path), "fields")
    assert "did you mean 'entrypoint'?" in found[0]


def test_unbalanced_braces(tmp_path: Path, workflow: WorkflowTemplate) -> None:
    with workflow:
        Container(
            name="main",
            image="steps:1.0.0",
            inputs={"x": ""},
            args=["{{inputs.parameters.x}", "{{inputs.parameters.x}}"],
        )
    findings = linted(tmp_path, workflow)
    assert of_rule(findings, "tags") or of_rule(findings, "yaml")


def test_missing_image(tmp_path: Path, workflow: WorkflowTemplate) -> None:
    with workflow:
        Container(name="main")
    assert of_rule(linted(tmp_path, workflow), "images")
