"""One connection to RabbitMQ, from its opening until it is lost."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import (
    AMQPError,
    ChannelClosedByBroker,
    NackError,
    UnroutableError,
)
from pika.spec import Basic

from steps.contract.log_context import about_message
from steps.relay.disposition import Disposition, Outcome
from steps.relay.health import Health
from steps.relay.message_handler import MessageHandler
from steps.relay.metric_names import DEAD, WORK
from steps.relay.metrics import RelayMetrics
from steps.relay.triage import IncomingMessage

PREFETCH = 8
POLL_SECONDS = 0.5
COUNT_SECONDS = 15.0
SHUTDOWN_SECONDS = 20.0
NOT_FOUND = 404
DEAD_LETTER_SUFFIX = ".dead"
REASON_HEADER = "x-reason"
SIZE_HEADER = "x-size"

log = logging.getLogger(__name__)


class LostError(Exception):
    """The broker has taken the channel or the consumer away."""


class Session:
    """Consumes a queue on one connection.

    All of the protocol happens on the thread that calls ``run``; messages
    are handled on others, so that a slow webhook stops no heartbeat.
    """

    def __init__(
        self,
        connection: pika.BlockingConnection,
        queue: str,
        handler: MessageHandler,
        *,
        health: Health,
        metrics: RelayMetrics,
    ) -> None:
        """Prepares the session.

        Args:
            connection: An open connection; the session closes it.
            queue: The queue to consume.
            handler: Decides on the messages.
            health: Records what is consumed, and why not.
            metrics: Counts what is done.
        """
        self._connection = connection
        self._channel: BlockingChannel = connection.channel()
        self._queue = queue
        self._dead_queue = queue + DEAD_LETTER_SUFFIX
        self._handler = handler
        self._health = health
        self._metrics = metrics
        self._counted_at = 0.0
        self._over = Event()
        self._cancelled = False
        self._in_hand: dict[int, IncomingMessage] = {}
        self._workers = ThreadPoolExecutor(PREFETCH, "message")

    def run(self, stop: Event) -> None:
        """Consumes until stopped.

        Args:
            stop: Ends it; what has begun is finished or given back.

        Raises:
            AMQPError: The connection is lost.
            LostError: The channel or the consumer is.
        """
        try:
            tag = self._consume()
            self._health.consuming()
            log.info("Consuming %r", self._queue)
            self._until(stop.is_set)
            self._finish(tag)
        finally:
            self._over.set()
            self._metrics.clear_queues()
            self._workers.shutdown(wait=False, cancel_futures=True)
            if self._connection.is_open:
                self._connection.close()

    def _consume(self) -> str:
        self._declare(self._queue)
        self._declare(self._dead_queue)
        self._channel.confirm_delivery()
        self._channel.basic_qos(prefetch_count=PREFETCH)
        self._channel.add_on_cancel_callback(self._on_cancel)
        tag: str = self._channel.basic_consume(self._queue, self._on_message)
        return tag

    def _declare(self, queue: str) -> None:
        """Makes a queue as the platform does; one that exists is kept."""
        try:
            self._channel.queue_declare(queue, passive=True)
        except ChannelClosedByBroker as error:
            if error.reply_code != NOT_FOUND:
                raise
            self._channel = self._connection.channel()
            self._channel.queue_declare(queue, durable=True)

    def _on_cancel(self, _: object) -> None:
        self._cancelled = True

    def _until(self, done: Callable[[], bool]) -> None:
        while not done():
            self._connection.process_data_events(POLL_SECONDS)
            self._health.heartbeat()
            if self._channel.is_closed:
                raise LostError("the broker has closed the channel")
            if self._cancelled:
                raise LostError("the broker has cancelled the consumer")
            self._count_waiting()

    def _count_waiting(self) -> None:
        now = time.monotonic()
        if now - self._counted_at < COUNT_SECONDS:
            return
        self._counted_at = now
        for queue, name in ((WORK, self._queue), (DEAD, self._dead_queue)):
            declared = self._channel.queue_declare(name, passive=True)
            self._metrics.waiting(queue, declared.method.message_count)

    def _finish(self, tag: str) -> None:
        self._over.set()
        self._channel.basic_cancel(tag)
        limit = time.monotonic() + SHUTDOWN_SECONDS
        self._until(lambda: not self._in_hand or time.monotonic() > limit)
        log.info("Requeuing %d messages", len(self._in_hand))

    def _on_message(
        self,
        _: BlockingChannel,
        delivery: Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        tag = delivery.delivery_tag
        message = IncomingMessage.of(body, properties.message_id)
        self._in_hand[tag] = message
        self._workers.submit(self._handle, tag, message)

    def _handle(self, tag: int, message: IncomingMessage) -> None:
        with about_message(message.message_id):
            disposition = self._handler.handle(message, self._over)
            try:
                self._connection.add_callback_threadsafe(
                    partial(self._settle, tag, disposition)
                )
            except AMQPError:
                log.warning(
                    "The connection was lost before a message could be "
                    "settled; it will come again"
                )

    def _settle(self, tag: int, disposition: Disposition) -> None:
        message = self._in_hand.pop(tag)
        self._metrics.count(disposition.outcome)
        if disposition.outcome is Outcome.KEPT:
            if not self._moved_back(message):
                self._channel.basic_nack(tag, requeue=True)
                return
        elif disposition.reason:
            self._dead_letter(message, disposition.reason)
        self._channel.basic_ack(tag)

    def _moved_back(self, message: IncomingMessage) -> bool:
        """Publishes a message behind all others, so that it stops none.

        The broker would put it back to where it was, at the head.

        Returns:
            Whether the broker has it; otherwise it stays where it is.
        """
        if self._over.is_set() or not message.is_whole:
            return False
        try:
            self._publish(self._queue, message)
        except (NackError, UnroutableError):
            return False
        return True

    def _dead_letter(self, message: IncomingMessage, reason: str) -> None:
        """Puts a message into the dead-letter queue; returns when it is."""
        self._publish(
            self._dead_queue,
            message,
            {REASON_HEADER: reason, SIZE_HEADER: message.size},
        )
        with about_message(message.message_id):
            log.warning("A message is dead-lettered. %s", reason)

    def _publish(
        self,
        queue: str,
        message: IncomingMessage,
        headers: dict[str, Any] | None = None,
    ) -> None:
        """Publishes a message; returns when the broker has confirmed it."""
        self._channel.basic_publish(
            exchange="",
            routing_key=queue,
            body=message.start,
            properties=pika.BasicProperties(
                delivery_mode=pika.DeliveryMode.Persistent,
                headers=headers,
                message_id=message.message_id,
            ),
            mandatory=True,
        )
