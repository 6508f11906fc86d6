"""The metrics that Argo's controller keeps of every workflow."""

from typing import Any

from hera.workflows import Counter, Gauge, Histogram, Label

from steps.contract.metrics import gauges
from steps.contract.step import Step

Metric = Counter | Gauge | Histogram

PREFIX = "moderate"
RUNS = f"{PREFIX}_workflow_runs_total"
DURATION = f"{PREFIX}_workflow_duration_seconds"
WORKFLOW_LABEL = "workflow"
STATUS_LABEL = "status"
DURATION_BUCKETS = (10, 30, 60, 300, 900, 3_600, 10_800, 21_600)


def workflow_metrics(name: str) -> list[Metric]:
    """Makes the metrics of a workflow's runs.

    Args:
        name: Name of the WorkflowTemplate.

    Returns:
        A counter of its runs by status, and a histogram of how long they
        took.
    """
    labels = [
        Label(key=WORKFLOW_LABEL, value=name),
        Label(key=STATUS_LABEL, value="{{workflow.status}}"),
    ]
    return [
        Counter(
            name=RUNS,
            help="Runs of workflows that have ended.",
            labels=labels,
            value="1",
        ),
        Histogram(
            name=DURATION,
            help="How long runs of workflows have taken.",
            labels=labels,
            buckets=[float(bucket) for bucket in DURATION_BUCKETS],
            value="{{workflow.duration}}",
        ),
    ]


def step_metrics(step: Step[Any, Any]) -> list[Metric]:
    """Makes the metrics of a step: its outputs that are marked as gauges.

    Args:
        step: The step.

    Returns:
        One gauge for each.
    """
    return [
        Gauge(
            name=gauge_name(step.name, field),
            help=gauge.description,
            realtime=False,
            when="{{status}} == Succeeded",
            value=f"{{{{outputs.parameters.{field}}}}}",
        )
        for field, gauge in gauges(step.outputs).items()
    ]


def gauge_name(step: str, field: str) -> str:
    """Returns the name of the metric of a step's output.

    Args:
        step: Name of the step.
        field: Name of the output.

    Returns:
        The metric's name.
    """
    return f"{PREFIX}_{step.replace('-', '_')}_{field}"
