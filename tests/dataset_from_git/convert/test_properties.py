"""Made-up tables of many shapes: what goes in comes out."""

import csv
import math
import random
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from steps.dataset_from_git.convert.kinds import MISSING, PARQUET_TYPES
from steps.dataset_from_git.convert.reading_rules import (
    ReadingRules,
    StrictRules,
)
from steps.dataset_from_git.convert.source_table import SourceTable
from steps.dataset_from_git.convert.survey import survey
from tests.dataset_from_git.convert.converting import Converted, converted

SEEDS = range(40)
LETTERS = (*"abcäß€漢 ,;\"'\n\tx-_0123456789.+eE", "\r\n")
SEPARATORS = [",", ";", "\t", "|"]
LINE_ENDS = ["\n", "\r\n"]
ODD_CELLS = (
    "007", "-0", "+1", "0x1F", "1e999", "NAN", "1_0", "12345678901234567890",
    "9007199254740993", "true", "inf", "2020-01-01", "2020-01-01 00:00:00",
    "-", ".", "1.", " 1 ", "1 2",
)  # fmt: skip
Cells = Callable[[random.Random], str]


def text(chance: random.Random) -> str:
    """Makes up a text."""
    return "".join(chance.choices(LETTERS, k=chance.randrange(12)))


MAKERS: tuple[Cells, ...] = (
    text,
    lambda chance: str(chance.randrange(-(10**6), 10**6)),
    lambda chance: str(chance.randrange(-(2**63), 2**63)),
    lambda chance: repr(chance.gauss(0, 1e3)),
    lambda chance: repr(
        chance.uniform(-1, 1) * 10 ** chance.randrange(-300, 300)
    ),
    lambda chance: chance.choice(["True", "False"]),
    lambda chance: (
        f"20{chance.randrange(10, 30)}-0{chance.randrange(1, 10)}-11"
    ),
    lambda chance: (
        f"2016-01-{chance.randrange(10, 30)} 1{chance.randrange(10)}:00:05"
    ),
    lambda chance: chance.choice(MISSING),
)


def made_up(chance: random.Random) -> list[list[str]]:
    """Makes up a table, mostly of one kind per column."""
    rows = chance.choice([0, 1, 2, 50, 400])
    makers = chance.choices(MAKERS, k=chance.choice([1, 2, 7, 40]))
    odd = chance.choice([0, 0, 0.01])
    missing = chance.choice([0, 0.1])

    def cell(maker: Cells) -> str:
        if chance.random() < odd:
            return chance.choice(ODD_CELLS)
        return (
            chance.choice(MISSING)
            if chance.random() < missing
            else maker(chance)
        )

    return [[cell(maker) for maker in makers] for _ in range(rows)]


class MadeUp:
    """A made-up table, written and converted.

    Attributes:
        rows: Its cells.
        rules: How the file is read.
        source: The file.
        made: Its outcome.
    """

    def __init__(self, seed: int, folder: Path) -> None:
        """Makes up the table that belongs to a seed."""
        chance = random.Random(seed)  # noqa: S311  (no secret)
        self.rows = made_up(chance)
        self.rules = StrictRules(separator=chance.choice(SEPARATORS))
        self.reading = ReadingRules(
            separator=self.rules.separator, skip_lines=0, header_rows=1
        )
        self.source = folder / "source.csv"
        width = len(self.rows[0]) if self.rows else chance.randrange(1, 9)
        names = [chance.choice(["a", "b", "ü", "x,y"]) for _ in range(width)]
        with self.source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(
                file,
                delimiter=self.rules.separator,
                lineterminator=chance.choice(LINE_ENDS),
                quoting=csv.QUOTE_ALL if width == 1 else csv.QUOTE_MINIMAL,
            )
            writer.writerows([names, *self.rows])
        self.made: Converted = converted(self.source, folder, self.reading)


@pytest.fixture(scope="module", params=SEEDS)
def table(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> MadeUp:
    """A made-up table."""
    return MadeUp(request.param, tmp_path_factory.mktemp("made-up"))


def equals(cell: str, value: object) -> bool:
    """Returns whether a value equals its cell."""
    if cell in MISSING:
        return value is None
    if isinstance(value, float):
        same_sign = math.copysign(1, value) == math.copysign(1, float(cell))
        return value == float(cell) and same_sign
    if isinstance(value, bool):
        return str(value).lower() == cell.lower()
    return value == cell or str(value) == cell.strip()


def test_each_value_equals_its_cell(table: MadeUp) -> None:
    columns = table.made.columns.values()
    assert table.made.conversion.rows == len(table.rows)
    different = [
        (cell, value)
        for row, values in zip(
            table.rows, zip(*columns, strict=True), strict=True
        )
        for cell, value in zip(row, values, strict=True)
        if not equals(cell, value)
    ]
    assert different == []


def test_pandas_reads_the_same_texts_from_the_normalised_file(
    table: MadeUp,
) -> None:
    before = pd.read_csv(table.source, sep=table.rules.separator, dtype=str)
    after = pd.read_csv(table.made.csv, dtype=str)
    pd.testing.assert_frame_equal(after, before)


def test_a_guess_that_held_fits_all_cells(table: MadeUp) -> None:
    kinds = survey(SourceTable.at(table.source, table.rules))
    assert table.made.type_names == [str(PARQUET_TYPES[k]) for k in kinds]
