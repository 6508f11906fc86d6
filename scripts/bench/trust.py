"""Measures DIDs per minute, against a double that takes 2 s for each.

As in a run of ``trust-users`` with its defaults, four batches work at the
same time, each a process of its own; the bound is what four slots could do
if asking, waiting and remembering took no time::

    python -m bench.trust
"""

import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.processes import Run, measure
from local_services.platform_api import PlatformApiDouble, platform_api
from local_services.postgres import postgres
from steps.contract.batches import Batch
from steps.contract.errors import ExitCode
from steps.contract.wire import encode
from steps.state.items import ItemStatus
from steps.trust.batcher import Batcher
from steps.trust.inputs import TrustDiscoverInputs

TASK_SECONDS = 2.0
INPUTS = TrustDiscoverInputs()
READABLE_BY_ALL = 0o755


def main() -> None:
    """Prints the DIDs per minute."""
    double = PlatformApiDouble()
    double.trust.seconds = TASK_SECONDS
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(READABLE_BY_ALL)
        cluster = folder / "postgres"
        cluster.mkdir()
        with (
            platform_api(double) as api,
            postgres(cluster) as database,
        ):
            started = time.monotonic()
            runs = _run({**api, **database}, folder)
            seconds = time.monotonic() - started
    Console().print(_table(double, runs, seconds))


def _run(environment: Mapping[str, str], folder: Path) -> list[Run]:
    batcher = Batcher(INPUTS)
    names = [f"user-{number}" for number in range(INPUTS.limit)]
    batcher.take(dict.fromkeys(names, ItemStatus.DUE))
    batches = batcher.discovered().batches

    def ensure(batch: Batch) -> Run:
        outputs = str(folder / f"outputs-{batch.number}")
        arguments = {
            "number": batch.number,
            "slot": batch.slot,
            "content": encode(batch.content),
        }
        return measure(
            [
                *(sys.executable, "-m", "steps", "trust-users-ensure"),
                *(f"--{key}={value}" for key, value in arguments.items()),
            ],
            {**environment, "STEP_OUTPUTS_DIR": outputs},
            (ExitCode.DONE,),
        )

    with ThreadPoolExecutor(INPUTS.at_a_time) as pool:
        return list(pool.map(ensure, batches))


def _table(
    double: PlatformApiDouble, runs: list[Run], seconds: float
) -> Table:
    made = len(double.trust.dids)
    bound = INPUTS.at_a_time * 60 / TASK_SECONDS
    per_minute = made * 60 / seconds
    requests = len(double.requests)
    table = Table(
        title=f"{made} DIDs of {TASK_SECONDS:.0f} s each, "
        f"{INPUTS.at_a_time} at a time"
    )
    for column in ("", "measured"):
        table.add_column(column, justify="left" if not column else "right")
    rows = {
        "seconds": f"{seconds:.1f}",
        "DIDs per minute": f"{per_minute:.0f}",
        "of the bound": f"{per_minute / bound:.0%} of {bound:.0f}",
        "ledger entries": str(len(double.trust.ledger)),
        "most tasks at once": str(double.trust.most_at_once),
        "requests per DID": f"{requests / made:.1f}",
        "largest MiB of a pod": f"{max(run.mebibytes for run in runs):.0f}",
    }
    for row in rows.items():
        table.add_row(*row)
    return table


if __name__ == "__main__":
    main()
