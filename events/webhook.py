"""The one way to make a webhook: a token, a small body, a Service."""

from collections.abc import Iterable

from events.models.base import SecretKey
from events.models.source import (
    EventSource,
    EventSourceSpec,
    Service,
    ServicePort,
    Webhook,
)
from events.names import BUS, PLAIN_ACCOUNT, metadata
from events.pods import pod_template
from steps.clients.event_webhook_settings import WebhookSettings
from workflows.authoring.names import secret_name

PORT = 12_000
EVENT = "event"
TOKEN_VARIABLE = "WEBHOOK_TOKEN"  # noqa: S105  (a name, not a token)
# A message of the queue, escaped once more, has at most 192 KiB.
LARGEST_BODY_BYTES = 256 * 1024


def webhook_source(name: str, services: Iterable[str] = ()) -> EventSource:
    """Makes an EventSource with one webhook, ``POST /<name>``.

    Args:
        name: Its name.
        services: The services, beside the webhooks', that it is of no use
            without.

    Returns:
        The EventSource; Argo Events makes its Service
        ``<name>-eventsource-svc``.
    """
    service = WebhookSettings.service
    return EventSource(
        metadata=metadata(name, services={service, *services}),
        spec=EventSourceSpec(
            event_bus_name=BUS,
            template=pod_template(name, PLAIN_ACCOUNT),
            service=Service(ports=(ServicePort(port=PORT, target_port=PORT),)),
            webhook={
                EVENT: Webhook(
                    endpoint=f"/{name}",
                    port=str(PORT),
                    auth_secret=SecretKey(
                        name=secret_name(service), key=TOKEN_VARIABLE
                    ),
                    max_payload_size=LARGEST_BODY_BYTES,
                )
            },
        ),
    )
