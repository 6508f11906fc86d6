"""Measures what a step costs before it does anything.

It is part of every fan-out item's cost. Each command is a cold process, in
turn with the others: a bare pydantic model, one with pydantic-settings, and
each step, ended by its missing arguments::

    python -m bench.start_up
"""

import statistics
import sys
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from bench.processes import Run, measure
from steps.contract.errors import ExitCode
from steps.registry import STEPS

ROUNDS = 9
MODEL = "from pydantic import BaseModel\nclass M(BaseModel):\n    x: int"
SETTINGS = (
    f"{MODEL}\nfrom pydantic_settings import BaseSettings\n"
    "class S(BaseSettings):\n    y: str = ''"
)
ENDED = (ExitCode.DONE, ExitCode.WRONG_USE, ExitCode.BAD_SETTINGS)
NO_ENVIRONMENT: Mapping[str, str] = {}


def main() -> None:
    """Prints the medians of all commands."""
    commands = {
        "a pydantic model": ["-c", MODEL],
        "a pydantic model and settings": ["-c", SETTINGS],
        **{name: ["-m", "steps", name] for name in STEPS},
    }
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            runs[name].append(
                measure([sys.executable, *command], NO_ENVIRONMENT, ENDED)
            )
    Console().print(_table(runs))


def _table(runs: Mapping[str, list[Run]]) -> Table:
    table = Table(title=f"Start-up of a step, median of {ROUNDS}")
    for column in ("", "wall s", "CPU s", "MiB", "x a pydantic model"):
        table.add_column(column, justify="left" if not column else "right")
    medians = {name: _median(of) for name, of in runs.items()}
    (base, *_) = medians.values()
    for name, run in medians.items():
        ratio = run.processor_seconds / base.processor_seconds
        table.add_row(name, *run.cells(), f"{ratio:.1f}")
    return table


def _median(runs: list[Run]) -> Run:
    return Run(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.processor_seconds for run in runs),
        statistics.median(run.mebibytes for run in runs),
    )


if __name__ == "__main__":
    main()
