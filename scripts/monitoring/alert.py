"""What an alert is, and how Prometheus' operator takes alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from events.names import VARIANT_ANNOTATION
from workflows.authoring.names import PROJECT, SERVICES_ANNOTATION, labels

API_VERSION = "monitoring.coreos.com/v1"
KIND = "PrometheusRule"
RUNBOOK = (
    "https://github.com/MODERATE-Project/moderate-workflows/blob/main/"
    "docs/alerts.md#{}"
)


class Severity(StrEnum):
    """How much an alert matters.

    Attributes:
        CRITICAL: Nothing is processed; act now.
        WARNING: Something is wrong; act within a day.
    """

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True)
class Alert:
    """A condition that an operator has to act on.

    Attributes:
        name: Its name; the section of the documentation is called so too.
        expression: The condition, in PromQL.
        hold: For how long it has to hold, in Prometheus' notation.
        severity: How much it matters.
        summary: What happened, in one sentence.
        description: What it may be and what to do.
        labels: Labels that distinguish it from others of its name.
    """

    name: str
    expression: str
    severity: Severity
    summary: str
    description: str
    hold: str = "0s"
    labels: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Writes the alert as a rule of Prometheus."""
        return {
            "alert": self.name,
            "expr": self.expression,
            "for": self.hold,
            "labels": {"severity": str(self.severity), **self.labels},
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": RUNBOOK.format(self.name.lower()),
            },
        }


@dataclass(frozen=True)
class Rules:
    """The alerts about one part of the project.

    Attributes:
        name: Its name.
        alerts: The alerts.
        services: The services without which that part is not installed.
        variant: The chart's value, as ``path=value``, with which that part
            is chosen; empty where it is always installed.
    """

    name: str
    alerts: Sequence[Alert]
    services: frozenset[str] = frozenset()
    variant: str = ""

    def document(self) -> dict[str, Any]:
        """Writes the alerts as an object of Prometheus' operator."""
        annotations = {
            SERVICES_ANNOTATION: ",".join(sorted(self.services)),
            VARIANT_ANNOTATION: self.variant,
        }
        name = f"{PROJECT}-{self.name}"
        return {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "metadata": {
                "name": name,
                "labels": labels(PROJECT),
                "annotations": {
                    key: value for key, value in annotations.items() if value
                },
            },
            "spec": {
                "groups": [
                    {
                        "name": name,
                        "rules": [alert.document() for alert in self.alerts],
                    }
                ]
            },
        }
