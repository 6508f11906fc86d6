"""Nothing is lost when any process is killed at any moment."""

import pytest

from tests.matrix_profile.messages import message
from tests.relay.conftest import RunRelay
from tests.relay.process import Relay
from tests.relay.queue import Queue
from tests.relay.recorder import Recorder
from tests.relay.waiting import eventually

pytestmark = pytest.mark.services


def test_a_relay_that_is_stopped_finishes_what_it_has(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    with relay() as running:

        def stopped_meanwhile() -> None:
            running.process.terminate()
            eventually(lambda: queue.consumers() == 0)

        webhook.before = stopped_meanwhile
        queue.publish(message())
        assert running.process.wait(60) == 0
    assert webhook.messages == [message()]
    assert queue.waiting() == 0


def test_a_relay_that_is_stopped_gives_back_what_fails(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    webhook.always = 500
    queue.publish(message())
    with relay() as running:
        eventually(lambda: webhook.asked)
        assert running.stop() == 0
    assert queue.waiting() == 1


def test_a_message_comes_again_when_the_relay_is_killed_before_it_acknowledges(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    victims: list[Relay] = []

    def kill_it() -> None:
        if victims:
            victims.pop().kill()

    webhook.before = kill_it
    with relay() as first:
        victims.append(first)
        queue.publish(message())
        eventually(lambda: webhook.taken)
    with relay():
        eventually(lambda: webhook.messages == [message()] * 2)


def test_a_relay_that_is_killed_before_the_dead_letter_loses_nothing(
    relay: RunRelay, queue: Queue
) -> None:
    queue.publish(*["not JSON"] * 50)
    with relay() as first:
        queue.await_dead_letters(1)
        first.kill()
    with relay():
        eventually(lambda: queue.waiting() == 0)


def test_a_relay_that_is_killed_again_and_again_loses_nothing(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    good = [message(workflow_job_id=number + 1) for number in range(100)]
    bad = [f"not JSON, {number}" for number in range(100)]
    refused = good[::10]
    webhook.refused.update(refused)
    queue.publish(
        *[body for pair in zip(good, bad, strict=True) for body in pair]
    )
    for kills in range(5):
        with relay() as running:
            seen = webhook.asked
            eventually(lambda: webhook.asked > seen + 3 * kills)  # noqa: B023
            running.kill()
    webhook.refused.clear()
    with relay() as running:
        eventually(lambda: set(webhook.messages) == set(good))
        eventually(lambda: queue.waiting() == 0)
        assert running.stop() == 0
    assert {one.body.decode() for one in queue.dead_letters()} == set(bad)
    assert queue.waiting() == 0


def test_a_relay_starts_before_its_broker(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    queue.publish(message(), persistent=True)
    queue.broker.kill()
    with relay() as running:
        eventually(running.is_not_ready)
        queue.broker.start()
        eventually(lambda: webhook.messages == [message()])


def test_a_relay_outlives_its_broker(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    with relay() as running:
        running.await_ready()
        queue.broker.kill()
        eventually(running.is_not_ready)
        queue.broker.start()
        running.await_ready()
        queue.publish(message())
        eventually(lambda: webhook.messages == [message()])


def test_unfinished_messages_come_again_after_the_broker_was_killed(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    deaths = [queue.broker.kill]

    def kill_the_broker() -> None:
        if deaths:
            deaths.pop()()

    webhook.before = kill_the_broker
    queue.publish(message(), persistent=True)
    with relay():
        eventually(lambda: webhook.taken)
        queue.broker.start()
        eventually(lambda: webhook.messages == [message()] * 2)


def test_a_relay_declares_the_queue_again_when_it_is_deleted(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    with relay() as running:
        running.await_ready()
        with queue.channel() as channel:
            channel.queue_delete(queue.name)
        eventually(lambda: "cancelled the consumer" in running.text())
        running.await_ready()
        queue.publish(message())
        eventually(lambda: webhook.messages == [message()])
