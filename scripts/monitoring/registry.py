"""All alerts of the project, built only when asked for."""

from monitoring.alert import Rules
from monitoring.event_alerts import event_rules
from monitoring.feature_alerts import feature_rules
from monitoring.pipelines import pipelines, scheduled
from monitoring.workflow_alerts import (
    scheduled_rules,
    workflow_rules,
)


def all_rules() -> list[Rules]:
    """Builds all alerts.

    Returns:
        The alerts of each part of the project.
    """
    known = pipelines()
    by_the_clock = scheduled()
    return [
        workflow_rules(known, by_the_clock),
        *map(scheduled_rules, by_the_clock),
        *feature_rules({one.name: one for one in known}),
        *event_rules(),
    ]
