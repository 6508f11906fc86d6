"""Measures conversions of CSV files, beside the same with other engines.

On the real PV file and on a made-up one of the shape of the genome project's
electricity file, and how much memory a file of 2 GB takes::

    python -m bench.datasets
"""

import argparse
import random
import statistics
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.conversions import ENGINES
from bench.processes import ROOT, Run, measure
from checkout.images import DATASETS
from moderate.local_images import local_image
from steps.dataset_from_git.convert.reading_rules import ReadingRules

PV_FILE = ROOT / "tests/data/v1.0_Data_T3.1_Dynamicanalysis_PVanalysis.csv"
PV_RULES = ReadingRules(skip_lines=1, separator=";", decimal=",")
YARDSTICK = "pandas"
OURS = "this project"
ROUNDS = 3
METERS = 1_578
HOURS = 17_544
START = datetime(2016, 1, 1, tzinfo=UTC)
DIFFERENT_ROWS = 512
LARGE_BYTES = 2_000_000_000
SEED = 7


@dataclass(frozen=True)
class Case:
    """A file to convert.

    Attributes:
        title: What it is.
        source: The file.
        rules: How it is read.
    """

    title: str
    source: Path
    rules: ReadingRules

    def run(self, engine: str, folder: Path) -> Run:
        """Converts it once, in a process of its own.

        Args:
            engine: What converts it.
            folder: Where the outputs go.

        Returns:
            What it took.

        Raises:
            RuntimeError: The conversion failed.
        """
        with TemporaryDirectory(dir=folder) as outputs:
            return measure(
                [
                    str(_interpreter(engine)),
                    "-m",
                    "bench.conversions",
                    engine,
                    str(self.source),
                    outputs,
                    self.rules.model_dump_json(),
                ],
                {"PYTHONPATH": str(ROOT / "scripts")},
            )


def write_meters(file: Path, rows: int) -> None:
    """Writes a file of the electricity file's shape.

    Args:
        file: Where it goes.
        rows: How many hours it covers.
    """
    names = ",".join(f"Site_building_{place}" for place in range(METERS))
    with file.open("w", encoding="utf-8") as text:
        text.write(f"timestamp,{names}\n")
        text.writelines(islice(_hours(), rows))


def _hours() -> Generator[str, None, None]:
    """Yields rows; the readings are made up once, and then come again."""
    chance = random.Random(SEED)  # noqa: S311  (no secret)
    scales = [10 ** chance.uniform(0.5, 3.2) for _ in range(METERS)]
    readings = [
        ",".join(
            f"{scale * abs(chance.gauss(1, 0.3)):.4f}"
            if chance.random() > 1 / 20
            else ""
            for scale in scales
        )
        for _ in range(DIFFERENT_ROWS)
    ]
    moment = START
    while True:
        yield f"{moment:%Y-%m-%d %H:%M:%S},{chance.choice(readings)}\n"
        moment += timedelta(hours=1)


def _take_turns(case: Case, folder: Path, rounds: int) -> dict[str, list[Run]]:
    """Runs the engines in turn, so that other work slows all of them."""
    runs: dict[str, list[Run]] = {engine: [] for engine in ENGINES}
    for _ in range(rounds):
        for engine, done in runs.items():
            done.append(case.run(engine, folder))
    return runs


def _median(runs: Sequence[Run]) -> Run:
    return Run(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.processor_seconds for run in runs),
        max(run.mebibytes for run in runs),
    )


def _interpreter(engine: str) -> Path:
    """Chooses the image's own environment for what runs in it.

    Where pandas is installed too, pyarrow loads it, which takes memory.
    """
    if engine != OURS:
        return Path(sys.executable)
    (programs,) = local_image(DATASETS).path
    return programs / "python"


def _table(title: str) -> Table:
    table = Table(title=title)
    table.add_column("")
    for column in ("seconds", "CPU seconds", "peak MiB"):
        table.add_column(column, justify="right")
    return table


def _compare(case: Case, folder: Path, rounds: int, console: Console) -> None:
    medians = {
        engine: _median(runs)
        for engine, runs in _take_turns(case, folder, rounds).items()
    }
    table = _table(f"{case.title}, median of {rounds}")
    table.add_column("times pandas' speed", justify="right")
    for engine, run in medians.items():
        ratio = medians[YARDSTICK].seconds / run.seconds
        table.add_row(engine, *run.cells(), f"{ratio:.1f}")
    console.print(table)


def _show_large(size: int, folder: Path, console: Console) -> None:
    file = folder / "large.csv"
    write_meters(file, rows_in(size))
    run = Case("large", file, ReadingRules()).run(OURS, folder)
    table = _table(f"A file of {file.stat().st_size / 1e9:.1f} GB, one run")
    table.add_row(OURS, *run.cells())
    console.print(table)


def rows_in(size: int) -> int:
    """Returns how many rows of the made-up file there are in so many bytes."""
    with closing(_hours()) as hours:
        return size // len(next(hours))


def main() -> None:
    """Measures and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--large", type=int, default=LARGE_BYTES)
    options = parser.parse_args()
    console = Console()
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        if options.rounds:
            meters = folder / "meters.csv"
            write_meters(meters, HOURS)
            for case in (
                Case("PV file, 1 MB", PV_FILE, PV_RULES),
                Case(f"{HOURS:,} x 1,579 cells", meters, ReadingRules()),
            ):
                _compare(case, folder, options.rounds, console)
        if options.large:
            _show_large(options.large, folder, console)


if __name__ == "__main__":
    main()
