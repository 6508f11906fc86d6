"""Keeps a session with RabbitMQ, for ever."""

import logging
import time
from threading import Event

import pika
from pika.exceptions import (
    AMQPError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from steps.contract.errors import BadSettingsError
from steps.relay.health import Health
from steps.relay.message_handler import MessageHandler
from steps.relay.metrics import RelayMetrics
from steps.relay.pauses import Pauses
from steps.relay.properties import tolerate_undecodable_headers
from steps.relay.session import LostError, Session
from steps.relay.settings import RabbitSettings

SCHEMES = ("amqp://", "amqps://")
HEARTBEAT_SECONDS = 30
SOCKET_TIMEOUT_SECONDS = 10
BLOCKED_TIMEOUT_SECONDS = 60
SESSION_IS_GOOD_AFTER_SECONDS = 30.0
CONNECTION_NAME = "moderate-workflows relay"

log = logging.getLogger(__name__)


def parameters_of(rabbit: RabbitSettings) -> pika.URLParameters:
    """Reads how to reach the broker.

    Args:
        rabbit: The broker's settings.

    Returns:
        The connection's parameters.

    Raises:
        BadSettingsError: The URL is not one of a broker.
    """
    url = rabbit.rabbit_url.get_secret_value()
    fault = BadSettingsError(
        "RABBIT_URL is not the URL of a RabbitMQ broker. It looks like "
        "amqp://user:password@host:5672/%2F, with special characters "
        "percent-encoded."
    )
    if not url.startswith(SCHEMES):
        raise fault
    try:
        parameters = pika.URLParameters(url)
    except (ValueError, LookupError):
        raise fault from None
    parameters.heartbeat = HEARTBEAT_SECONDS
    parameters.socket_timeout = SOCKET_TIMEOUT_SECONDS
    parameters.stack_timeout = 2 * SOCKET_TIMEOUT_SECONDS
    parameters.blocked_connection_timeout = BLOCKED_TIMEOUT_SECONDS
    parameters.connection_attempts = 1
    parameters.client_properties = {"connection_name": CONNECTION_NAME}
    return parameters


def relay(
    parameters: pika.URLParameters,
    queue: str,
    handler: MessageHandler,
    *,
    health: Health,
    metrics: RelayMetrics,
    stop: Event,
) -> None:
    """Consumes a queue until stopped; reconnects when the broker fails.

    Args:
        parameters: How to reach the broker.
        queue: The queue.
        handler: Decides on the messages.
        health: Records what is consumed, and why not.
        metrics: Counts what is done.
        stop: Ends it.
    """
    tolerate_undecodable_headers()
    pauses = Pauses()
    while not stop.is_set():
        started = time.monotonic()
        try:
            connection = pika.BlockingConnection(parameters)
            session = Session(
                connection, queue, handler, health=health, metrics=metrics
            )
            session.run(stop)
        except (AMQPError, LostError, OSError) as error:
            fault = describe(error)
            health.not_consuming(fault)
            log.warning("Not consuming: %s. Trying again", fault)
            if time.monotonic() - started > SESSION_IS_GOOD_AFTER_SECONDS:
                pauses.reset()
            pauses.wait(stop)
            health.heartbeat()
    health.not_consuming("shutting down")


def describe(error: Exception) -> str:
    """Describes what ended a session, and what to do.

    Args:
        error: What ended it.

    Returns:
        A clause without secrets.
    """
    if isinstance(
        error, ProbableAuthenticationError | ProbableAccessDeniedError
    ):
        return "RabbitMQ refused the account or its vhost; check RABBIT_URL"
    if isinstance(error, LostError):
        return str(error)
    cause = f"{type(error).__name__} {error}".strip()
    return f"RabbitMQ is not reachable ({cause}); check RABBIT_URL"
