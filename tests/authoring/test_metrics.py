"""Operators can watch every workflow, and the outputs that are marked."""

from typing import Any

import pytest

from steps.contract.metrics import gauges
from tests.rendered import (
    ContainerTemplate,
    step_templates,
    workflow_templates,
)
from workflows.authoring.metrics import DURATION, RUNS, gauge_name

every_workflow = pytest.mark.parametrize(
    "workflow",
    workflow_templates(),
    ids=[one["metadata"]["name"] for one in workflow_templates()],
)


@every_workflow
def test_a_workflow_counts_its_runs_and_times_them(
    workflow: dict[str, Any],
) -> None:
    metrics = workflow["spec"]["metrics"]["prometheus"]
    assert [metric["name"] for metric in metrics] == [RUNS, DURATION]
    for metric in metrics:
        assert {
            label["key"]: label["value"] for label in metric["labels"]
        } == {
            "workflow": workflow["metadata"]["name"],
            "status": "{{workflow.status}}",
        }


@pytest.mark.parametrize("one", step_templates(), ids=str)
def test_the_gauges_of_a_step_are_its_marked_outputs(
    one: ContainerTemplate,
) -> None:
    metrics = one.template.get("metrics", {}).get("prometheus", [])
    assert {
        metric["name"]: (metric["help"], metric["gauge"]["value"])
        for metric in metrics
    } == {
        gauge_name(one.step.name, field): (
            gauge.description,
            f"{{{{outputs.parameters.{field}}}}}",
        )
        for field, gauge in gauges(one.step.outputs).items()
    }


@pytest.mark.parametrize("one", step_templates(), ids=str)
def test_a_failed_step_sets_no_gauge(one: ContainerTemplate) -> None:
    for metric in one.template.get("metrics", {}).get("prometheus", []):
        assert metric["when"] == "{{status}} == Succeeded"
