"""Measures the matrix profile job, against STUMPY and as series grow.

Every run is a cold process that fetches a CSV from an S3 server, analyses it
and uploads its report there::

    python -m bench.matrix_profile
"""

import argparse
import os
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.processes import Run, measure
from local_services.object_store import BUCKET, OUTPUT_BUCKET, object_store
from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)

ENGINES = {
    "quickmp": "steps.matrix_profile.compute",
    "STUMPY": "bench.stumpy_job",
}
COMPARED = 35_040
GROWING = (100_000, 200_000, 500_000)
ROUNDS = 3
START = datetime(2024, 1, 1, tzinfo=UTC)
PERIOD = timedelta(minutes=15)
SAMPLES_A_DAY = 96
WORKDAYS = 5
SIGNED_SECONDS = 6 * 3600
REPORT = ObjectPlace(OUTPUT_BUCKET, "matrixprofile-bench.html")
VARIABLE = "load"


@dataclass(frozen=True)
class Bench:
    """Where the jobs find their input and leave their report.

    Attributes:
        variables: The job's settings, without its input.
        store: The object store.
    """

    variables: Mapping[str, str]
    store: ObjectStore

    def upload(self, points: int) -> str:
        """Uploads a series.

        Args:
            points: How many readings it has.

        Returns:
            The presigned URL that reads it.
        """
        place = ObjectPlace(BUCKET, f"readings-{points}.csv")
        self.store.upload(_readings(points), place, "text/csv")
        return self.store.presigned_url(place, SIGNED_SECONDS)

    def run(self, engine: str, url: str) -> Run:
        """Runs the job once, in a process of its own.

        Args:
            engine: What computes the matrix profile.
            url: Where the input is.

        Returns:
            What it took.

        Raises:
            RuntimeError: The job failed.
        """
        return measure(
            [sys.executable, "-m", ENGINES[engine]],
            {**self.variables, "FILE_URL": url},
        )


def _readings(points: int) -> bytes:
    """Makes up a building's load: days, weeks, noise and a few gaps."""
    random = np.random.default_rng(points)
    days = np.arange(points) / SAMPLES_A_DAY
    load = 40 + 15 * np.sin(2 * np.pi * days) - 8 * (days % 7 > WORKDAYS)
    load += random.normal(scale=2, size=points)
    missing = random.random(points) < 1 / 5000
    lines = [f"timestamp,{VARIABLE}"]
    for index, value in enumerate(load):
        moment = (START + index * PERIOD).strftime("%Y-%m-%d %H:%M:%S")
        lines.append(f"{moment},{'' if missing[index] else f'{value:.2f}'}")
    return "\n".join(lines).encode()


@contextmanager
def _bench() -> Iterator[Bench]:
    with (
        TemporaryDirectory(prefix="bench-") as folder,
        object_store(Path(folder)) as settings,
    ):
        lower = {name.lower(): value for name, value in settings.items()}
        variables = {
            "PATH": os.environ["PATH"],
            **settings,
            "ANALYSIS_VARIABLE": VARIABLE,
            "OUTPUT_BUCKET": REPORT.bucket,
            "OUTPUT_KEY": REPORT.key,
        }
        yield Bench(
            variables, ObjectStore(BucketSettings.model_validate(lower))
        )


def _median(runs: Sequence[Run]) -> Run:
    return Run(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.processor_seconds for run in runs),
        max(run.mebibytes for run in runs),
    )


def _take_turns(bench: Bench, url: str, rounds: int) -> dict[str, Run]:
    """Runs the engines in turn, so that other work slows all of them."""
    runs: dict[str, list[Run]] = {engine: [] for engine in ENGINES}
    for _ in range(rounds):
        for engine, done in runs.items():
            done.append(bench.run(engine, url))
    return {engine: _median(done) for engine, done in runs.items()}


def _add_measures(table: Table) -> None:
    for title in ("seconds", "CPU seconds", "peak MiB"):
        table.add_column(title, justify="right")


def _compare(bench: Bench, rounds: int, console: Console) -> None:
    url = bench.upload(COMPARED)
    runs = _take_turns(bench, url, rounds)
    fastest = min(run.seconds for run in runs.values())
    table = Table(
        title=f"{COMPARED:,} points, cold, URL to bucket, median of {rounds}"
    )
    table.add_column("engine")
    _add_measures(table)
    table.add_column("times as long", justify="right")
    for engine, run in runs.items():
        table.add_row(
            engine,
            *run.cells(),
            f"{run.seconds / fastest:.1f}",
        )
    console.print(table)


def _grow(bench: Bench, sizes: list[int], console: Console) -> None:
    table = Table(title="As series grow, quickmp, one run each")
    table.add_column("points", justify="right")
    _add_measures(table)
    for points in sizes:
        run = bench.run("quickmp", bench.upload(points))
        table.add_row(f"{points:,}", *run.cells())
    console.print(table)


def main() -> None:
    """Measures and prints two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--sizes", type=int, nargs="*", default=GROWING)
    options = parser.parse_args()
    console = Console()
    with _bench() as bench:
        if options.rounds:
            _compare(bench, options.rounds, console)
        if options.sizes:
            _grow(bench, options.sizes, console)


if __name__ == "__main__":
    main()
