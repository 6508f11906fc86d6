"""What starts the trust pipelines at once: new users, new asset objects.

A run lists everything that is missing, so that one run is enough for any
number of calls before it. A calendar source sets the pace: a burst of calls
becomes one run at its beginning and one at each tick until its end.
"""

from collections.abc import Iterable
from typing import Any

from events.models.sensor import Dependency, Sensor
from events.models.source import Calendar, EventSource, EventSourceSpec
from events.names import BUS, PLAIN_ACCOUNT, metadata
from events.pods import pod_template
from events.sensor import PACE, workflow_sensor
from events.webhook import EVENT, webhook_source
from steps.clients.event_webhook_settings import WebhookSettings
from steps.contract.step import Step
from steps.trust.inputs import OBJECTS, USERS
from workflows.authoring.services import services_of
from workflows.trust_objects import workflow as trust_objects
from workflows.trust_users import workflow as trust_users

CLOCK = "trust-pace"
TICK = "tick"
TICK_INTERVAL = "30s"
NEEDED = {USERS: trust_users.STEPS, OBJECTS: trust_objects.STEPS}


def build() -> list[dict[str, Any]]:
    """Builds what starts the trust pipelines.

    Returns:
        An EventSource and a Sensor for users, the same for asset objects,
        and the calendar source of both.
    """
    objects: list[EventSource | Sensor] = [_clock()]
    for name, steps in NEEDED.items():
        objects.append(webhook_source(name, services_of(steps)))
        objects.append(_sensor(name, steps))
    return [one.document() for one in objects]


def _sensor(name: str, steps: Iterable[Step[Any, Any]]) -> Sensor:
    return workflow_sensor(
        metadata(
            name,
            services=(
                WebhookSettings.service,
                *services_of(steps),
            ),
        ),
        source=name,
        event=EVENT,
        workflow=name,
        arguments={},
        pace=Dependency(name=PACE, event_source_name=CLOCK, event_name=TICK),
    )


def _clock() -> EventSource:
    shared = set.intersection(
        *(set(services_of(steps)) for steps in NEEDED.values())
    )
    return EventSource(
        metadata=metadata(
            CLOCK,
            services={WebhookSettings.service, *shared},
        ),
        spec=EventSourceSpec(
            event_bus_name=BUS,
            template=pod_template(CLOCK, PLAIN_ACCOUNT),
            calendar={TICK: Calendar(interval=TICK_INTERVAL)},
        ),
    )
