"""Numbers as people write them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steps.matrix_profile.compute.windows import Booleans, Floats

MISSING = frozenset(
    {
        "",
        "-",
        "--",
        "?",
        "na",
        "n/a",
        "#n/a",
        "nan",
        "null",
        "none",
        "nd",
    }
)
CODES_FOR_MISSING = (-99.0, -999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0)
FAR_OUT = 5
EXAMPLES_KEPT = 5
EXAMPLE_LENGTH = 40


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    point, group = re.escape(decimal), re.escape(thousands)
    return re.compile(
        rf"[+-]?(?:(?:\d+{point}?\d*|{point}\d+)(?:[eE][+-]?\d{{1,3}})?"
        rf"|[1-9]\d{{0,2}}(?:{group}\d{{3}})+(?:{point}\d+)?)",
        re.ASCII,
    )


@dataclass(frozen=True)
class Notation:
    """A way to write numbers.

    Attributes:
        decimal: The decimal sign.
        thousands: What may stand between groups of three digits.
        pattern: Matches a number.
    """

    decimal: str
    thousands: str
    pattern: re.Pattern[str]

    def read(self, cell: str) -> float:
        """Reads one number.

        Args:
            cell: A stripped cell.

        Returns:
            Its number, NaN where it holds none.
        """
        if not self.pattern.fullmatch(cell):
            return float("nan")
        plain = cell.replace(self.thousands, "").replace(self.decimal, ".")
        return float(plain)


POINT = Notation(".", ",", _pattern(".", ","))
COMMA = Notation(",", ".", _pattern(",", "."))


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """A column read as numbers.

    Attributes:
        values: Its numbers; NaN where there is none.
        decimal: The decimal sign that was used to read it.
        missing: How many cells are empty or marked as missing.
        text: How many cells hold something that is no finite number.
        coded: How many cells hold a number that stands for "missing".
        examples: Some of what those hold.
    """

    values: Floats
    decimal: str
    missing: int
    text: int
    coded: int
    examples: tuple[str, ...]


def read_numbers(cells: Sequence[str], separator: str) -> NumberColumn:
    """Reads a column, in the notation in which most of it is a number.

    Args:
        cells: Its cells, stripped.
        separator: What stands between the file's fields; settles which
            notation is meant where both are possible.

    Returns:
        Its numbers.
    """
    readings = [
        (notation, np.array([notation.read(cell) for cell in cells], float))
        for notation in _by_preference(cells, separator)
    ]
    notation, values = max(
        readings, key=lambda reading: np.isfinite(reading[1]).sum()
    )
    values[~np.isfinite(values)] = np.nan
    absent = np.isnan(values)
    coded = _codes_for_missing(values)
    without = [
        cell for cell, lacks in zip(cells, absent, strict=True) if lacks
    ]
    texts = [cell for cell in without if cell.lower() not in MISSING]
    examples = tuple(dict.fromkeys(text[:EXAMPLE_LENGTH] for text in texts))
    return NumberColumn(
        values=np.where(coded, np.nan, values),
        decimal=notation.decimal,
        missing=len(without) - len(texts),
        text=len(texts),
        coded=int(coded.sum()),
        examples=examples[:EXAMPLES_KEPT],
    )


def _by_preference(cells: Sequence[str], separator: str) -> list[Notation]:
    if separator == COMMA.decimal or any(POINT.decimal in c for c in cells):
        return [POINT, COMMA]
    return [COMMA, POINT]


def _codes_for_missing(values: Floats) -> Booleans:
    """Marks codes such as -9999, where they lie far outside of the rest."""
    codes: Booleans = np.isin(values, CODES_FOR_MISSING)
    others = values[~codes & ~np.isnan(values)]
    if not codes.any() or others.size == 0:
        return np.zeros_like(codes)
    reach = FAR_OUT * max(float(np.ptp(others)), float(np.abs(others).max()))
    far: Booleans = codes & (np.abs(values) > reach)
    return far
