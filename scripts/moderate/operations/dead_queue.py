"""The relay's dead-letter queue in RabbitMQ."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker, UnroutableError

from moderate.operations.dead_letters import (
    DeadLetter,
    Place,
    Replay,
    beginning_of,
)
from steps.connections.broker import open_broker
from steps.contract.errors import BadDataError, TemporaryError
from steps.matrix_profile.message import job_id_of
from steps.relay.session import (
    DEAD_LETTER_SUFFIX,
    NOT_FOUND,
    REASON_HEADER,
    SIZE_HEADER,
)
from steps.relay.settings import RabbitSettings

UNKNOWN_REASON = "no reason was recorded"

Decide = Callable[[DeadLetter], bool]


def dead_messages(settings: RabbitSettings, limit: int) -> list[DeadLetter]:
    """Reads the dead messages, which stay where they are.

    Args:
        settings: The broker and the queue.
        limit: How many of them, from the oldest on.

    Returns:
        The messages.

    Raises:
        ModerateError: The broker refused or did not answer.
    """
    with _dead_queue(settings) as (channel, count):
        return [
            dead_letter
            for dead_letter, *_ in _messages(
                channel, settings, min(limit, count)
            )
        ]


def replay_messages(settings: RabbitSettings, decide: Decide) -> list[Replay]:
    """Moves dead messages back into the queue that the relay reads.

    A message leaves the dead-letter queue only when the broker has confirmed
    that the other queue has it: a crash in between doubles it, and loses
    nothing.

    Args:
        settings: The broker and the queue.
        decide: Selects which of them.

    Returns:
        The outcome of those that were chosen.

    Raises:
        BadDataError: There is no queue to move them to.
        ModerateError: The broker refused or did not answer.
    """
    outcomes = []
    with _dead_queue(settings) as (channel, count):
        for dead_letter, tag, body, own_id in _messages(
            channel, settings, count
        ):
            if not decide(dead_letter):
                continue
            if not dead_letter.whole:
                outcomes.append(_too_large(dead_letter))
                continue
            _publish(channel, settings.matrix_profile_queue, body, own_id)
            channel.basic_ack(tag)
            outcomes.append(Replay(dead_letter=dead_letter, replayed=True))
    return outcomes


@contextmanager
def _dead_queue(
    settings: RabbitSettings,
) -> Iterator[tuple[BlockingChannel, int]]:
    """Opens the queue; what is not acknowledged goes back to its place."""
    try:
        with open_broker(settings) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            yield channel, _count(connection, settings)
    except (AMQPError, OSError) as error:
        raise TemporaryError(
            f"The connection to RabbitMQ was lost: {error!r}. What had been "
            "moved is moved; run it again for the rest."
        ) from error


def _count(
    connection: pika.BlockingConnection, settings: RabbitSettings
) -> int:
    """Counts the dead messages; there is no queue before the first one."""
    try:
        declared = connection.channel().queue_declare(
            settings.matrix_profile_queue + DEAD_LETTER_SUFFIX, passive=True
        )
    except ChannelClosedByBroker as error:
        if error.reply_code != NOT_FOUND:
            raise
        return 0
    return int(declared.method.message_count)


def _messages(
    channel: BlockingChannel, settings: RabbitSettings, count: int
) -> Iterator[tuple[DeadLetter, int, bytes, str | None]]:
    for _ in range(count):
        method, properties, body = channel.basic_get(
            settings.matrix_profile_queue + DEAD_LETTER_SUFFIX
        )
        if method is None:
            return
        dead_letter = _dead_letter(body, properties.headers or {})
        yield dead_letter, method.delivery_tag, body, properties.message_id


def _dead_letter(body: bytes, headers: dict[str, object]) -> DeadLetter:
    text = body.decode(errors="replace")
    size = headers.get(SIZE_HEADER)
    size = size if isinstance(size, int) else len(body)
    return DeadLetter(
        place=Place.QUEUE,
        job_id=job_id_of(text),
        why=beginning_of(str(headers.get(REASON_HEADER, UNKNOWN_REASON))),
        bytes=size,
        whole=size == len(body),
        start=beginning_of(text),
    )


def _publish(
    channel: BlockingChannel, queue: str, body: bytes, own_id: str | None
) -> None:
    try:
        channel.basic_publish(
            exchange="",
            routing_key=queue,
            body=body,
            properties=pika.BasicProperties(
                delivery_mode=pika.DeliveryMode.Persistent,
                message_id=own_id,
            ),
            mandatory=True,
        )
    except UnroutableError:
        raise BadDataError(
            f"There is no queue {queue!r} to move messages to. The platform "
            "and the relay make it when they start; check "
            "MATRIX_PROFILE_QUEUE."
        ) from None


def _too_large(dead_letter: DeadLetter) -> Replay:
    return Replay(
        dead_letter=dead_letter,
        replayed=False,
        why_not=(
            f"of its {dead_letter.bytes:,} bytes only the beginning was kept; "
            "`moderate rerun job` makes a job's message anew"
        ),
    )
