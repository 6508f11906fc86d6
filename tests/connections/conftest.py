"""A broker for the connections check."""

from collections.abc import Iterator

import pytest

from moderate.services.rabbitmq import (
    INSTALL,
    RabbitBroker,
    is_installed,
    rabbitmq,
)
from tests.requirements import require


@pytest.fixture(scope="session")
def broker(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RabbitBroker]:
    """One RabbitMQ broker for all tests here."""
    require(is_installed(), "RabbitMQ", INSTALL)
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as served:
        yield served
