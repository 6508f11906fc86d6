"""Operators can watch every workflow, and the outputs that are marked."""

from typing import Any

import pytest

from steps.contract.batches import SummaryInputs
from steps.contract.metrics import ITEMS, gauges
from tests.rendered import (
    ContainerTemplate,
    step_templates,
    workflow_templates,
)
from workflows.authoring.metrics import (
    DURATION,
    LAST_DURATION,
    LAST_SUCCESS,
    PREFIX,
    RUNS,
    gauge_name,
)

every_workflow = pytest.mark.parametrize(
    "workflow",
    workflow_templates(),
    ids=[one["metadata"]["name"] for one in workflow_templates()],
)


METRICS = [RUNS, DURATION, LAST_DURATION, LAST_SUCCESS]
WITH_STATUS = {RUNS, DURATION}


def labels_of(metric: dict[str, Any]) -> dict[str, str]:
    return {one["key"]: one["value"] for one in metric.get("labels", [])}


def metrics_of(one: ContainerTemplate) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = one.template.get("metrics", {}).get(
        "prometheus", []
    )
    return found


@every_workflow
def test_a_workflow_counts_its_runs_and_times_them(
    workflow: dict[str, Any],
) -> None:
    metrics = workflow["spec"]["metrics"]["prometheus"]
    assert [metric["name"] for metric in metrics] == METRICS


@every_workflow
def test_the_metrics_of_a_workflow_have_its_labels(
    workflow: dict[str, Any],
) -> None:
    for metric in workflow["spec"]["metrics"]["prometheus"]:
        labels = labels_of(metric)
        assert labels["workflow"] == workflow["metadata"]["name"]
        assert ("status" in labels) is (metric["name"] in WITH_STATUS)


@every_workflow
def test_only_a_success_moves_the_time_of_the_last_one(
    workflow: dict[str, Any],
) -> None:
    (last,) = (
        metric
        for metric in workflow["spec"]["metrics"]["prometheus"]
        if metric["name"] == LAST_SUCCESS
    )
    assert last["when"] == "{{workflow.status}} == Succeeded"


@pytest.mark.parametrize("one", step_templates(), ids=str)
def test_the_gauges_of_a_step_are_its_marked_outputs(
    one: ContainerTemplate,
) -> None:
    name = one.workflow["metadata"]["name"]
    assert [
        (
            metric["name"],
            metric["help"],
            metric["gauge"]["value"],
            labels_of(metric)["workflow"],
        )
        for metric in metrics_of(one)
    ] == [
        (
            gauge_name(one.step.name, field, gauge),
            gauge.description,
            f"{{{{outputs.parameters.{field}}}}}",
            name,
        )
        for field, gauge in gauges(one.step.outputs).items()
    ]


@pytest.mark.parametrize("one", step_templates(), ids=str)
def test_a_step_that_fails_because_of_items_counts_them(
    one: ContainerTemplate,
) -> None:
    for metric in metrics_of(one):
        assert "when" not in metric


def test_no_two_series_are_the_same() -> None:
    series = [
        (metric["name"], tuple(sorted(labels_of(metric).items())))
        for one in step_templates()
        for metric in metrics_of(one)
    ]
    assert len(series) == len(set(series))


def test_every_fan_out_counts_items_done_and_failed() -> None:
    found = {
        (one.workflow["metadata"]["name"], labels_of(metric)["outcome"])
        for one in step_templates()
        for metric in metrics_of(one)
        if metric["name"] == f"{PREFIX}_{ITEMS}"
    }
    fan_outs = {
        one.workflow["metadata"]["name"]
        for one in step_templates()
        if issubclass(one.step.inputs, SummaryInputs)
    }
    assert fan_outs
    assert {
        (name, outcome) for name in fan_outs for outcome in ("done", "failed")
    } <= found


def test_a_metric_has_one_help_text_everywhere() -> None:
    texts: dict[str, set[str]] = {}
    for one in step_templates():
        for metric in metrics_of(one):
            texts.setdefault(metric["name"], set()).add(metric["help"])
    assert {name for name, found in texts.items() if len(found) > 1} == set()
