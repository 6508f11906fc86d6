"""Datasets are values of the chart: a further one needs no new image."""

from typing import Any

import pytest

from steps.dataset_from_git.datasets import DATASETS, read_datasets
from steps.dataset_from_git.settings import GitSettings
from tests.chart.helm import (
    Object,
    RefusedError,
    named,
    of_kind,
    template,
    without,
)

THIRD: dict[str, Any] = {
    "title": "Energy labels",
    "description": "Labels of {{public}} buildings.",
    "repository": "https://github.com/example/energy-labels",
    "branch": "main",
    "globs": ["labels/*.csv"],
    "reading": {"2019.csv": {"separator": ";", "skip_lines": 2}},
}
FURTHER: dict[str, Any] = {"datasets": {"energy_labels": THIRD}}
ALERTS = {"monitoring": {"alerts": {"enabled": True}}}


def weekly(objects: list[Object]) -> dict[str, Object]:
    """List the runs of datasets by the dataset."""
    return {
        one["spec"]["workflowSpec"]["arguments"]["parameters"][0]["value"]: one
        for one in of_kind(objects, "CronWorkflow")
        if one["metadata"]["name"].startswith("dataset-from-git-")
    }


def settings(objects: list[Object]) -> GitSettings:
    """Read the settings as the steps do."""
    config = named(objects, "ConfigMap", "moderate-workflows")
    return GitSettings.of(config["data"])


def choices(objects: list[Object]) -> list[str]:
    """List the datasets that a run by hand may name."""
    workflow = named(objects, "WorkflowTemplate", "dataset-from-git")
    parameters = workflow["spec"]["arguments"]["parameters"]
    (found,) = (one for one in parameters if one["name"] == "dataset")
    return list(found["enum"])


def test_the_defaults_are_the_project_s_own(installed: list[Object]) -> None:
    assert read_datasets(settings(installed)) == DATASETS
    assert weekly(installed).keys() == DATASETS.keys()


def test_a_further_dataset_reaches_the_steps() -> None:
    objects = template(FURTHER)
    found = read_datasets(settings(objects))["energy_labels"]
    assert found.description == THIRD["description"]
    assert found.rules_for("labels/2019.csv").separator == ";"
    assert set(choices(objects)) == {*DATASETS, "energy_labels"}


def test_a_further_dataset_has_a_weekly_run_of_its_own() -> None:
    runs = weekly(template(FURTHER))
    one = runs["energy_labels"]
    assert one["metadata"]["name"] == "dataset-from-git-energy-labels"
    schedules = [run["spec"]["schedules"][0] for run in runs.values()]
    assert len(set(schedules)) == len(runs) == len(DATASETS) + 1
    assert "building" not in str(one)


def test_the_run_of_a_further_dataset_can_be_suspended() -> None:
    choice = {"dataset-from-git-energy-labels": {"suspend": True}}
    runs = weekly(template({**FURTHER, "schedules": choice}))
    assert runs["energy_labels"]["spec"]["suspend"] is True


def test_a_dataset_that_is_taken_away_has_neither_run_nor_alert() -> None:
    values = {**ALERTS, "datasets": {"genome_project": None}}
    objects = template(values)
    assert weekly(objects).keys() == {"building_stock"}
    assert choices(objects) == ["building_stock"]
    assert "genome" not in str(of_kind(objects, "PrometheusRule"))


def test_without_the_service_there_is_no_run_of_a_further_dataset() -> None:
    assert weekly(template({**FURTHER, **without("datasets")})) == {}


def test_a_further_dataset_has_the_alerts_of_the_others() -> None:
    objects = template({**ALERTS, **FURTHER})
    name = "moderate-workflows-dataset-from-git-{}"
    own = named(objects, "PrometheusRule", name.format("energy-labels"))
    other = named(objects, "PrometheusRule", name.format("genome-project"))
    assert own["spec"] != other["spec"]
    assert str(own).replace("energy-labels", "genome-project").replace(
        "energy_labels", "genome_project"
    ) == str(other)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"repository": "http://example.org/x"}, "does not match"),
        ({"repository": "git@github.com:x/y"}, "does not match"),
        ({"globs": []}, "minItems"),
        ({"title": ""}, "minLength"),
        ({"glob": "x"}, "'glob' not allowed"),
        ({"reading": {"a.csv": {"seperator": ";"}}}, "'seperator'"),
        ({"branch": None}, "branch"),
    ],
)
def test_a_malformed_dataset_is_refused(
    change: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(RefusedError, match=complaint):
        template({"datasets": {"energy_labels": {**THIRD, **change}}})


def test_a_dataset_s_name_is_plain() -> None:
    with pytest.raises(RefusedError, match="Energy-Labels"):
        template({"datasets": {"Energy-Labels": THIRD}})
