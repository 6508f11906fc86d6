"""The relay as a process, on a real RabbitMQ."""

import json
import time
from collections import Counter

import pytest

from local_services.process import LOOPBACK, free_port
from steps.relay.pauses import SHORTEST_PAUSE_SECONDS
from steps.relay.session import PREFETCH
from steps.relay.triage import KEPT_BYTES, LARGEST_MESSAGE_BYTES
from tests.conftest import ServedPlatform
from tests.hostile import HOSTILE
from tests.matrix_profile.messages import message
from tests.relay.conftest import RunRelay
from tests.relay.queue import Queue
from tests.relay.recorder import TOKEN, Recorder
from tests.relay.waiting import eventually

pytestmark = pytest.mark.services


def messages(count: int) -> list[str]:
    return [message(workflow_job_id=number + 1) for number in range(count)]


def test_a_message_is_forwarded(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    with relay():
        queue.publish(message())
        eventually(lambda: webhook.messages == [message()])


def test_a_message_that_is_forwarded_is_acknowledged(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    queue.publish(message())
    with relay() as running:
        eventually(lambda: webhook.messages)
        running.stop()
    assert queue.waiting() == 0


def test_hostile_values_arrive_as_they_came(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    sent = [message(analysis_variable=text) for text in HOSTILE.values()]
    queue.publish(*sent)
    with relay():
        eventually(lambda: len(webhook.messages) == len(sent))
    assert sorted(webhook.messages) == sorted(sent)


def test_a_doubled_message_is_forwarded_twice(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    queue.publish(message(), message())
    with relay():
        eventually(lambda: webhook.messages == [message()] * 2)


def test_an_invalid_message_goes_to_the_dead_letter_queue(
    relay: RunRelay, queue: Queue
) -> None:
    queue.publish("not JSON")
    with relay():
        (dead,) = queue.await_dead_letters(1)
    assert dead.body == b"not JSON"
    assert dead.persistent


def test_a_dead_letter_has_the_reason(relay: RunRelay, queue: Queue) -> None:
    queue.publish(message(analysis_variable=""))
    with relay():
        (dead,) = queue.await_dead_letters(1)
    assert "analysis_variable" in dead.headers["x-reason"]


def test_an_invalid_message_is_not_forwarded(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    queue.publish("not JSON")
    with relay() as running:
        queue.await_dead_letters(1)
        running.stop()
    assert webhook.asked == 0
    assert queue.waiting() == 0


def test_the_beginning_of_a_huge_message_is_kept(
    relay: RunRelay, queue: Queue
) -> None:
    body = b"x" * (8 * 1024**2)
    queue.publish(body)
    with relay():
        (dead,) = queue.await_dead_letters(1)
    assert dead.body == body[:KEPT_BYTES]
    assert dead.headers["x-size"] == len(body)
    assert f"{LARGEST_MESSAGE_BYTES:,}" in dead.headers["x-reason"]


def test_invalid_messages_do_not_stop_valid_ones(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    queue.publish(*["not JSON"] * (3 * PREFETCH), message())
    with relay():
        eventually(lambda: webhook.messages == [message()])
        assert len(queue.await_dead_letters(3 * PREFETCH)) == 3 * PREFETCH


def test_the_job_of_an_invalid_message_gets_the_error(
    relay: RunRelay, queue: Queue, platform: ServedPlatform
) -> None:
    job = platform.double.add_job()
    queue.publish(message(workflow_job_id=job.id, key=""))
    with relay(**platform.environment):
        queue.await_dead_letters(1)
    assert job.results is not None
    assert job.results["workflow_job_id"] == job.id
    assert job.results["output_key"] is None
    assert "key" in job.results["error"]


def test_a_job_that_does_not_exist_requeues_no_message(
    relay: RunRelay, queue: Queue, platform: ServedPlatform
) -> None:
    queue.publish(message(workflow_job_id=987_654, key=""))
    with relay(**platform.environment):
        assert queue.await_dead_letters(1)


def test_a_job_is_patched_as_soon_as_the_platform_is_back(
    relay: RunRelay, queue: Queue, platform: ServedPlatform
) -> None:
    job = platform.double.add_job()
    platform.double.fail(503, seconds=600)
    queue.publish(message(workflow_job_id=job.id, key=""))
    with relay(**platform.environment) as running:
        eventually(lambda: "A message is kept" in running.text())
        platform.double.failing = None
        assert len(queue.await_dead_letters(1)) == 1
    assert job.reports == 1


def test_a_relay_without_a_platform_buries_all_the_same(
    relay: RunRelay, queue: Queue
) -> None:
    queue.publish(message(key=""))
    with relay() as running:
        assert queue.await_dead_letters(1)
        assert "API_BASE_URL" in running.text()


@pytest.mark.parametrize("status", [401, 404, 500, 503])
def test_a_message_that_is_not_taken_is_kept(
    relay: RunRelay, queue: Queue, webhook: Recorder, status: int
) -> None:
    webhook.always = status
    queue.publish(message())
    with relay():
        eventually(lambda: webhook.asked >= 2)
        webhook.always = None
        eventually(lambda: webhook.messages == [message()])


def test_a_message_is_kept_while_the_webhook_is_away(
    relay: RunRelay, queue: Queue
) -> None:
    queue.publish(message())
    with relay(
        MATRIX_PROFILE_WEBHOOK_URL=f"http://{LOOPBACK}:{free_port()}"
    ) as running:
        eventually(lambda: "A message is kept" in running.text())
        running.stop()
    assert queue.waiting() == 1


def test_a_failing_webhook_is_not_asked_in_a_hot_loop(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    webhook.always = 500
    queue.publish(*messages(100))
    with relay() as running:
        eventually(lambda: webhook.asked >= PREFETCH)
        started = time.monotonic()
        eventually(lambda: webhook.asked >= 4 * PREFETCH)
        assert time.monotonic() - started > SHORTEST_PAUSE_SECONDS
        running.stop()
    assert queue.waiting() == 100


def test_a_relay_reports_that_its_webhook_fails(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    webhook.always = 500
    queue.publish(message())
    with relay() as running:
        eventually(lambda: webhook.asked)
        eventually(running.is_not_ready)
        assert "answered 500" in running.probe("/ready").text
        webhook.always = None
        running.await_ready()


def test_a_slow_webhook_stops_no_other_message(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    seen = Counter[str]()

    def first_is_slow() -> None:
        seen["asked"] += 1
        if seen["asked"] == 1:
            eventually(lambda: len(webhook.taken) == 1)

    webhook.before = first_is_slow
    queue.publish(*messages(2))
    with relay() as running:
        eventually(lambda: len(webhook.taken) == 2)
        assert "A message is kept" not in running.text()


def test_two_relays_share_the_messages(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    sent = messages(40)
    with relay() as first, relay() as second:
        first.await_ready()
        second.await_ready()
        queue.publish(*sent)
        eventually(lambda: len(webhook.messages) == len(sent))
        assert queue.consumers() == 2
    assert sorted(webhook.messages) == sorted(sent)


def test_the_queue_is_the_one_that_the_platform_declares(
    relay: RunRelay, queue: Queue
) -> None:
    with relay() as running:
        running.await_ready()
        queue.declare()


def test_a_queue_with_other_arguments_is_consumed_as_it_is(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    with queue.channel() as channel:
        channel.queue_declare(
            queue.name, durable=True, arguments={"x-max-length": 9}
        )
        channel.basic_publish("", queue.name, message().encode())
    with relay():
        eventually(lambda: webhook.messages == [message()])


def test_the_log_names_no_secret(
    relay: RunRelay, queue: Queue, webhook: Recorder, platform: ServedPlatform
) -> None:
    webhook.always = 401
    queue.publish(message(), "not JSON")
    with relay(**platform.environment) as running:
        eventually(lambda: "A message is kept" in running.text())
        text = running.text()
    for secret in (
        TOKEN,
        queue.broker.password,
        platform.environment["API_PASSWORD"],
    ):
        assert secret not in text


def test_a_hostile_field_writes_no_line_of_its_own(
    relay: RunRelay, queue: Queue
) -> None:
    queue.publish(json.dumps({"a\nERROR forged\x1b[31m": 1}))
    with relay() as running:
        queue.await_dead_letters(1)
        running.stop()
        assert "\nERROR forged" not in running.text()
        assert "\x1b" not in running.text()


def test_missing_settings_are_named_all_at_once(relay: RunRelay) -> None:
    with relay(RABBIT_URL="", WEBHOOK_TOKEN="") as running:
        assert running.process.wait(30) == 78
        assert "RABBIT_URL" in running.text()
        assert "WEBHOOK_TOKEN" in running.text()


@pytest.mark.parametrize(
    "url", ["nonsense", "http://x", "amqp://u:hidden@h:port/", "amqp://[::1"]
)
def test_a_malformed_url_is_named_and_not_repeated(
    relay: RunRelay, url: str
) -> None:
    with relay(RABBIT_URL=url) as running:
        assert running.process.wait(30) == 78
        assert "RABBIT_URL" in running.text()
        assert "hidden" not in running.text()


def test_a_refused_account_is_named(relay: RunRelay, queue: Queue) -> None:
    url = f"amqp://unknown:wrong@{LOOPBACK}:{queue.broker.port}/%2F"
    with relay(RABBIT_URL=url) as running:
        eventually(lambda: "refused the account" in running.text())
        assert running.is_not_ready()
        assert running.probe("/live").status_code == 200
