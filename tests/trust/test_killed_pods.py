"""A pod that is killed leaves nothing that is asked for twice."""

import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from steps.contract.wire import encode
from steps.state.items import ItemStatus
from steps.trust.batcher import Batcher
from steps.trust.inputs import USERS, TrustDiscoverInputs
from tests.conftest import ServedDatabases, ServedPlatform
from tests.relay.waiting import eventually
from tests.step_process import ROOT
from tests.trust.world import World

SHORT_SECONDS = 1.0
LONG_SECONDS = 60.0
HOLD_DONE = """
CREATE FUNCTION state.{name}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
CREATE TRIGGER {name} BEFORE UPDATE ON state.item FOR EACH ROW
WHEN (NEW.done_at IS NOT NULL) EXECUTE FUNCTION state.{name}();
"""
RELEASE_DONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE wait_event = 'PgSleep';
DROP FUNCTION state.{name} CASCADE;
"""


@pytest.fixture
def environment(
    platform: ServedPlatform, database_server: ServedDatabases
) -> Mapping[str, str]:
    """The settings of a pod."""
    return {**platform.environment, **database_server.environment}


@contextmanager
def done_held(world: World) -> Iterator[None]:
    """Hold back the writer that an item is done."""
    name = f"hold_{uuid.uuid4().hex}"
    world.sql(HOLD_DONE.format(name=name))
    try:
        yield
    finally:
        world.sql(RELEASE_DONE.format(name=name))


@contextmanager
def pod(
    username: str,
    environment: Mapping[str, str],
    folder: Path,
    lease_seconds: float,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the step of a batch with one user as a container does."""
    batcher = Batcher(TrustDiscoverInputs())
    batcher.take({username: ItemStatus.DUE})
    (batch,) = batcher.discovered().batches
    arguments = [
        "trust-users-ensure",
        "--number=0",
        "--slot=0",
        f"--content={encode(batch.content)}",
        f"--lease_seconds={lease_seconds}",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "steps", *arguments],
        cwd=ROOT,
        env={**environment, "STEP_OUTPUTS_DIR": str(folder / "outputs")},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_pod_killed_between_the_answer_and_the_state_costs_no_second_did(
    world: World, environment: Mapping[str, str], tmp_path: Path
) -> None:
    with (
        done_held(world),
        pod("ñandú", environment, tmp_path, SHORT_SECONDS) as process,
    ):
        eventually(lambda: "ñandú" in world.platform.trust.dids)
        eventually(world.waits_in_the_database)
        process.send_signal(signal.SIGKILL)
        process.wait()
    eventually(lambda: world.status_of(USERS, "ñandú") is ItemStatus.DUE)
    assert world.users(["ñandú"]).there == 1
    assert len(world.entries()) == 1


def test_the_item_of_a_killed_pod_is_left_alone_until_its_lease_ends(
    world: World, environment: Mapping[str, str], tmp_path: Path
) -> None:
    world.platform.trust.seconds = 600
    with pod("jane", environment, tmp_path, LONG_SECONDS) as process:
        eventually(world.platform.trust.open_tasks)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert world.status_of(USERS, "jane") is ItemStatus.CLAIMED
    world.users(["jane"])
    assert len(world.platform.trust.tasks) == 1
