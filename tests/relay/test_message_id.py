"""A message is followed by one id, through the relay and beyond."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from checkout.paths import EXAMPLE_SERIES
from local_services.object_store import BUCKET
from local_services.platform_api import PlatformJob
from moderate.local_images import local_images
from moderate.running import run_here
from moderate.settings import image_settings
from moderate.workflow_index import find
from steps.contract.message_id import is_usable
from tests.conftest import ServedPlatform, ServedStore
from tests.hostile import HOSTILE
from tests.matrix_profile.messages import message
from tests.relay.conftest import RunRelay
from tests.relay.queue import Queue
from tests.relay.recorder import Recorder
from tests.relay.waiting import eventually

OWN = "0d9f3a7c-3f5e-4a54-9f2e-8a1d2b0c4e5f"
STEPS = {"prepare", "compute", "report"}


def test_the_message_s_own_id_is_passed_on(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    queue.publish(message(), message_id=OWN)
    with relay():
        eventually(lambda: webhook.taken)
    assert webhook.taken[0]["message_id"] == OWN


def test_a_message_without_an_id_gets_one(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    queue.publish(message())
    with relay():
        eventually(lambda: webhook.taken)
    assert is_usable(webhook.taken[0]["message_id"])


def test_a_message_that_comes_again_keeps_its_id(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    queue.publish(message(), message())
    with relay():
        eventually(lambda: len(webhook.taken) == 2)
    first, second = (one["message_id"] for one in webhook.taken)
    assert first == second


def test_a_hostile_id_is_not_passed_on(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    ids = [text[:60] for text in HOSTILE.values()]
    for own in ids:
        queue.publish(message(), message_id=own)
    with relay():
        eventually(lambda: len(webhook.taken) == len(ids))
    assert all(is_usable(one["message_id"]) for one in webhook.taken)


def test_the_relay_s_log_names_the_id(
    relay: RunRelay, queue: Queue, webhook: Recorder
) -> None:
    queue.publish(message(), message_id=OWN)
    with relay() as running:
        eventually(lambda: webhook.taken)
        running.stop()
        log = running.text()
    assert f"[message_id={OWN}] Job 42 has been forwarded" in log


def test_a_dead_letter_keeps_the_id(relay: RunRelay, queue: Queue) -> None:
    queue.publish("?", message_id=OWN)
    with relay() as running:
        (dead,) = queue.await_dead_letters(1)
        running.stop()
        log = running.text()
    assert dead.message_id == OWN
    assert f"[message_id={OWN}] A message is dead-lettered" in log


@dataclass(frozen=True)
class Way:
    """A job, the message that asks for it, and those who pass it on."""

    s3: ServedStore
    platform: ServedPlatform
    folder: Path
    job: PlatformJob
    body: str

    def run(self, envelope: dict[str, str], form: str) -> None:
        """Run the workflow as the Sensor starts it."""
        run_here(
            find("matrix-profile"),
            envelope,
            {
                **image_settings(),
                **self.s3.environment,
                **self.platform.environment,
                "LOG_FORMAT": form,
            },
            images=local_images(),
            on_event=lambda _: None,
            folder=self.folder,
        )

    def logs(self) -> dict[str, list[str]]:
        """Read the lines of each step's log."""
        return {
            file.parent.name: file.read_text().splitlines()
            for file in (self.folder / "nodes").glob("*/log.txt")
        }


@pytest.fixture
def way(
    s3: ServedStore, platform: ServedPlatform, key: str, tmp_path: Path
) -> Way:
    """A job of the platform and its message."""
    s3.put(key, EXAMPLE_SERIES.read_bytes())
    job = platform.double.add_job()
    body = message(
        workflow_job_id=job.id,
        analysis_variable="TemperatureC",
        bucket=BUCKET,
        key=key,
    )
    return Way(s3, platform, tmp_path / "run", job, body)


@pytest.mark.parametrize("form", ["text", "json"])
def test_one_id_is_in_every_log_from_the_queue_to_the_job_s_patch(
    relay: RunRelay, queue: Queue, webhook: Recorder, way: Way, form: str
) -> None:
    queue.publish(way.body, message_id=OWN)
    with relay():
        eventually(lambda: webhook.taken)
    way.run(webhook.taken[0], form)
    logs = way.logs()
    found = {step for step in STEPS for name in logs if step in name}
    assert found == STEPS
    for name, lines in logs.items():
        assert lines, name
        assert all(OWN in line for line in lines), name
    assert way.job.reports == 1
    patched = f"Job {way.job.id} has been reported"
    assert any(patched in line for lines in logs.values() for line in lines)
