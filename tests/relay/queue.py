"""A queue of the broker, as the platform and an operator see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel

from local_services.rabbitmq import RabbitBroker
from tests.relay.waiting import eventually


@dataclass(frozen=True)
class DeadLetter:
    """A message of the dead-letter queue.

    Attributes:
        body: Its body.
        headers: Its headers.
        persistent: Whether it outlives the broker.
        message_id: Its id.
    """

    body: bytes
    headers: dict[str, Any]
    persistent: bool
    message_id: str | None


@dataclass(frozen=True)
class Queue:
    """One queue with its dead-letter queue.

    Attributes:
        broker: The broker.
        name: The queue's name.
    """

    broker: RabbitBroker
    name: str

    @property
    def dead_name(self) -> str:
        """The dead-letter queue's name."""
        return f"{self.name}.dead"

    @contextmanager
    def channel(self) -> Iterator[BlockingChannel]:
        """Open a channel."""
        url = self.broker.settings["RABBIT_URL"]
        with pika.BlockingConnection(pika.URLParameters(url)) as connection:
            yield connection.channel()

    def declare(self) -> None:
        """Declare the queue as the platform does."""
        with self.channel() as channel:
            channel.queue_declare(self.name, durable=True)

    def publish(
        self,
        *bodies: str | bytes,
        persistent: bool = False,
        message_id: str | None = None,
    ) -> None:
        """Publish as the platform does, and wait for the broker."""
        mode = 2 if persistent else 1
        with self.channel() as channel:
            channel.queue_declare(self.name, durable=True)
            channel.confirm_delivery()
            for body in bodies:
                channel.basic_publish(
                    "",
                    self.name,
                    body,
                    pika.BasicProperties(
                        delivery_mode=mode, message_id=message_id
                    ),
                )

    def waiting(self) -> int:
        """Count the messages that no consumer holds."""
        with self.channel() as channel:
            declared = channel.queue_declare(self.name, passive=True)
            return int(declared.method.message_count)

    def consumers(self) -> int:
        """Count the consumers."""
        with self.channel() as channel:
            declared = channel.queue_declare(self.name, passive=True)
            return int(declared.method.consumer_count)

    def dead_letters(self) -> list[DeadLetter]:
        """Take the messages of the dead-letter queue."""
        found: list[DeadLetter] = []
        with self.channel() as channel:
            while True:
                _, properties, body = channel.basic_get(
                    self.dead_name, auto_ack=True
                )
                if properties is None:
                    return found
                found.append(
                    DeadLetter(
                        body,
                        properties.headers,
                        properties.delivery_mode == 2,
                        properties.message_id,
                    )
                )

    def await_dead_letters(self, count: int) -> list[DeadLetter]:
        """Wait for dead letters, and take them."""
        eventually(lambda: self.dead() >= count)
        return self.dead_letters()

    def dead(self) -> int:
        """Count the messages of the dead-letter queue."""
        with self.channel() as channel:
            declared = channel.queue_declare(self.dead_name, durable=True)
            return int(declared.method.message_count)
