"""A full EventBus refuses events; the relay keeps its messages."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from local_services.rabbitmq import rabbitmq
from tests.cluster.installation import rendered, service_secret
from tests.cluster.kubernetes import (
    CommandError,
    Namespace,
    fresh_namespace,
)
from tests.cluster.test_events import QUEUE, SELECTORS, Chain
from tests.matrix_profile.messages import message
from tests.relay.queue import Queue
from tests.relay.waiting import eventually
from tests.requirements import RABBITMQ, require

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

ROOM = 3
SENT = 5
NAMES = (
    "moderate-workflows-*",
    "moderate-workflows.development",
    "matrix-profile",
    "matrix-profile-relay",
)
RELAY = "deployment/matrix-profile-relay"
WAIT_SECONDS = 120


def with_a_small_stream(item: dict[str, Any]) -> dict[str, Any]:
    """Leave an EventBus room for a few events."""
    if item["kind"] == "EventBus":
        jetstream = item["spec"]["jetstream"]
        stream = yaml.safe_load(jetstream["streamConfig"])
        stream["maxMsgs"] = ROOM
        jetstream["streamConfig"] = yaml.safe_dump(stream)
    return item


@pytest.fixture(scope="module")
def chain(
    host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    """Everything up to the bus, with nothing that takes events from it."""
    require(RABBITMQ)
    folder = tmp_path_factory.mktemp("rabbitmq")
    with fresh_namespace() as namespace, rabbitmq(folder, host) as broker:
        objects = [
            with_a_small_stream(one)
            for one in rendered(*NAMES)
            if one["kind"] != "Sensor"
        ]
        webhook = {"WEBHOOK_TOKEN": "a-token-of-the-tests"}
        namespace.apply(
            [
                service_secret("webhook", webhook),
                service_secret("rabbitmq", broker.settings),
                *objects,
            ]
        )
        for part in ("bus", "source", "relay"):
            namespace.await_pods(SELECTORS[part])
        yield Chain(namespace, Queue(broker, QUEUE))


def answers_500(chain: Chain) -> bool:
    """Return whether the webhook refuses an event as a broken server does."""
    envelope = {"job_id": "1", "message": message(workflow_job_id=1)}
    try:
        chain.call_webhook(envelope)
    except CommandError as error:
        return "500 Internal Server Error" in str(error)
    return False


def relays(namespace: Namespace, count: int) -> None:
    """Run some relays, and wait until there are no others."""
    namespace.kubectl("scale", RELAY, f"--replicas={count}")
    namespace.kubectl("rollout", "status", RELAY, "--timeout=120s")


def test_what_a_full_bus_refuses_stays_in_the_queue(chain: Chain) -> None:
    eventually(lambda: answers_500(chain), WAIT_SECONDS)
    jobs = range(10, 10 + SENT)
    chain.queue.publish(*(message(workflow_job_id=job) for job in jobs))
    eventually(lambda: chain.queue.waiting() == 0, WAIT_SECONDS)
    relays(chain.namespace, 0)
    eventually(lambda: chain.queue.waiting() == SENT, WAIT_SECONDS)
