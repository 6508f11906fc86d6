"""What of the pipeline is rendered: one entry, one weekly run."""

from types import MappingProxyType

import pytest

from steps.dataset_from_git import datasets
from steps.dataset_from_git.datasets import DATASETS
from workflows.dataset_from_git import workflow

THIRD = DATASETS["building_stock"].model_copy(
    update={
        "name": "third_dataset",
        "url": "https://github.com/example/third",
    }
)


def schedules() -> dict[str, str]:
    """Return the rendered schedules by the CronWorkflows' names."""
    return {
        built.name: built.schedules[0]
        for built in workflow.build()
        if type(built).__name__ == "CronWorkflow"
    }


def choices() -> list[str]:
    """Return the datasets that a run by hand may name."""
    template, *_ = workflow.build()
    (dataset,) = (
        parameter
        for parameter in template.arguments
        if parameter.name == "dataset"
    )
    return list(dataset.enum)


def test_each_dataset_runs_once_a_week() -> None:
    assert schedules() == {
        "dataset-from-git-building-stock": "0 2 * * 0",
        "dataset-from-git-genome-project": "0 3 * * 0",
    }


def test_a_run_by_hand_names_a_dataset() -> None:
    assert choices() == list(DATASETS)


def test_a_third_dataset_is_an_entry_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = MappingProxyType({**DATASETS, THIRD.name: THIRD})
    monkeypatch.setattr(datasets, "DATASETS", table)
    monkeypatch.setattr(workflow, "DATASETS", table)
    assert schedules()["dataset-from-git-third-dataset"] == "0 4 * * 0"
    assert choices() == list(table)


def test_runs_of_one_dataset_wait_for_each_other() -> None:
    template, *_ = workflow.build()
    (mutex,) = template.synchronization.mutexes
    assert mutex.name == "dataset-from-git-{{workflow.parameters.dataset}}"
