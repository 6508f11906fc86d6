"""Messages in bursts, while parts of the pipeline are killed."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from local_services.platform_api import PlatformJob
from tests.chaos.killing import PARTS, kill
from tests.chaos.pipeline import Pipeline
from tests.matrix_profile.messages import message
from tests.relay.waiting import eventually

BROKER = "RabbitMQ"
LARGEST_BURST = 8
LONGEST_PAUSE_SECONDS = 4.0
SETTLED_SECONDS = 3_600.0
INVALID_SHARE = 10
DOUBLED_SHARE = 4
ABSENT_JOB = 2**40


@dataclass(frozen=True)
class IncomingMessage:
    """A message to be sent.

    Attributes:
        body: Its body.
        is_valid: Whether it can become a Workflow.
    """

    body: str
    is_valid: bool = True


@dataclass
class Outcome:
    """The outcome of a storm.

    Attributes:
        jobs: The jobs that were sent.
        invalid: The bodies that can never become a Workflow.
        killed: How often each part was killed.
        dropped: Messages that waited in the queue when the broker was killed.
        workflows: How many Workflows were made of this storm's messages.
        waiting: Messages in the queue in the end, without a consumer.
        dead: The bodies in the dead-letter queue.
        seconds: How long it took until everything had ended.
    """

    jobs: Sequence[PlatformJob]
    invalid: Sequence[str]
    killed: Counter[str] = field(default_factory=Counter)
    dropped: int = 0
    workflows: int = 0
    waiting: int = 0
    dead: Sequence[str] = ()
    seconds: float = 0


def plain_messages(
    made: Pipeline, count: int, _: Random
) -> tuple[list[PlatformJob], list[IncomingMessage]]:
    """Writes one message to each of so many new jobs."""
    jobs = [made.add_job() for _ in range(count)]
    return jobs, [IncomingMessage(made.message(job)) for job in jobs]


def mixed_messages(
    made: Pipeline, count: int, chance: Random
) -> tuple[list[PlatformJob], list[IncomingMessage]]:
    """Writes messages to jobs: some doubled, some invalid, in no order."""
    jobs, messages = plain_messages(made, count, chance)
    messages += chance.sample(messages, count // DOUBLED_SHARE)
    for number in range(count // INVALID_SHARE):
        job = made.add_job()
        jobs.append(job)
        messages += [
            IncomingMessage(made.message(job, key=""), is_valid=False),
            IncomingMessage(f"not JSON, number {number}", is_valid=False),
            IncomingMessage(
                message(workflow_job_id=ABSENT_JOB + number, key=""),
                is_valid=False,
            ),
        ]
    chance.shuffle(messages)
    return jobs, messages


def storm(
    made: Pipeline,
    jobs: Sequence[PlatformJob],
    messages: Sequence[IncomingMessage],
    kills: int,
    chance: Random,
) -> Outcome:
    """Sends all messages while each part is killed so often.

    What is invalid is sent as persistent: a broker that loses it leaves
    nothing of it anywhere.

    Args:
        made: The pipeline.
        jobs: The jobs of the messages.
        messages: The messages.
        kills: How often each part is killed.
        chance: Chooses what comes when.

    Returns:
        Its outcome, once everything has ended.
    """
    started = time.monotonic()
    before = len(made.workflows())
    invalid = sorted({one.body for one in messages if not one.is_valid})
    outcome = Outcome(jobs, invalid)
    left = list(messages)
    victims = [part for part in (*PARTS, BROKER) for _ in range(kills)]
    chance.shuffle(victims)
    while left or victims:
        _send(made, left, len(victims), chance)
        time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
        if victims:
            _kill(made, victims.pop(), outcome, chance)
    eventually(
        lambda: all(job.reports for job in jobs) and made.has_ended(),
        SETTLED_SECONDS,
    )
    outcome.workflows = len(made.workflows()) - before
    _close(made, outcome)
    outcome.seconds = time.monotonic() - started
    return outcome


def _send(
    made: Pipeline, left: list[IncomingMessage], kills: int, chance: Random
) -> None:
    """Sends a burst, and all that is left after the last kill."""
    size = chance.randint(1, LARGEST_BURST) if kills else len(left)
    burst, left[:] = left[:size], left[size:]
    for one in burst:
        made.queue.publish(one.body, persistent=not one.is_valid)


def _kill(
    made: Pipeline, victim: str, outcome: Outcome, chance: Random
) -> None:
    if victim == BROKER:
        outcome.dropped += made.queue.waiting()
        made.queue.broker.kill()
        made.queue.broker.start()
    else:
        kill(PARTS[victim], made.namespace, chance)
    outcome.killed[victim] += 1


def _close(made: Pipeline, outcome: Outcome) -> None:
    """Counts what is left; without consumers nothing is unacknowledged."""
    relay = ("scale", "deployment/matrix-profile-relay")
    made.namespace.kubectl(*relay, "--replicas=0")
    eventually(lambda: made.queue.consumers() == 0)
    outcome.waiting = made.queue.waiting()
    outcome.dead = [
        one.body.decode() for one in made.queue.await_dead_letters(0)
    ]
    made.namespace.kubectl(*relay, "--replicas=2")
