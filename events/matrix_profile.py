"""From a message to the workflow ``matrix-profile``.

The relay reads the queue and posts each message to the webhook. Argo Events'
own ``amqp`` source can take the relay's place where it acknowledges.
"""

from typing import Any

from events.models.base import Backoff, SecretKey
from events.models.sensor import ParameterSource, Sensor
from events.models.source import (
    Amqp,
    AmqpConsume,
    AmqpQueue,
    EventSource,
    EventSourceSpec,
)
from events.names import BUS, PLAIN_ACCOUNT, metadata
from events.pods import pod_template
from events.sensor import from_event, workflow_sensor
from events.webhook import EVENT, webhook_source
from steps.clients.event_webhook_settings import WebhookSettings
from steps.contract.message_id import PATTERN as MESSAGE_ID_PATTERN
from steps.contract.wire import MARK
from steps.relay.settings import RabbitSettings
from workflows.authoring.names import MESSAGE_ID_LABEL, PROJECT, secret_name
from workflows.authoring.services import services_of
from workflows.matrix_profile.workflow import STEPS

NAME = "matrix-profile"
PIPELINE_SERVICES = sorted(services_of(STEPS))
AMQP_NAME = f"{NAME}-amqp"
QUEUE = "matrix_profile"
# The default exchange delivers to the queue already; a binding to one of
# our own is only what the source insists on.
EXCHANGE = PROJECT
AMQP_VARIANT = "rabbitmq.source=amqp"
RABBIT_URL_VARIABLE = "RABBIT_URL"
AMQP_TRIES = Backoff(steps=10, duration="2s")
JOB_OF_AMQP_BODY = (
    "{{ (.Input.body | b64dec | fromJson).workflow_job_id | int64 }}"
)
# What is no id becomes nothing: it is to be a label, and Argo would evaluate
# tags in it.
ID = '{{{{ .Input.{} | toString | regexFind "^{}$" }}}}'
ID_OF_BODY = ID.format("body.message_id", MESSAGE_ID_PATTERN)
ID_OF_AMQP = ID.format("messageId", MESSAGE_ID_PATTERN)


def build() -> list[dict[str, Any]]:
    """Builds what starts matrix profiles.

    Returns:
        The EventSources and Sensors.
    """
    return [
        one.document()
        for one in (
            webhook_source(NAME, PIPELINE_SERVICES),
            _sensor(),
            _amqp_source(),
            _amqp_sensor(),
        )
    ]


def _sensor() -> Sensor:
    return workflow_sensor(
        metadata(
            NAME,
            services=(
                WebhookSettings.service,
                *PIPELINE_SERVICES,
            ),
        ),
        source=NAME,
        event=EVENT,
        workflow=NAME,
        arguments={
            "message": from_event(
                template=f"{MARK}{{{{ .Input.body.message | b64enc }}}}"
            ),
            "job_id": from_event(key="body.job_id"),
            "message_id": _message_id(ID_OF_BODY),
        },
        event_labels={MESSAGE_ID_LABEL: _message_id(ID_OF_BODY)},
    )


def _amqp_source() -> EventSource:
    rabbit = secret_name(RabbitSettings.service)
    return EventSource(
        metadata=metadata(
            AMQP_NAME, services=_amqp_services(), variant=AMQP_VARIANT
        ),
        spec=EventSourceSpec(
            event_bus_name=BUS,
            template=pod_template(AMQP_NAME, PLAIN_ACCOUNT),
            amqp={
                EVENT: Amqp(
                    url_secret=SecretKey(name=rabbit, key=RABBIT_URL_VARIABLE),
                    exchange_name=EXCHANGE,
                    routing_key=QUEUE,
                    queue_declare=AmqpQueue(name=QUEUE),
                    consume=AmqpConsume(consumer_tag=AMQP_NAME),
                    connection_backoff=AMQP_TRIES,
                )
            },
        ),
    )


def _amqp_sensor() -> Sensor:
    """Starts workflows for bodies that are not validated yet.

    The source gives the body as base64, which the workflow reads as it is;
    the job's number is an integer for any body.
    """
    return workflow_sensor(
        metadata(AMQP_NAME, services=_amqp_services(), variant=AMQP_VARIANT),
        source=AMQP_NAME,
        event=EVENT,
        workflow=NAME,
        arguments={
            "message": from_event(template=f"{MARK}{{{{ .Input.body }}}}"),
            "job_id": from_event(template=JOB_OF_AMQP_BODY),
            "message_id": _message_id(ID_OF_AMQP),
        },
        event_labels={MESSAGE_ID_LABEL: _message_id(ID_OF_AMQP)},
    )


def _message_id(template: str) -> ParameterSource:
    return from_event(template=template, otherwise="")


def _amqp_services() -> tuple[str, ...]:
    return (
        WebhookSettings.service,
        RabbitSettings.service,
        *PIPELINE_SERVICES,
    )
