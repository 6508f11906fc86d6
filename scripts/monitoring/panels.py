"""What the dashboard shows: titles, and questions in PromQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from events.relay import NAME as RELAY
from monitoring.event_alerts import EVENT_DEPLOYMENTS
from monitoring.names import (
    DEPLOYMENT_AVAILABLE,
    DURATION_BUCKET,
    ITEMS_OF_LAST_RUN,
    LAST_DURATION,
    LAST_SUCCESS,
    RELAY_MESSAGES,
    RELAY_QUEUE,
    RUNS,
    gauge_of,
)
from monitoring.promql import any_of, selector
from steps.contract.metrics import OUTCOME_LABEL
from steps.matrix_profile_catch_up.catch_up import catch_up
from steps.relay.metric_names import DEAD, QUEUE_LABEL, WORK
from steps.trust_objects.discover import discover as discover_objects
from steps.trust_users.discover import discover as discover_users

RANGE = "$__range"
RATE = "$__rate_interval"
SECONDS = "s"
NUMBER = "short"

WAITING = selector(RELAY_QUEUE, **{QUEUE_LABEL: WORK})
DEAD_MESSAGES = selector(RELAY_QUEUE, **{QUEUE_LABEL: DEAD})
AGE = f"time() - max by (workflow, dataset) ({LAST_SUCCESS})"
WHO = "{{workflow}} {{dataset}}"


@dataclass(frozen=True)
class Query:
    """One question of a panel.

    Attributes:
        expression: The question in PromQL.
        legend: What each of its series is called.
    """

    expression: str
    legend: str = ""


@dataclass(frozen=True)
class Panel:
    """A panel.

    Attributes:
        title: Its title.
        description: What it shows.
        queries: Its questions.
        unit: The unit of its numbers, in Grafana's words.
    """

    title: str
    description: str
    queries: tuple[Query, ...]
    unit: str = NUMBER


def _trust(field: str) -> tuple[Query, ...]:
    return (
        Query(f"max({gauge_of(discover_users, field)})", "DIDs"),
        Query(f"max({gauge_of(discover_objects, field)})", "proofs"),
    )


GLANCE = (
    Panel(
        "Failed runs",
        "Runs that have failed within the time shown.",
        (Query(f'sum(increase({RUNS}{{status!="Succeeded"}}[{RANGE}]))'),),
    ),
    Panel(
        "Failed items",
        "Items that the last run of each workflow could not do.",
        (
            Query(
                "sum("
                + selector(ITEMS_OF_LAST_RUN, **{OUTCOME_LABEL: "failed"})
                + ")"
            ),
        ),
    ),
    Panel(
        "Messages waiting",
        "Messages in the queue of matrix profiles.",
        (Query(f"max({WAITING})"),),
    ),
    Panel(
        "Dead messages",
        "Messages in the dead-letter queue.",
        (Query(f"max({DEAD_MESSAGES})"),),
    ),
    Panel(
        "Given up",
        "DIDs and proofs that wait for a person.",
        _trust("set_aside"),
    ),
    Panel(
        "Longest without a success",
        "The oldest last success of all workflows.",
        (Query(f"max({AGE})"),),
        SECONDS,
    ),
)

ROWS: Mapping[str, tuple[Panel, ...]] = MappingProxyType(
    {
        "Workflows": (
            Panel(
                "Runs that ended, per hour",
                "By workflow and how their main part ended.",
                (
                    Query(
                        "sum by (workflow, status) "
                        f"(rate({RUNS}[{RATE}])) * 3600",
                        "{{workflow}} {{status}}",
                    ),
                ),
            ),
            Panel(
                "Time since the last success",
                "It grows until a run succeeds.",
                (Query(AGE, WHO),),
                SECONDS,
            ),
            Panel(
                "Duration of the last run",
                "Of the run that ended last.",
                (Query(f"max by (workflow, dataset) ({LAST_DURATION})", WHO),),
                SECONDS,
            ),
            Panel(
                "Duration of nineteen out of twenty runs",
                "Estimated from the histogram's buckets.",
                (
                    Query(
                        "histogram_quantile(0.95, sum by (workflow, le) "
                        f"(rate({DURATION_BUCKET}[{RANGE}])))",
                        "{{workflow}}",
                    ),
                ),
                SECONDS,
            ),
        ),
        "Items": (
            Panel(
                "Items of the last run",
                "Databases, prefixes, files, users, asset objects, by "
                "outcome.",
                (
                    Query(
                        "max by (workflow, dataset, outcome) "
                        f"({ITEMS_OF_LAST_RUN})",
                        f"{WHO} {{{{outcome}}}}",
                    ),
                ),
            ),
            Panel(
                "Failed items of the last run",
                "The same, those alone that have failed.",
                (
                    Query(
                        "max by (workflow, dataset) ("
                        + selector(
                            ITEMS_OF_LAST_RUN, **{OUTCOME_LABEL: "failed"}
                        )
                        + ")",
                        WHO,
                    ),
                ),
            ),
        ),
        "Messages": (
            Panel(
                "Messages taken, per minute",
                "By outcome.",
                (
                    Query(
                        "sum by (outcome) "
                        f"(rate({RELAY_MESSAGES}[{RATE}])) * 60",
                        "{{outcome}}",
                    ),
                ),
            ),
            Panel(
                "Messages that wait",
                "In the queue, and in the dead-letter queue.",
                (
                    Query(f"max({WAITING})", "queue"),
                    Query(f"max({DEAD_MESSAGES})", "dead letters"),
                ),
            ),
            Panel(
                "Jobs without results",
                "Those that are older than a quarter of an hour.",
                (Query(f"max({gauge_of(catch_up, 'open')})", "jobs"),),
            ),
            Panel(
                "Pods that are ready",
                "Of the relay, the webhooks and the Sensors.",
                (
                    Query(
                        f'{DEPLOYMENT_AVAILABLE}{{deployment=~"'
                        f"{any_of((RELAY, *EVENT_DEPLOYMENTS))}"
                        '"}',
                        "{{deployment}}",
                    ),
                ),
            ),
        ),
        "Trust": (
            Panel(
                "Missing",
                "What a run has found to make, up to its limit.",
                _trust("due"),
            ),
            Panel(
                "Waiting for another try",
                "What has failed and is tried again.",
                _trust("waiting"),
            ),
        ),
    }
)
