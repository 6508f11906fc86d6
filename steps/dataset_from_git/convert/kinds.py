"""What a column holds, decided by all of its cells.

A column gets the narrowest kind that keeps each of its values as it is
written: reading the value back gives the same. What could be a code rather
than a number (``007``, ``+49``) stays text, and so does what no number of
64 bits holds.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

MISSING = (
    "",
    "#N/A",
    "#N/A N/A",
    "#NA",
    "-1.#IND",
    "-1.#QNAN",
    "-NaN",
    "-nan",
    "1.#IND",
    "1.#QNAN",
    "<NA>",
    "N/A",
    "NA",
    "NULL",
    "NaN",
    "None",
    "n/a",
    "nan",
    "null",
)
"""Cells without a value: what ``pandas.read_csv`` takes for missing."""
TRUE_WORDS = ("true", "True", "TRUE")
FALSE_WORDS = ("false", "False", "FALSE")
EXACT_DIGITS = 15
POINT = "."
_BLANKS = " \t"
_ZERO = pa.scalar(0.0)
_BOOLEAN = f"^(?:{'|'.join((*TRUE_WORDS, *FALSE_WORDS))})$"
_WHOLE = r"^(?:0|-?[1-9][0-9]{0,18})$"
_NUMBER = (
    r"^-?(?:(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
    r"|(?i:inf|infinity))$"
)
_LONG_WHOLE = rf"^-?[0-9]{{{EXACT_DIGITS + 1},}}$"
_INFINITE = r"^-?[iI]"
_NOT_ZERO = r"^[^eE]*[1-9]"
_DATE = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_TIME = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"


class Kind(StrEnum):
    """What all cells of a column are."""

    EMPTY = "empty"
    BOOLEAN = "boolean"
    WHOLE = "whole number"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    TEXT = "text"


PARQUET_TYPES: Mapping[Kind, pa.DataType] = MappingProxyType(
    {
        Kind.EMPTY: pa.float64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.WHOLE: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.DATE: pa.date32(),
        Kind.TIME: pa.timestamp("ms"),
        Kind.TEXT: pa.string(),
    }
)
READING_TYPES: Mapping[Kind, pa.DataType] = MappingProxyType(
    {
        **PARQUET_TYPES,
        Kind.EMPTY: pa.null(),
        Kind.DATE: pa.string(),
        Kind.TIME: pa.string(),
    }
)
"""The type that the CSV reader reads for each kind; not for dates."""


_FIRST_LOOK: Mapping[Kind, Callable[[str], bool]] = MappingProxyType(
    {
        Kind.BOOLEAN: lambda cell: cell in {*TRUE_WORDS, *FALSE_WORDS},
        Kind.WHOLE: lambda cell: (
            cell.strip(_BLANKS).removeprefix("-").isdigit()
        ),
        Kind.DATE: lambda cell: len(cell) == len("2016-01-01"),
        Kind.TIME: lambda cell: len(cell) == len("2016-01-01 00:00:00"),
    }
)
"""Refuses most of the cells that are not of a kind, without a search."""


def matches(values: pa.Array, pattern: str) -> bool:
    """Returns whether all texts match a regular expression.

    Args:
        values: The texts; missing ones match.
        pattern: The expression.

    Returns:
        False when one does not match.
    """
    found = pc.all(pc.match_substring_regex(values, pattern))
    return found.as_py() is not False


def times_of(texts: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray | None:
    """Reads dates or times that are written in the one lossless form.

    Args:
        texts: The cells of a column.
        kind: ``DATE`` or ``TIME``.

    Returns:
        The dates or times, None when a cell is something else.
    """
    if not matches(texts, _DATE if kind is Kind.DATE else _TIME):
        return None
    return _cast(texts, PARQUET_TYPES[kind])


class ColumnKind:
    """Finds a column's kind, looking at one stretch of it after another."""

    def __init__(self, decimal: str) -> None:
        """Starts without having seen a cell.

        Args:
            decimal: The decimal sign.
        """
        self._tests: dict[Kind, Callable[[pa.Array], bool]] = {
            Kind.BOOLEAN: _are_booleans,
            Kind.WHOLE: self._are_whole,
            Kind.NUMBER: self._are_numbers,
            Kind.DATE: lambda values: _are_times(values, Kind.DATE),
            Kind.TIME: lambda values: _are_times(values, Kind.TIME),
        }
        self._decimal = decimal
        self._seen = False
        self._long_whole = False

    def observe(self, cells: pa.Array) -> None:
        """Takes the next cells into account.

        Args:
            cells: Texts, null where the value is missing.
        """
        if cells.null_count == len(cells):
            return
        self._seen = True
        values = cells.drop_null()
        self._look_at_first(values[0].as_py())
        if Kind.WHOLE in self._tests and self._are_whole(values):
            self._keep(Kind.WHOLE, Kind.NUMBER)
            return
        for kind, fits in tuple(self._tests.items()):
            if kind is Kind.WHOLE or not fits(values):
                del self._tests[kind]

    @property
    def kind(self) -> Kind:
        """The narrowest kind that fits all cells so far."""
        if not self._seen:
            return Kind.EMPTY
        for kind in self._tests:
            if kind is not Kind.NUMBER or not self._long_whole:
                return kind
        return Kind.TEXT

    def _look_at_first(self, cell: str) -> None:
        for kind, may_be in _FIRST_LOOK.items():
            if kind in self._tests and not may_be(cell):
                del self._tests[kind]

    def _keep(self, *kinds: Kind) -> None:
        self._tests = {
            kind: fits for kind, fits in self._tests.items() if kind in kinds
        }

    def _are_whole(self, values: pa.Array) -> bool:
        trimmed = pc.utf8_trim(values, _BLANKS)
        fits = (
            matches(trimmed, _WHOLE) and _cast(trimmed, pa.int64()) is not None
        )
        if fits and not self._long_whole:
            self._long_whole = _any_match(trimmed, _LONG_WHOLE)
        return fits

    def _are_numbers(self, values: pa.Array) -> bool:
        trimmed = with_point(pc.utf8_trim(values, _BLANKS), self._decimal)
        if trimmed is None or not matches(trimmed, _NUMBER):
            return False
        if _any_match(trimmed, _LONG_WHOLE):
            return False
        numbers = _cast(trimmed, pa.float64())
        return numbers is not None and not _out_of_range(trimmed, numbers)


def with_point(texts: pa.Array, decimal: str) -> pa.Array | None:
    """Writes numbers with a decimal point.

    Args:
        texts: The numbers, as they are written.
        decimal: Their decimal sign.

    Returns:
        The numbers with a point; None when a point stands in one that has
        another decimal sign.
    """
    if decimal == POINT:
        return texts
    if pc.any(pc.match_substring(texts, POINT)).as_py():
        return None
    return pc.replace_substring(texts, decimal, POINT)


def _are_booleans(values: pa.Array) -> bool:
    return matches(values, _BOOLEAN)


def _are_times(values: pa.Array, kind: Kind) -> bool:
    return times_of(values, kind) is not None


def _any_match(values: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def _out_of_range(texts: pa.Array, numbers: pa.Array) -> bool:
    """Returns whether a number became infinite or zero by being read."""
    infinite = texts.filter(pc.is_inf(numbers))
    zero = texts.filter(pc.equal(numbers, _ZERO))
    if len(infinite) and not matches(infinite, _INFINITE):
        return True
    return len(zero) > 0 and _any_match(zero, _NOT_ZERO)


def _cast(texts: pa.Array, to: pa.DataType) -> pa.Array | None:
    try:
        return texts.cast(to)
    except pa.ArrowInvalid:
        return None
