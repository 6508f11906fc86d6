"""The metrics that Argo's controller keeps of every workflow."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from hera.workflows import Container, Counter, Gauge, Histogram, Label

from steps.contract.metrics import Gauge as Mark
from steps.contract.metrics import gauges
from steps.contract.step import Step

Metric = Counter | Gauge | Histogram

PREFIX = "moderate"
RUNS = f"{PREFIX}_workflow_runs_total"
DURATION = f"{PREFIX}_workflow_duration_seconds"
LAST_DURATION = f"{PREFIX}_workflow_last_duration_seconds"
LAST_SUCCESS = f"{PREFIX}_workflow_last_success_timestamp_seconds"
WORKFLOW_LABEL = "workflow"
STATUS_LABEL = "status"
DURATION_BUCKETS = (10, 30, 60, 300, 900, 3_600, 10_800, 21_600)
STATUS = "{{workflow.status}}"
SECONDS = "{{workflow.duration}}"
# Argo evaluates it each time that it reconciles a workflow: the last time is
# the workflow's end.
NOW = "{{=sprig.unixEpoch(sprig.now())}}"


def workflow_metrics(labels: Mapping[str, str]) -> list[Metric]:
    """Makes the metrics of a workflow's runs.

    Args:
        labels: Labels that distinguish them from those of other workflows.

    Returns:
        A counter of its runs by status, a histogram of how long they took,
        how long the last one took, and when the last good one ended.
    """
    return [
        Counter(
            name=RUNS,
            help="Runs of workflows that have ended.",
            labels=_labels({**labels, STATUS_LABEL: STATUS}),
            value="1",
        ),
        Histogram(
            name=DURATION,
            help="How long runs of workflows have taken.",
            labels=_labels({**labels, STATUS_LABEL: STATUS}),
            buckets=[float(bucket) for bucket in DURATION_BUCKETS],
            value=SECONDS,
        ),
        Gauge(
            name=LAST_DURATION,
            help="How long the run that ended last has taken.",
            labels=_labels(labels),
            realtime=False,
            value=SECONDS,
        ),
        Gauge(
            name=LAST_SUCCESS,
            help="When the last run that succeeded ended, in Unix time.",
            labels=_labels(labels),
            realtime=False,
            when=f"{STATUS} == Succeeded",
            value=NOW,
        ),
    ]


def step_metrics(step: Step[Any, Any]) -> list[Metric]:
    """Makes the metrics of a step: its outputs that are marked as gauges.

    A step that fails because of its items has outputs too, so that a gauge
    does not depend on how the step ended. Argo sets none without an output.

    Args:
        step: The step.

    Returns:
        One gauge for each.
    """
    return [
        Gauge(
            name=gauge_name(step.name, field, gauge),
            help=gauge.description,
            labels=_labels(gauge.labels),
            realtime=False,
            value=f"{{{{outputs.parameters.{field}}}}}",
        )
        for field, gauge in gauges(step.outputs).items()
    ]


def labelled(pod: Container, labels: Mapping[str, str]) -> Container:
    """Returns a container template whose metrics carry further labels.

    Args:
        pod: The container template.
        labels: Labels that distinguish its metrics from other workflows',
            which may run the same steps.

    Returns:
        A copy of the template.
    """
    found = copy(pod)
    if isinstance(pod.metrics, list):
        found.metrics = [_labelled(metric, labels) for metric in pod.metrics]
    return found


def _labelled(metric: Metric, labels: Mapping[str, str]) -> Metric:
    found = copy(metric)
    found.labels = [*_labels(labels), *(metric.labels or [])]
    return found


def gauge_name(step: str, field: str, gauge: Mark) -> str:
    """Returns the name of the metric of a step's output.

    Args:
        step: Name of the step.
        field: Name of the output.
        gauge: The output's mark.

    Returns:
        The metric's name.
    """
    own = gauge.name or f"{step.replace('-', '_')}_{field}"
    return f"{PREFIX}_{own}"


def _labels(labels: Mapping[str, str]) -> list[Label]:
    return [Label(key=key, value=value) for key, value in labels.items()]
