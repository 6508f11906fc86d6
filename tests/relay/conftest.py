"""A broker for all tests of the relay, and a queue for each."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path

import pytest

from local_services.rabbitmq import RabbitBroker
from tests.relay.process import Relay, running_relay
from tests.relay.queue import Queue
from tests.relay.recorder import TOKEN, Recorder, recorder

RunRelay = Callable[..., AbstractContextManager[Relay]]


@pytest.fixture
def queue(broker: RabbitBroker) -> Queue:
    """A queue that no other test uses."""
    return Queue(broker, f"test-{uuid.uuid4()}")


@pytest.fixture
def webhook() -> Iterator[Recorder]:
    """A webhook that takes everything, until it is set otherwise."""
    with recorder() as state:
        yield state


@pytest.fixture
def relay(tmp_path: Path, queue: Queue, webhook: Recorder) -> RunRelay:
    """Runs a relay on the queue and the webhook: environment on top."""
    numbers = count()

    def run(**environment: str) -> AbstractContextManager[Relay]:
        return running_relay(
            tmp_path / f"relay-{next(numbers)}.log",
            {
                **queue.broker.settings,
                "MATRIX_PROFILE_QUEUE": queue.name,
                "MATRIX_PROFILE_WEBHOOK_URL": webhook.url,
                "WEBHOOK_TOKEN": TOKEN,
                **environment,
            },
        )

    return run
