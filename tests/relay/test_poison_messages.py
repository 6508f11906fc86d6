"""Messages that fail for ever hold up no other, and end as dead letters."""

import struct

import pika.data
import pytest

from steps.relay.session import PREFETCH
from tests.conftest import ServedPlatform
from tests.matrix_profile.messages import message
from tests.relay.conftest import RunRelay
from tests.relay.queue import DeadLetter, Queue
from tests.relay.recorder import Recorder
from tests.relay.test_metrics import exported
from tests.relay.waiting import eventually

pytestmark = pytest.mark.services

MESSAGES = "moderate_relay_messages"


def bodies(letters: list[DeadLetter]) -> list[str]:
    return sorted(letter.body.decode() for letter in letters)


def test_messages_that_the_webhook_always_refuses_hold_up_no_other(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    poison = [message(workflow_job_id=n + 1) for n in range(2 * PREFETCH)]
    good = [message(workflow_job_id=n + 1_000) for n in range(PREFETCH)]
    webhook.refused.update(poison)
    queue.publish(*poison, *good)
    with relay() as running:
        eventually(lambda: sorted(webhook.messages) == sorted(good))
        dead = queue.await_dead_letters(len(poison))
        assert exported(running, MESSAGES)["given_up"] == len(poison)
        assert running.stop() == 0
    assert bodies(dead) == sorted(poison)
    assert all("answered 500" in one.headers["x-reason"] for one in dead)
    assert queue.waiting() == 0


def test_jobs_for_which_the_platform_always_fails_hold_up_no_other(
    relay: RunRelay, queue: Queue, webhook: Recorder, platform: ServedPlatform
) -> None:
    jobs = [platform.double.add_job().id for _ in range(2 * PREFETCH)]
    poison = [message(workflow_job_id=n, key="") for n in jobs]
    platform.double.broken.update(f"/job/{number}" for number in jobs)
    queue.publish(*poison, message())
    with relay(**platform.environment) as running:
        eventually(lambda: webhook.messages == [message()])
        dead = queue.await_dead_letters(len(poison))
        assert running.stop() == 0
    assert bodies(dead) == sorted(poison)
    for one in dead:
        assert "not a valid request" in one.headers["x-reason"]
        assert "answered 500 to GET /job/" in one.headers["x-reason"]
    assert queue.waiting() == 0


def test_a_header_that_cannot_be_decoded_stops_no_message(
    relay: RunRelay,
    queue: Queue,
    webhook: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def milliseconds(pieces: list[bytes], _: object) -> int:
        field = struct.pack(">cQ", b"T", 1_790_000_000_000)
        pieces.append(field)
        return len(field)

    queue.declare()
    with queue.channel() as channel:
        monkeypatch.setattr(pika.data, "encode_value", milliseconds)
        properties = pika.BasicProperties(headers={"sent": None})
        channel.basic_publish("", queue.name, message().encode(), properties)
        monkeypatch.undo()
    queue.publish(message(workflow_job_id=43))
    with relay() as running:
        eventually(lambda: len(webhook.messages) == 2)
        assert "undecodable headers" in running.text()
        assert running.stop() == 0
    assert queue.waiting() == 0


def test_valid_messages_pass_while_the_platform_is_away(
    relay: RunRelay, queue: Queue, webhook: Recorder, platform: ServedPlatform
) -> None:
    jobs = [platform.double.add_job() for _ in range(3 * PREFETCH)]
    platform.double.fail(503, seconds=600)
    queue.publish(*[message(workflow_job_id=job.id, key="") for job in jobs])
    with relay(**platform.environment) as running:
        eventually(running.is_up)
        eventually(lambda: exported(running, MESSAGES)["kept"] > 2 * PREFETCH)
        queue.publish(message())
        eventually(lambda: webhook.messages == [message()])
        assert exported(running, MESSAGES)["given_up"] == 0
        platform.double.failing = None
        dead = queue.await_dead_letters(len(jobs))
    assert len(dead) == len(jobs)
    assert [job.reports for job in jobs] == [1] * len(jobs)


def test_a_kept_message_outlives_the_broker(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    webhook.always = 500
    queue.publish(message())
    with relay():
        eventually(lambda: webhook.asked >= 2)
        queue.broker.kill()
        webhook.always = None
        queue.broker.start()
        eventually(lambda: message() in webhook.messages)
