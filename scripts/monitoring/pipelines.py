"""The facts of the rendered workflows for alerts and panels."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import Any

from cronsim import CronSim

from workflows.authoring.metrics import WORKFLOW_LABEL
from workflows.authoring.names import SERVICES_ANNOTATION
from workflows.authoring.workflow_template import reset_hera
from workflows.dataset_from_git.workflow import DATASET
from workflows.registry import FEATURES

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
LOOKED_AT = 50


@dataclass(frozen=True)
class Pipeline:
    """A WorkflowTemplate.

    Attributes:
        name: Its name.
        deadline_seconds: The longest that a run may take.
        services: The services without which it is not installed.
    """

    name: str
    deadline_seconds: int
    services: frozenset[str]


@dataclass(frozen=True)
class Scheduled:
    """A CronWorkflow.

    Attributes:
        name: Its name.
        pipeline: What it runs.
        interval_seconds: The longest time between two runs.
        labels: Labels that distinguish the metrics of its runs.
    """

    name: str
    pipeline: Pipeline
    interval_seconds: int
    labels: Mapping[str, str]

    @property
    def overdue_seconds(self) -> int:
        """After how long without a success something is wrong."""
        return self.interval_seconds + self.pipeline.deadline_seconds


def pipelines() -> list[Pipeline]:
    """Lists the WorkflowTemplates."""
    return [
        Pipeline(
            name=document["metadata"]["name"],
            deadline_seconds=document["spec"]["activeDeadlineSeconds"],
            services=_services(document),
        )
        for document in _documents("WorkflowTemplate")
    ]


def scheduled() -> list[Scheduled]:
    """Lists the CronWorkflows."""
    known = {pipeline.name: pipeline for pipeline in pipelines()}
    return [_scheduled(cron, known) for cron in _documents("CronWorkflow")]


def interval_seconds(schedules: Sequence[str]) -> int:
    """Returns the longest time between two runs of a schedule.

    Args:
        schedules: Cron expressions; only one is taken.

    Returns:
        The time in seconds.
    """
    (schedule,) = schedules
    times = islice(CronSim(schedule, SOME_DAY), LOOKED_AT)
    return max(
        int((after - before).total_seconds())
        for before, after in pairwise(times)
    )


def _scheduled(
    cron: Mapping[str, Any], known: Mapping[str, Pipeline]
) -> Scheduled:
    spec = cron["spec"]
    run = spec["workflowSpec"]
    pipeline = known[run["workflowTemplateRef"]["name"]]
    arguments = {
        one["name"]: one["value"]
        for one in run.get("arguments", {}).get("parameters", [])
    }
    metric_labels = {
        name: value for name, value in arguments.items() if name == DATASET
    }
    return Scheduled(
        name=cron["metadata"]["name"],
        pipeline=pipeline,
        interval_seconds=interval_seconds(spec["schedules"]),
        labels={WORKFLOW_LABEL: pipeline.name, **metric_labels},
    )


def _documents(kind: str) -> Iterator[dict[str, Any]]:
    reset_hera()
    for build in FEATURES.values():
        for built in build():
            document = built if isinstance(built, dict) else built.to_dict()
            if document["kind"] == kind:
                yield document


def _services(document: Mapping[str, Any]) -> frozenset[str]:
    annotations = document["metadata"].get("annotations", {})
    services = annotations.get(SERVICES_ANNOTATION, "")
    return frozenset(filter(None, services.split(",")))
