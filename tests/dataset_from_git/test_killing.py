"""A run that is killed is continued by the next, without doubled objects."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from local_services.waiting import wait_until
from steps.contract.batches import Batch
from tests.conftest import ServedDatabases
from tests.dataset_from_git.world import FILES, READINGS, STOCK, World
from tests.step_process import ROOT

pytestmark = pytest.mark.services

LARGE = READINGS + "2016-01-01 02:00:00,3.25\n" * 100_000
LONGEST_WAIT_SECONDS = 60
POLL_SECONDS = 0.001

Moment = Callable[[World], bool]


def uploads(world: World) -> int:
    """Count the uploads that have begun."""
    return sum(
        request.startswith("POST /asset/") for request in requests(world)
    )


def requests(world: World) -> list[str]:
    """Return the requests to the platform."""
    return list(world.platform.double.requests)


MOMENTS: dict[str, Moment] = {
    "before it reads the platform": lambda _: True,
    "while it fetches": lambda world: bool(requests(world)),
    "while the first upload is sent": lambda world: uploads(world) == 1,
    "when the first upload is stored": lambda world: len(world.objects) == 1,
    "while the second upload is sent": lambda world: uploads(world) == 2,
    "when the second upload is stored": lambda world: len(world.objects) == 2,
}


def start(
    world: World, batch: Batch, environment: dict[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    """Start the step of a file as a container does."""
    arguments = batch.model_dump(mode="json", exclude={"about"})
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "steps", "dataset-convert"),
            *(f"--{name}={value}" for name, value in arguments.items()),
            "--attempt=0",
        ],
        cwd=ROOT,
        env={
            **environment,
            **world.hub.settings,
            **world.platform.environment,
            "PATH": os.environ["PATH"],
            "STEP_OUTPUTS_DIR": str(folder / "outputs"),
            "TMPDIR": str(folder),
        },
        stderr=subprocess.DEVNULL,
    )


def await_moment(
    process: subprocess.Popen[bytes], world: World, moment: Moment
) -> None:
    """Wait until a moment has come, or the process has ended."""
    assert wait_until(
        lambda: moment(world) or process.poll() is not None,
        LONGEST_WAIT_SECONDS,
        POLL_SECONDS,
    )


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_a_killed_run_is_continued_without_doubled_objects(
    world: World,
    database_server: ServedDatabases,
    moment: Moment,
    tmp_path: Path,
) -> None:
    world.repository(STOCK, LARGE)
    batch, *_ = world.resolve(STOCK).batches
    world.platform.double.requests.clear()
    environment = dict(database_server.environment)
    process = start(world, batch, environment, tmp_path)
    await_moment(process, world, moment)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    done = world.run(STOCK)
    assert [one.error for one in done.reports] == [""] * len(done.reports)
    series = Counter(stored.series_id for stored in world.objects)
    assert series.total() == len(series) == 2 * len(FILES[STOCK])
    assert world.resolve(STOCK).batches == []
