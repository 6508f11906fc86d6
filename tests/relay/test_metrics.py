"""The relay exports what it does, and what waits."""

from prometheus_client.parser import text_string_to_metric_families

from steps.relay.metric_names import MESSAGES, QUEUE_MESSAGES
from tests.matrix_profile.messages import message
from tests.relay.conftest import RunRelay
from tests.relay.process import Relay
from tests.relay.queue import Queue
from tests.relay.recorder import Recorder
from tests.relay.waiting import eventually


def exported(relay: Relay, metric: str) -> dict[str, float]:
    """Read a metric by its only label."""
    answer = relay.probe("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        next(iter(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        if family.name == metric
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_every_outcome_is_exported_before_there_is_one(
    relay: RunRelay,
) -> None:
    with relay() as running:
        eventually(running.is_ready)
        assert exported(running, MESSAGES) == {
            "forwarded": 0,
            "dead": 0,
            "given_up": 0,
            "kept": 0,
        }


def test_what_has_become_of_messages_is_counted(
    relay: RunRelay, queue: Queue
) -> None:
    queue.publish(message(workflow_job_id=1), message(workflow_job_id=2), "?")
    with relay() as running:
        running.await_ready()
        eventually(lambda: exported(running, MESSAGES)["forwarded"] == 2)
        eventually(lambda: exported(running, MESSAGES)["dead"] == 1)


def test_a_message_that_is_given_back_is_counted_as_kept(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    webhook.statuses.append(500)
    with relay() as running:
        running.await_ready()
        queue.publish(message(workflow_job_id=1))
        eventually(lambda: exported(running, MESSAGES)["forwarded"] == 1)
        assert exported(running, MESSAGES)["kept"] == 1


def test_waiting_messages_of_both_queues_are_exported(
    relay: RunRelay, queue: Queue
) -> None:
    with queue.channel() as channel:
        channel.queue_declare(queue.dead_name, durable=True)
        channel.basic_publish("", queue.dead_name, b"dead")
    with relay() as running:
        running.await_ready()
        eventually(
            lambda: exported(running, QUEUE_MESSAGES) == {"work": 0, "dead": 1}
        )


def test_nothing_is_exported_of_queues_that_cannot_be_seen(
    relay: RunRelay,
) -> None:
    with relay(RABBIT_URL="amqp://a:b@127.0.0.1:1/") as running:
        eventually(running.is_not_ready)
        assert exported(running, QUEUE_MESSAGES) == {}
