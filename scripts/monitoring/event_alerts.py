"""Alerts about what starts workflows: queue, relay, webhooks, bus."""

from events import matrix_profile, relay, trust
from events.names import BUS
from events.sensor import DEAD_LETTER
from monitoring.alert import Alert, Rules, Severity
from monitoring.names import (
    DEPLOYMENT_AVAILABLE,
    ENTERED_PHASE,
    RELAY_MESSAGES,
    RELAY_QUEUE,
    STATEFULSET_READY,
    STATEFULSET_REPLICAS,
)
from monitoring.promql import any_of, counted, grows, selector
from steps.clients.event_webhook_settings import WebhookSettings
from steps.relay.disposition import Outcome
from steps.relay.metric_names import DEAD, OUTCOME_LABEL, QUEUE_LABEL, WORK
from steps.relay.settings import RabbitSettings

WEBHOOK = WebhookSettings.service
SOURCES = (matrix_profile.NAME, *trust.NEEDED, trust.CLOCK)
SENSORS = (matrix_profile.NAME, *trust.NEEDED)
# Argo Events gives its Deployments and StatefulSets these names.
EVENT_DEPLOYMENTS = (
    *(f"{name}-eventsource-.+" for name in SOURCES),
    *(f"{name}-sensor-.+" for name in SENSORS),
)
BUS_STATEFULSET = f"eventbus-{BUS}-js"


def event_rules() -> list[Rules]:
    """Makes the alerts about what starts workflows.

    Returns:
        The alerts of the relay, and those of Argo Events.
    """
    return [
        Rules(
            "relay",
            (
                _relay_down(),
                _queue_grows(),
                _messages_kept(),
                _messages_given_up(),
                _dead_messages(),
            ),
            frozenset(
                {
                    WEBHOOK,
                    RabbitSettings.service,
                    *matrix_profile.PIPELINE_SERVICES,
                }
            ),
            relay.VARIANT,
        ),
        Rules(
            "events",
            (_dead_letter(), _events_down(), _bus_down()),
            frozenset({WEBHOOK}),
        ),
    ]


def _relay_down() -> Alert:
    series = selector(DEPLOYMENT_AVAILABLE, deployment=relay.NAME)
    return Alert(
        name="ModerateRelayDown",
        expression=f"{series} < 1",
        hold="5m",
        severity=Severity.CRITICAL,
        summary="No relay takes messages from the queue.",
        description=(
            "No matrix profile is started by a message. Each relay logs why "
            "it is not ready: `kubectl logs --selector "
            f"app.kubernetes.io/name={relay.NAME}`."
        ),
    )


def _queue_grows() -> Alert:
    series = selector(RELAY_QUEUE, **{QUEUE_LABEL: WORK})
    return Alert(
        name="ModerateQueueGrowing",
        expression=grows(series, "30m"),
        hold="10m",
        severity=Severity.WARNING,
        summary="Messages arrive faster than the relay forwards them.",
        description=(
            "{{ $value }} messages wait in the queue, more than half an hour "
            "ago. The relay's log shows whether the webhook refuses them."
        ),
    )


def _messages_kept() -> Alert:
    return Alert(
        name="ModerateMessagesKept",
        expression=f"sum(increase({_messages(Outcome.KEPT)}[10m])) > 0",
        hold="20m",
        severity=Severity.WARNING,
        summary="Messages have failed and been retried for half an hour.",
        description=(
            "The webhook or the Platform API is down; messages wait, and none "
            "is lost. The relay's log has the reason: `kubectl logs "
            f"--selector app.kubernetes.io/name={relay.NAME}`. `moderate "
            "check` asks each service."
        ),
    )


def _messages_given_up() -> Alert:
    return Alert(
        name="ModerateMessagesGivenUp",
        expression=counted(_messages(Outcome.GIVEN_UP), "1h", OUTCOME_LABEL),
        severity=Severity.WARNING,
        summary="A service refuses single messages again and again.",
        description=(
            "{{ $value | humanize }} messages have failed while others "
            "passed, and are in the dead-letter queue with the service's "
            "answer. `moderate dead-letter list` shows them."
        ),
    )


def _messages(outcome: Outcome) -> str:
    label = outcome.name.lower()
    return selector(RELAY_MESSAGES, **{OUTCOME_LABEL: label})


def _dead_messages() -> Alert:
    series = selector(RELAY_QUEUE, **{QUEUE_LABEL: DEAD})
    return Alert(
        name="ModerateDeadMessages",
        expression=f"max({series}) > 0",
        severity=Severity.WARNING,
        summary="Messages that can never be run are in the dead-letter queue.",
        description=(
            "{{ $value }} of them. The header `x-reason` of each has the "
            "reason; their jobs have the error. Fix their publisher, "
            "then remove them."
        ),
    )


def _dead_letter() -> Alert:
    series = f'{ENTERED_PHASE}{{name="{DEAD_LETTER}",phase="New"}}'
    return Alert(
        name="ModerateDeadLetter",
        expression=counted(series, "1h", "name"),
        severity=Severity.CRITICAL,
        summary="No workflow could be started for an event.",
        description=(
            "A Sensor has tried for two minutes. The Workflow `dead-letter` "
            "keeps the event: `argo list --label app.kubernetes.io/name="
            f"{DEAD_LETTER}`."
        ),
    )


def _events_down() -> Alert:
    names = any_of(EVENT_DEPLOYMENTS)
    return Alert(
        name="ModerateEventsDown",
        expression=f'{DEPLOYMENT_AVAILABLE}{{deployment=~"{names}"}} < 1',
        hold="5m",
        severity=Severity.CRITICAL,
        summary="{{ $labels.deployment }} does not run.",
        description=(
            "A webhook or a Sensor of Argo Events is down, so that calls are "
            "refused or events wait in the bus. Check its pod, and Argo "
            "Events' controller."
        ),
    )


def _bus_down() -> Alert:
    ready = selector(STATEFULSET_READY, statefulset=BUS_STATEFULSET)
    wanted = selector(STATEFULSET_REPLICAS, statefulset=BUS_STATEFULSET)
    return Alert(
        name="ModerateEventBusDown",
        expression=f"{ready} * 2 <= {wanted}",
        hold="5m",
        severity=Severity.CRITICAL,
        summary="The EventBus has lost most of its servers.",
        description=(
            "Half of them or more are down: there is no majority. Webhooks "
            "answer 500 and the relay keeps its messages until they are "
            "back. Check the pods with `kubectl get pods --selector "
            f"eventbus-name={BUS}`."
        ),
    )
