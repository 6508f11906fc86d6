"""Every part is killed at random; no job is lost, none patched twice."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from random import Random

import pytest
from _pytest.capture import CaptureManager

from checkout.paths import EXAMPLE_SERIES
from local_services.platform_api import PlatformJob
from tests.chaos.killing import PARTS
from tests.chaos.pipeline import Pipeline, pipeline, rendered_objects
from tests.chaos.stand_in import with_busy_catch_up, without_work
from tests.chaos.storm import (
    BROKER,
    IncomingMessage,
    Outcome,
    mixed_messages,
    plain_messages,
    storm,
)

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.cluster,
    pytest.mark.timeout(7_200),
]

MESSAGES = int(os.environ.get("CHAOS_MESSAGES", "300"))
KILLS = int(os.environ.get("CHAOS_KILLS", "3"))
SEED = int(os.environ.get("CHAOS_SEED", str(time.time_ns())))
PARALLELISM = {"workflows.argoproj.io/parallelism-limit": "4"}

MessageMix = Callable[
    [Pipeline, int, Random], tuple[list[PlatformJob], list[IncomingMessage]]
]


@pytest.fixture(scope="module", params=[plain_messages, mixed_messages])
def mix(request: pytest.FixtureRequest) -> MessageMix:
    """What is sent."""
    chosen: MessageMix = request.param
    return chosen


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory,
    mix: MessageMix,  # noqa: ARG001  (each has pods that never crashed before)
) -> Iterator[Pipeline]:
    """The pipeline; its Workflows only report, four at a time."""
    objects = rendered_objects()
    without_work(objects)
    with_busy_catch_up(objects)
    folder = tmp_path_factory.mktemp("chaos")
    with pipeline(folder, objects, EXAMPLE_SERIES, PARALLELISM) as installed:
        yield installed


@pytest.fixture(scope="module")
def outcome(
    request: pytest.FixtureRequest, made: Pipeline, mix: MessageMix
) -> Outcome:
    """The outcome of a storm; printed, with what repeats it."""
    chance = Random(SEED)  # noqa: S311  (chooses what is killed)
    jobs, messages = mix(made, MESSAGES, chance)
    _show(request, f"{mix.__name__}, CHAOS_SEED={SEED}, {len(messages)} sent")
    end = storm(made, jobs, messages, KILLS, chance)
    _show(
        request,
        f"{len(jobs)} jobs, {end.workflows} Workflows, {len(end.dead)} dead "
        f"messages, {end.dropped} waiting when the broker was killed, "
        f"{end.seconds:.0f} s, killed: {dict(end.killed)}",
    )
    return end


def _show(request: pytest.FixtureRequest, line: str) -> None:
    """Prints a line at once, although pytest keeps what tests print."""
    capture = request.config.pluginmanager.get_plugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    with capture.global_and_fixture_disabled():
        sys.stdout.write(f"\n{line}\n")
        sys.stdout.flush()


def test_every_part_was_killed(outcome: Outcome) -> None:
    assert set(outcome.killed) == {*PARTS, BROKER}


def test_every_job_is_patched_exactly_once(outcome: Outcome) -> None:
    wrong = {job.id: job.reports for job in outcome.jobs if job.reports != 1}
    assert wrong == {}


def test_no_message_is_left_in_the_queue(outcome: Outcome) -> None:
    assert outcome.waiting == 0


def test_the_invalid_messages_and_no_others_are_dead_letters(
    outcome: Outcome,
) -> None:
    assert sorted(set(outcome.dead)) == outcome.invalid
