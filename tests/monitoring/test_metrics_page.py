"""The page of metrics lists all there are, as they are."""

from typing import Any

from monitoring.names import ARGO
from steps.relay.disposition import Outcome
from steps.relay.metrics import RelayMetrics
from tests.monitoring.documented import Metric, documented
from tests.monitoring.promtool import promtool
from tests.rendered import workflow_templates
from workflows.dataset_from_git.workflow import DATASET

OURS = (f"{ARGO}moderate_", "moderate_relay_")
KINDS = ("counter", "gauge", "histogram")


def rendered_metrics() -> dict[str, Metric]:
    """Reads the metrics of all rendered workflows."""
    return {
        metric.name: metric
        for workflow in workflow_templates()
        for owner in (workflow["spec"], *workflow["spec"]["templates"])
        for one in owner.get("metrics", {}).get("prometheus", [])
        for metric in [as_prometheus_has_it(one)]
    }


def as_prometheus_has_it(metric: dict[str, Any]) -> Metric:
    """Reads a rendered metric."""
    (kind,) = (kind for kind in KINDS if kind in metric)
    labels = {label["key"] for label in metric["labels"]} - {DATASET}
    return Metric(
        ARGO + metric["name"], kind, frozenset(labels), metric["help"]
    )


def relay_metrics() -> dict[str, Metric]:
    """Reads the relay's metrics."""
    metrics = RelayMetrics()
    metrics.count(Outcome.DEAD)
    metrics.waiting("work", 1)
    found = {}
    for family in metrics.families():
        suffix = "_total" if family.type == "counter" else ""
        (labels,) = {
            frozenset(sample.labels)
            for sample in family.samples
            if not sample.name.endswith("_created")
        }
        name = family.name + suffix
        found[name] = Metric(name, family.type, labels, family.documentation)
    return found


def test_every_metric_of_ours_is_documented_as_it_is() -> None:
    listed = {
        name: metric
        for name, metric in documented().items()
        if name.startswith(OURS)
    }
    assert listed == {**rendered_metrics(), **relay_metrics()}


def test_prometheus_takes_the_relays_metrics() -> None:
    metrics = RelayMetrics()
    metrics.waiting("work", 1)
    promtool("check", "metrics", stdin=metrics.text().decode())
