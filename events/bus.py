"""The EventBus: three servers with volumes, or one without, to develop."""

from typing import Any

import yaml

from events.models.base import ObjectMeta
from events.models.bus import EventBus, EventBusSpec, JetStream, Persistence
from events.models.pod import ContainerTemplate, Resources
from events.names import BUS, PLAIN_ACCOUNT, metadata
from events.pods import apart
from steps.clients.event_webhook_settings import WebhookSettings
from workflows.authoring.names import labels

VARIANT = "eventBus={}"
PRODUCTION = "production"
DEVELOPMENT = "development"
JETSTREAM_VERSION = "2.10.29"
PRODUCTION_REPLICAS = 3
DEVELOPMENT_REPLICAS = 1
VOLUME_SIZE = "10Gi"
# Larger than any backlog: at the limit the bus refuses new events.
MOST_EVENTS = 200_000
# A number: Argo Events takes "4GB" for no limit.
MOST_BYTES = 4_000_000_000
# JetStream's DiscardNew, as Argo Events counts.
REFUSE_NEW_EVENTS = 1
SERVERS = {"eventbus-name": BUS}
# Shorter than a succeeded workflow is kept.
HOURS_OF_EVENTS = 71
SERVER = ContainerTemplate(
    resources=Resources.of(
        cpu="50m", memory="128Mi", cpu_limit="1", memory_limit="512Mi"
    )
)
SIDECAR = ContainerTemplate(
    resources=Resources.of(
        cpu="5m", memory="16Mi", cpu_limit="100m", memory_limit="64Mi"
    )
)


def build() -> list[dict[str, Any]]:
    """Builds both variants of the bus; the chart installs one of them.

    Returns:
        The EventBus objects.
    """
    return [
        _bus(
            PRODUCTION,
            PRODUCTION_REPLICAS,
            Persistence(volume_size=VOLUME_SIZE),
        ).document(),
        _bus(DEVELOPMENT, DEVELOPMENT_REPLICAS, None).document(),
    ]


def _bus(
    variant: str, replicas: int, persistence: Persistence | None
) -> EventBus:
    return EventBus(
        metadata=metadata(
            BUS,
            services=(WebhookSettings.service,),
            variant=VARIANT.format(variant),
        ),
        spec=EventBusSpec(
            jetstream=JetStream(
                version=JETSTREAM_VERSION,
                replicas=replicas,
                persistence=persistence,
                stream_config=_stream_config(replicas),
                metadata=ObjectMeta(labels=labels(BUS)),
                affinity=apart(SERVERS),
                service_account_name=PLAIN_ACCOUNT,
                container_template=SERVER,
                metrics_container_template=SIDECAR,
                reloader_container_template=SIDECAR,
            )
        ),
    )


def _stream_config(replicas: int) -> str:
    """Writes what Argo Events reads as YAML inside of YAML."""
    return yaml.safe_dump(
        {
            "maxMsgs": MOST_EVENTS,
            "maxBytes": MOST_BYTES,
            "discard": REFUSE_NEW_EVENTS,
            "maxAge": f"{HOURS_OF_EVENTS}h",
            "replicas": replicas,
        },
        sort_keys=True,
    )
