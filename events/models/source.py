"""EventSource: where events come from."""

from typing import Literal, Self

from pydantic import model_validator

from events.models.base import Backoff, Model, ObjectMeta, SecretKey
from events.models.bus import API_VERSION
from events.models.pod import PodTemplate


class Webhook(Model):
    """An HTTP endpoint that answers 200 once the EventBus has the event.

    Attributes:
        endpoint: Its path.
        port: Its port.
        method: The HTTP method.
        auth_secret: The bearer token that a caller has to send.
        max_payload_size: The largest body in bytes.
    """

    endpoint: str
    port: str
    method: Literal["POST"] = "POST"
    auth_secret: SecretKey
    max_payload_size: int


class AmqpExchange(Model):
    """The exchange that an AMQP source declares.

    Attributes:
        durable: Whether it outlives the broker.
    """

    durable: Literal[True] = True


class AmqpQueue(Model):
    """The queue that an AMQP source declares.

    Attributes:
        name: Its name.
        durable: Whether it outlives the broker.
    """

    name: str
    durable: Literal[True] = True


class AmqpConsume(Model):
    """How an AMQP source consumes.

    Attributes:
        consumer_tag: What the broker calls it.
        auto_ack: Whether the broker removes a message at delivery.
    """

    consumer_tag: str
    auto_ack: Literal[False] = False


class Amqp(Model):
    """A queue of an AMQP broker.

    Attributes:
        url_secret: The broker's URL.
        exchange_name: The exchange to bind the queue to.
        exchange_type: The kind of exchange.
        routing_key: The key to bind it with.
        exchange_declare: How the exchange is declared.
        queue_declare: How the queue is declared.
        consume: How it is consumed.
        connection_backoff: The pauses between attempts to connect.
    """

    url_secret: SecretKey
    exchange_name: str
    exchange_type: Literal["direct"] = "direct"
    routing_key: str
    exchange_declare: AmqpExchange = AmqpExchange()
    queue_declare: AmqpQueue
    consume: AmqpConsume
    connection_backoff: Backoff


class Calendar(Model):
    """A calendar source: an event at each tick.

    Attributes:
        interval: How often it ticks.
    """

    interval: str


class ServicePort(Model):
    """A port of a Service.

    Attributes:
        port: The Service's port.
        target_port: The pod's port.
    """

    port: int
    target_port: int


class Service(Model):
    """The Service that Argo Events makes for a webhook.

    Attributes:
        ports: Its ports.
    """

    ports: tuple[ServicePort, ...]


class EventSourceSpec(Model):
    """Where events come from.

    A source has one event: of several listeners in one pod, one can end
    without an error.

    Attributes:
        event_bus_name: The bus that gets the events.
        template: The pod.
        service: The Service of a webhook.
        webhook: Webhooks by the event's name.
        amqp: Queues by the event's name.
        calendar: Clocks by the event's name.
    """

    event_bus_name: str
    template: PodTemplate
    service: Service | None = None
    webhook: dict[str, Webhook] | None = None
    amqp: dict[str, Amqp] | None = None
    calendar: dict[str, Calendar] | None = None

    @model_validator(mode="after")
    def _has_one_event(self) -> Self:
        events = [
            *(self.webhook or ()),
            *(self.amqp or ()),
            *(self.calendar or ()),
        ]
        if len(events) != 1:
            raise ValueError(
                f"an EventSource has one event, this one has {len(events)}"
            )
        return self


class EventSource(Model):
    """An EventSource.

    Attributes:
        metadata: Its name and labels.
        spec: Where its events come from.
    """

    api_version: Literal["argoproj.io/v1alpha1"] = API_VERSION
    kind: Literal["EventSource"] = "EventSource"
    metadata: ObjectMeta
    spec: EventSourceSpec
