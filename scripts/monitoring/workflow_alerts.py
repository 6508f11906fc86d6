"""Alerts about any workflow."""

from collections.abc import Iterable

from monitoring.alert import Alert, Rules, Severity
from monitoring.names import (
    ENTERED_PHASE,
    IS_LEADER,
    ITEMS_OF_LAST_RUN,
    LAST_DURATION,
    LAST_SUCCESS,
)
from monitoring.pipelines import Pipeline, Scheduled
from monitoring.promql import (
    any_of,
    counted,
    duration,
    largest,
    selector,
)
from steps.contract.metrics import OUTCOME_LABEL
from workflows.authoring.metrics import WORKFLOW_LABEL

FAILED_PHASES = "Failed|Error"
NAME_LABEL = "name"
LOOK_BACK = "15m"
SLOW_SHARE = 2


def workflow_rules(
    known: Iterable[Pipeline], scheduled: Iterable[Scheduled]
) -> Rules:
    """Makes the alerts that hold for every workflow.

    Args:
        known: The WorkflowTemplates.
        scheduled: The CronWorkflows.

    Returns:
        The alerts.
    """
    by_the_clock = {one.pipeline.name for one in scheduled}
    return Rules(
        "workflows",
        (
            _failed(by_the_clock),
            _slow(known),
            _items_failed(),
            _items_partial(),
            _controller_silent(),
        ),
    )


def scheduled_rules(one: Scheduled) -> Rules:
    """Makes the alerts about a workflow that has a schedule.

    Args:
        one: The CronWorkflow.

    Returns:
        The alerts.
    """
    series = selector(LAST_SUCCESS, **one.labels)
    waited = duration(one.overdue_seconds)
    beyond = duration(2 * one.overdue_seconds)
    return Rules(
        one.name,
        (
            Alert(
                name="ModerateWorkflowNotSucceeding",
                expression=(
                    f"time() - max(last_over_time({series}[{beyond}]))"
                    f" > {one.overdue_seconds}"
                ),
                hold="5m",
                severity=Severity.CRITICAL,
                summary=f"{one.name} has not succeeded for {waited}.",
                description=(
                    "Its last success was "
                    "{{ $value | humanizeDuration }} ago. Check its last "
                    "runs with `argo list --label app.kubernetes.io/name="
                    f"{one.pipeline.name}`, and whether it is suspended with "
                    f"`argo cron get {one.name}`."
                ),
                labels={"cron": one.name},
            ),
            Alert(
                name="ModerateWorkflowNotSeen",
                expression=f"absent_over_time({series}[{waited}])",
                hold=waited,
                severity=Severity.CRITICAL,
                summary=f"No success of {one.name} has ever been seen.",
                description=(
                    f"It should have succeeded within {waited}. Either no "
                    "run has, or Prometheus does not scrape Argo's "
                    "controller. Check with `argo cron get "
                    f"{one.name}`."
                ),
                labels={"cron": one.name},
            ),
        ),
        services=one.pipeline.services,
    )


def _failed(names: Iterable[str]) -> Alert:
    series = (
        f'{ENTERED_PHASE}{{{NAME_LABEL}=~"{any_of(names)}",'
        f'phase=~"{FAILED_PHASES}"}}'
    )
    return Alert(
        name="ModerateWorkflowFailed",
        expression=counted(series, LOOK_BACK, NAME_LABEL),
        severity=Severity.WARNING,
        summary="A run of {{ $labels.name }} has failed.",
        description=(
            "Find the run with `argo list --status Failed,Error --label "
            "app.kubernetes.io/name={{ $labels.name }}` and read `argo logs "
            "NAME`. The next scheduled run tries again."
        ),
    )


def _slow(known: Iterable[Pipeline]) -> Alert:
    conditions = (
        f"{largest(selector(LAST_DURATION, **{WORKFLOW_LABEL: one.name}))}"
        f" > {one.deadline_seconds // SLOW_SHARE}"
        for one in known
    )
    return Alert(
        name="ModerateWorkflowSlow",
        expression="\nor\n".join(conditions),
        severity=Severity.WARNING,
        summary="A run of {{ $labels.workflow }} has taken long.",
        description=(
            "It took {{ $value | humanizeDuration }}, more than half of what "
            "it may. Find the slow step with `argo get NAME`, "
            "before one is ended by the deadline."
        ),
    )


def _items_failed() -> Alert:
    series = selector(ITEMS_OF_LAST_RUN, **{OUTCOME_LABEL: "failed"})
    return Alert(
        name="ModerateItemsFailed",
        expression=f"{largest(series)} > 0",
        hold="1h",
        severity=Severity.WARNING,
        summary="Items of {{ $labels.workflow }} keep failing.",
        description=(
            "{{ $value }} items of its last run have failed, and no run "
            "since has done them. The log of the run's step `summary` "
            "names each with its reason."
        ),
    )


def _items_partial() -> Alert:
    series = selector(ITEMS_OF_LAST_RUN, **{OUTCOME_LABEL: "partial"})
    return Alert(
        name="ModerateItemsPartial",
        expression=f"{largest(series)} > 0",
        hold="1h",
        severity=Severity.WARNING,
        summary="Items of {{ $labels.workflow }} are not complete.",
        description=(
            "{{ $value }} items of its last run lack some of their parts, for "
            "example a file that cannot be read; everything else of them is "
            "done. The log of the run's step `summary` names the parts."
        ),
    )


def _controller_silent() -> Alert:
    return Alert(
        name="ModerateControllerSilent",
        expression=f"absent({IS_LEADER} == 1)",
        hold="15m",
        severity=Severity.CRITICAL,
        summary="Argo's workflow controller cannot be seen.",
        description=(
            "Either none runs, and no workflow starts or goes on, or "
            "Prometheus does not scrape it, and no other alert about "
            "workflows can be trusted. Check the Deployment "
            "`workflow-controller` and the scraping of its port 9090."
        ),
    )
