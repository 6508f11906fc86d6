"""Dead messages are shown, and move back without a loss."""

import json
from collections.abc import Mapping
from uuid import uuid4

import pika
import pytest

from local_services.rabbitmq import RabbitBroker
from moderate.operations.dead_queue import dead_messages, replay_messages
from steps.contract.errors import BadDataError, ExitCode
from steps.relay.settings import RabbitSettings
from tests.cli.test_commands import moderate
from tests.hostile import hostile
from tests.matrix_profile.messages import message
from tests.relay.queue import Queue

REASON = "the message has no key"


class DeadQueue:
    """A queue of its own, with dead messages."""

    def __init__(self, broker: RabbitBroker) -> None:
        """Makes the queues as the relay does."""
        self.queue = Queue(broker, f"jobs-{uuid4().hex}")
        self.environment: Mapping[str, str] = {
            **broker.settings,
            "MATRIX_PROFILE_QUEUE": self.queue.name,
        }
        self.settings = RabbitSettings.of(self.environment)
        self.queue.declare()
        with self.queue.channel() as channel:
            channel.queue_declare(self.queue.dead_name, durable=True)

    def bury(self, *bodies: str, size: int | None = None) -> None:
        """Puts messages into the dead-letter queue, as the relay does."""
        with self.queue.channel() as channel:
            channel.confirm_delivery()
            for body in bodies:
                headers = {
                    "x-reason": REASON,
                    "x-size": size or len(body.encode()),
                }
                channel.basic_publish(
                    "",
                    self.queue.dead_name,
                    body.encode(),
                    pika.BasicProperties(delivery_mode=2, headers=headers),
                )

    def taken(self) -> list[str]:
        """Takes the messages that wait for the relay."""
        found: list[str] = []
        with self.queue.channel() as channel:
            while True:
                _, properties, body = channel.basic_get(
                    self.queue.name, auto_ack=True
                )
                if properties is None:
                    return found
                assert properties.delivery_mode == 2
                found.append(body.decode())

    def dead(self) -> list[str]:
        """Takes the dead messages."""
        return [one.body.decode() for one in self.queue.dead_letters()]


@pytest.fixture
def dead(broker: RabbitBroker) -> DeadQueue:
    """A queue of its own, with dead messages."""
    return DeadQueue(broker)


def test_a_dead_message_is_shown_with_its_job_and_why(dead: DeadQueue) -> None:
    dead.bury(message(workflow_job_id=42))
    (shown,) = dead_messages(dead.settings, 10)
    assert (shown.job_id, shown.why) == (42, REASON)


def test_looking_takes_nothing_and_keeps_the_order(dead: DeadQueue) -> None:
    sent = [message(workflow_job_id=job) for job in range(1, 6)]
    dead.bury(*sent)
    dead_messages(dead.settings, 3)
    assert dead.dead() == sent


def test_no_more_are_shown_than_asked_for(dead: DeadQueue) -> None:
    dead.bury(*(message(workflow_job_id=job) for job in range(1, 6)))
    shown = dead_messages(dead.settings, 3)
    assert [one.job_id for one in shown] == [1, 2, 3]


def test_before_the_first_one_there_are_none(broker: RabbitBroker) -> None:
    settings = RabbitSettings.of(
        {**broker.settings, "MATRIX_PROFILE_QUEUE": uuid4().hex},
    )
    assert dead_messages(settings, 10) == []


@hostile
def test_any_message_is_one_line(dead: DeadQueue, hostile: str) -> None:
    dead.bury(hostile)
    (shown,) = dead_messages(dead.settings, 10)
    assert shown.start.isprintable()


def test_the_chosen_message_alone_moves_back(dead: DeadQueue) -> None:
    chosen, other = (message(workflow_job_id=job) for job in (42, 43))
    dead.bury(chosen, other)
    replay_messages(
        dead.settings, lambda dead_letter: dead_letter.job_id == 42
    )
    assert (dead.taken(), dead.dead()) == ([chosen], [other])


def test_all_of_them_move_back_in_order(dead: DeadQueue) -> None:
    sent = ["no job", *(message(workflow_job_id=job) for job in range(1, 21))]
    dead.bury(*sent)
    replay_messages(dead.settings, lambda _: True)
    assert (dead.taken(), dead.dead()) == (sent, [])


def test_a_message_keeps_its_id(dead: DeadQueue) -> None:
    with dead.queue.channel() as channel:
        channel.basic_publish(
            "",
            dead.queue.dead_name,
            message(),
            pika.BasicProperties(message_id="an-id"),
        )
    replay_messages(dead.settings, lambda _: True)
    with dead.queue.channel() as channel:
        _, properties, _ = channel.basic_get(dead.queue.name, auto_ack=True)
    assert properties.message_id == "an-id"


def test_what_was_not_kept_whole_stays(dead: DeadQueue) -> None:
    dead.bury("the beginning", size=10**6)
    (outcome,) = replay_messages(dead.settings, lambda _: True)
    assert "of its 1,000,000 bytes only the beginning" in outcome.why_not
    assert (dead.taken(), dead.dead()) == ([], ["the beginning"])


def test_a_message_that_the_broker_does_not_take_stays(
    dead: DeadQueue,
) -> None:
    dead.bury("x")
    with dead.queue.channel() as channel:
        channel.queue_delete(dead.queue.name)
    with pytest.raises(BadDataError, match="There is no queue"):
        replay_messages(dead.settings, lambda _: True)
    assert dead.dead() == ["x"]


def test_a_job_is_replayed_by_its_number(dead: DeadQueue) -> None:
    sent = message(workflow_job_id=42)
    dead.bury(sent, message(workflow_job_id=43))
    done = moderate(
        "dead-letter",
        "replay",
        "42",
        "--in=queue",
        settings=dead.environment,
    )
    assert done.stdout == "queue: the message of job 42: replayed\n"
    assert dead.taken() == [sent]


def test_a_dry_run_moves_nothing(dead: DeadQueue) -> None:
    dead.bury(message(workflow_job_id=42))
    done = moderate(
        "dead-letter",
        "replay",
        "--all",
        "--in=queue",
        "--dry-run",
        settings=dead.environment,
    )
    assert done.stdout == "queue: the message of job 42: would be replayed\n"
    assert dead.taken() == []


def test_a_script_gets_json(dead: DeadQueue) -> None:
    dead.bury(message(workflow_job_id=42))
    done = moderate(
        "dead-letter",
        "list",
        "--in=queue",
        "--json",
        settings=dead.environment,
    )
    (shown,) = json.loads(done.stdout)
    assert (shown["place"], shown["job_id"]) == ("queue", 42)


@pytest.mark.parametrize("item", ["7", "None", ""])
def test_what_is_no_dead_letter_is_64(dead: DeadQueue, item: str) -> None:
    dead.bury("no job at all")
    done = moderate(
        "dead-letter",
        "replay",
        item,
        "--in=queue",
        settings=dead.environment,
    )
    assert done.returncode == ExitCode.WRONG_USE
    assert dead.taken() == []


def test_without_a_broker_the_other_place_is_named() -> None:
    done = moderate("dead-letter", "list")
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "RABBIT_URL" in done.stderr
    assert "--in cluster" in done.stderr
