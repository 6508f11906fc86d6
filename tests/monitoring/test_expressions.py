"""Alerts and dashboard ask for what there is."""

import json
from typing import Any

import pytest

from moderate.render import render_monitoring
from monitoring.dashboard import FILE
from tests.monitoring.documented import documented
from tests.monitoring.expressions import labels_in, metrics_in
from tests.monitoring.promtool import rules
from workflows.dataset_from_git.workflow import DATASET


def dashboard() -> dict[str, Any]:
    """Reads the dashboard."""
    read: dict[str, Any] = json.loads(render_monitoring()[FILE])
    return read


def expressions() -> list[str]:
    """Lists what alerts and dashboard ask."""
    asked = [
        target["expr"]
        for panel in dashboard()["panels"]
        for target in panel.get("targets", [])
    ]
    return [*(rule["expr"] for rule in rules()), *asked]


every_expression = pytest.mark.parametrize("expression", expressions())


@every_expression
def test_an_expression_asks_for_metrics_that_there_are(
    expression: str,
) -> None:
    asked = metrics_in(expression)
    assert asked
    assert asked <= documented().keys()


@every_expression
def test_an_expression_selects_by_labels_that_there_are(
    expression: str,
) -> None:
    known = documented()
    wrong = [
        (metric, label)
        for metric, label in labels_in(expression)
        if label not in known[metric].labels | {DATASET}
    ]
    assert wrong == []


def test_every_metric_is_shown_or_alerted_on() -> None:
    asked = {
        metric
        for expression in expressions()
        for metric in metrics_in(expression)
    }
    assert documented().keys() - asked == set()
