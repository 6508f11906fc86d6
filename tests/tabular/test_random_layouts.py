"""Tables in random layouts: the same cells, or a refusal."""

import csv
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from steps.contract.errors import BadDataError
from steps.tabular.detect import detect
from steps.tabular.dialect import Alterations
from steps.tabular.reader import STRICT, read_rows

SEEDS = range(150)
SEPARATORS = (",", ";", "\t", "|")
LINE_ENDS = ("\n", "\r\n", "\r")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le")
PREAMBLES = ("", "Station 12\n\n", "# exported\n# twice\n", "Site;Roof\n")
WORDS = ("ok", "Süd", "a b", "x,y", "q;r", 'say "hi"', "two\nlines", "")
NAMES = ("load", "temp", "Höhe", "wind, gust", "state", "site", "note")


def number(chance: random.Random) -> str:
    """A number as it may be written."""
    return f"{chance.uniform(-50, 5000):.{chance.randrange(4)}f}"


def word(chance: random.Random) -> str:
    """A word, with separators and marks in it at times."""
    return chance.choice(WORDS)


class Layout:
    """A random table in a random layout."""

    def __init__(self, seed: int, file: Path) -> None:
        """Writes it."""
        chance = random.Random(seed)  # noqa: S311 - no secret
        columns: list[Callable[[random.Random], str]] = [number]
        columns += chance.choices([number, word], k=chance.randrange(1, 5))
        self.names = ["time", *chance.sample(NAMES, len(columns))]
        self.rows = [
            [
                f"2024-03-{1 + at // 24:02d} {at % 24:02d}:00",
                *(make(chance) for make in columns),
            ]
            for at in range(chance.randrange(3, 60))
        ]
        self.preamble = chance.choice(PREAMBLES)
        with file.open(
            "w", encoding=chance.choice(ENCODINGS), newline=""
        ) as text:
            text.write(self.preamble)
            line_end = chance.choice(LINE_ENDS)
            csv.writer(
                text,
                delimiter=chance.choice(SEPARATORS),
                lineterminator=line_end,
                quoting=csv.QUOTE_ALL
                if line_end == "\r"
                else chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
            ).writerows([self.names, *self.rows])


@pytest.mark.parametrize("seed", SEEDS)
def test_random_layouts_give_the_same_cells(seed: int, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    written = Layout(seed, file)
    dialect = detect(file)
    alterations = Alterations()
    rows = list(read_rows(file, dialect, STRICT, alterations))
    assert list(dialect.columns) == written.names
    assert rows == written.rows
    assert not alterations.counts


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lost_byte_is_never_an_altered_cell_without_a_word(
    seed: int, tmp_path: Path
) -> None:
    file = tmp_path / "table.csv"
    written = Layout(seed, file)
    chance = random.Random(seed)  # noqa: S311 - no secret
    data = file.read_bytes()
    marks = [at for at, byte in enumerate(data) if byte in b'",;|\t']
    at = chance.choice([mark for mark in marks if mark > len(data) // 2])
    file.write_bytes(data[:at] + data[at + 1 :])
    try:
        dialect = detect(file)
        rows = list(read_rows(file, dialect, STRICT, Alterations()))
    except BadDataError:
        return
    changed = sum(
        one != other for one, other in zip(rows, written.rows, strict=False)
    )
    assert len(rows) == len(written.rows)
    assert changed <= 1


def test_seeds_write_different_layouts(tmp_path: Path) -> None:
    files = [tmp_path / str(seed) for seed in range(20)]
    for seed, file in enumerate(files):
        Layout(seed, file)
    contents = [file.read_bytes() for file in files]
    assert all(one != other for one, other in pairwise(contents))
