"""Asks RabbitMQ whether it lets the pipelines in."""

import logging
from typing import TYPE_CHECKING

from steps.contract.errors import BadSettingsError, TemporaryError
from steps.relay.settings import RabbitSettings

if TYPE_CHECKING:
    import pika


def ask_broker(settings: RabbitSettings) -> None:
    """Opens a connection to the broker and closes it.

    Args:
        settings: The broker's settings.

    Raises:
        BadSettingsError: It refused the account or its virtual host.
        TemporaryError: It did not answer.
    """
    open_broker(settings).close()


def open_broker(settings: RabbitSettings) -> "pika.BlockingConnection":
    """Opens a connection to the broker.

    Args:
        settings: The broker's settings.

    Returns:
        The connection; closing it is the caller's.

    Raises:
        BadSettingsError: It refused the account or its virtual host.
        TemporaryError: It did not answer.
    """
    import pika
    from pika.exceptions import (
        AMQPError,
        ProbableAccessDeniedError,
        ProbableAuthenticationError,
    )

    from steps.relay.relay import parameters_of

    logging.getLogger("pika").setLevel(logging.CRITICAL)
    parameters = parameters_of(settings)
    try:
        return pika.BlockingConnection(parameters)
    except (ProbableAuthenticationError, ProbableAccessDeniedError) as error:
        raise BadSettingsError(
            "RabbitMQ refused the account or its virtual host. Check user, "
            "password and path of RABBIT_URL."
        ) from error
    except (AMQPError, OSError) as error:
        raise TemporaryError(
            f"RabbitMQ did not answer: {error!r}. Check host and port of "
            "RABBIT_URL and that the service is up."
        ) from error
