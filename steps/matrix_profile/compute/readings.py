"""The numbers of one column, and the times that go with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.row_filter import RowFilter, series_columns
from steps.matrix_profile.compute.windows import Floats
from steps.tabular.dialect import same_name
from steps.tabular.missing import Code, find_codes
from steps.tabular.numbers import NumberColumn, decimal_sign, read_numbers
from steps.tabular.time_columns import (
    TimeChoice,
    not_understood,
    time_choices,
)
from steps.tabular.times import TimeColumn

FEW_REPEATED = 0.02
ALWAYS_FEW = 5
LONG_PERIOD_SECONDS = 23 * 3_600
Cells = Mapping[int, Sequence[str]]


class Source(Protocol):
    """A table that readings are taken from."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""

    @property
    def separator(self) -> str:
        """What stands between fields."""

    def sample(self) -> list[list[str]]:
        """Returns cells of each column, from the first rows."""

    def read(self, wanted: Sequence[int]) -> Sequence[Sequence[str]]:
        """Reads whole columns."""


@dataclass(frozen=True, eq=False)
class Readings:
    """What the analysis needs of a file.

    Attributes:
        rows: How many rows were read.
        numbers: The column to analyse, codes for "missing" left out.
        codes: Numbers that may stand for "missing".
        times: Seconds since 1970 of each row, NaN where a row has none;
            None when no column holds the rows' times.
        time_names: Names of the columns of times.
        untimed_example: A cell that holds no time.
        offsets: Whether the times name their offset from UTC.
        remarks: Remarks about the choice of columns.
    """

    rows: int
    numbers: NumberColumn
    codes: tuple[Code, ...] = ()
    times: Floats | None = None
    time_names: tuple[str, ...] = ()
    untimed_example: str = ""
    offsets: bool = False
    remarks: tuple[str, ...] = ()


def take_readings(source: Source, column: int, where: str = "") -> Readings:
    """Reads the column to analyse, and finds the rows' times.

    Args:
        source: The table.
        column: Index of the column to analyse.
        where: Which rows to use, such as ``meter=A``; all where empty.

    Returns:
        Numbers and times.

    Raises:
        BadDataError: The column holds no numbers, several rows of one time
            belong to different series, or no row fits ``where``.
    """
    names, sample = source.names, source.sample()
    conditions = RowFilter.parse(where, names)
    choices = time_choices(names, sample, but=column)
    wanted = {column, *conditions.columns}
    wanted.update(*(choice.columns.values() for choice in choices))
    order = sorted(wanted)
    cells: Cells = dict(zip(order, source.read(order), strict=True))
    rows = conditions.rows(cells)
    if rows is not None:
        cells = {index: _picked(cells[index], rows) for index in order}
    timed = {index for each in choices for index in each.columns.values()}
    numbers = _numbers(source, cells[column], sorted({*timed, column}))
    if not np.isfinite(numbers.values).any():
        raise _without_numbers(names[column], numbers)
    codes = find_codes(numbers.values)
    taken = [code.value for code in codes if code.taken]
    values = numbers.values
    if taken:
        values = np.where(np.isin(values, taken), np.nan, values)
    found = Readings(
        rows=len(cells[column]),
        numbers=replace(numbers, values=values),
        codes=codes,
        remarks=tuple(_value_remarks(names, column, numbers, codes)),
    )
    table = _Rows(source, column, rows, cells)
    return _with_times(found, table, choices)


def _numbers(
    source: Source, cells: Sequence[str], used: Sequence[int]
) -> NumberColumn:
    """Reads numbers with the file's decimal sign, by all rows if needed."""
    separator, sample = source.separator, source.sample()
    others = [index for index in range(len(sample)) if index not in used]
    sign = decimal_sign(sample[index] for index in others)
    found = read_numbers(cells, sign, separator)
    if sign is not None or not found.undecided or not others:
        return found
    whole = source.read(others[: RowFilter.MOST_COLUMNS])
    return read_numbers(cells, decimal_sign(whole), separator)


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows that are used, and the columns that have been read."""

    source: Source
    column: int
    rows: NDArray[np.int64] | None
    cells: Cells


def _with_times(
    found: Readings, table: _Rows, choices: list[TimeChoice]
) -> Readings:
    """Adds the times of the first choice that distinguishes the rows."""
    source, column, cells = table.source, table.column, table.cells
    names, remarks = source.names, list(found.remarks)
    for choice in choices:
        times = choice.read(cells, names)
        if times is None:
            continue
        shown = tuple(
            column_name(names, index) for index in choice.columns.values()
        )
        repeated = _repeated(times.seconds, found.numbers.values)
        if repeated <= max(ALWAYS_FEW, FEW_REPEATED * found.rows):
            return replace(
                found,
                times=_fitting(times),
                time_names=shown,
                untimed_example=times.example,
                offsets=times.offsets,
                remarks=(*remarks, *times.notes),
            )
        used = {column, *choice.columns.values()}
        _refuse_several_series(table, times, used)
        distinct = np.unique(times.seconds[np.isfinite(times.seconds)]).size
        remarks.append(
            f"The column {' and '.join(shown)} holds times, but only "
            f"{distinct:,} different ones in {found.rows:,} rows: it does "
            "not show when a row was measured."
        )
    if len(remarks) == len(found.remarks):
        seen = not_understood(names, source.sample(), column)
        if seen is not None:
            remarks.append(
                f"The column {column_name(names, seen[0])} looks like times, "
                f"but cells such as “{seen[1]}” are not understood."
            )
    return replace(found, remarks=tuple(remarks))


def _fitting(times: TimeColumn) -> Floats:
    """Returns times by the clock where they are whole days or longer."""
    known = np.unique(times.clock[np.isfinite(times.clock)])
    usual = np.median(np.diff(known)) if known.size > 1 else 0
    by_clock = times.offsets and usual >= LONG_PERIOD_SECONDS
    return times.clock if by_clock else times.seconds


def _repeated(times: Floats, values: Floats) -> int:
    """Counts rows at a time that had occurred, with another number."""
    known = np.isfinite(times) & np.isfinite(values)
    pairs = np.unique(np.column_stack((times[known], values[known])), axis=0)
    return int(pairs.shape[0] - np.unique(pairs[:, 0]).size)


def _refuse_several_series(
    table: _Rows, times: TimeColumn, used: set[int]
) -> None:
    """Names the columns that distinguish the rows of one time."""
    source, rows = table.source, table.rows
    sample = source.sample()
    others = [
        index
        for index in range(len(source.names))
        if index not in used and RowFilter.may_distinguish(sample[index])
    ][: RowFilter.MOST_COLUMNS]
    if not others:
        return
    read = source.read(others)
    if rows is not None:
        read = [_picked(cells, rows) for cells in read]
    apart = series_columns(times.seconds, read)
    if not apart:
        return
    names = [source.names[others[each]] for each in apart]
    values = [list(dict.fromkeys(read[each])) for each in apart]
    example = ";".join(
        f"{name}={value[0]}" for name, value in zip(names, values, strict=True)
    )
    shown = " and ".join(
        f"{name!r} ({', '.join(value[: RowFilter.VALUES_SHOWN])}"
        f"{', …' * (len(value) > RowFilter.VALUES_SHOWN)})"
        for name, value in zip(names, values, strict=True)
    )
    raise BadDataError(
        f"The file has several rows for one time. The column {shown} "
        f"distinguishes them. Choose one series with where={example}, "
        "or upload a file that has only one."
    )


def _picked(cells: Sequence[str], rows: NDArray[np.int64]) -> Sequence[str]:
    return [cells[row] for row in rows.tolist()]


def column_name(names: Sequence[str], index: int) -> str:
    """Returns a column's name in quotation marks, or its number.

    Args:
        names: The names of all columns.
        index: The column's index.

    Returns:
        For example ``“time”`` or ``number 1, which has no name``.
    """
    name = names[index].strip()
    return f"“{name}”" if name else f"number {index + 1}, which has no name,"


def _value_remarks(
    names: Sequence[str],
    column: int,
    numbers: NumberColumn,
    codes: tuple[Code, ...],
) -> list[str]:
    remarks = []
    if list(map(same_name, names)).count(same_name(names[column])) > 1:
        remarks.append(
            f"The column “{names[column]}” occurs more than once: the first "
            "is used."
        )
    if numbers.undecided:
        row = numbers.undecided
        value = read_numbers([row], numbers.decimal or _other(row)).values[0]
        remarks.append(
            f"Nothing in the file shows whether “{row}” has decimals or "
            f"thousands: it was read as {value:,.15g}."
        )
    if numbers.grouped:
        remarks.append(
            f"{numbers.grouped:,} cells have their thousands in groups, such "
            f"as “{numbers.grouped_example}”."
        )
    if numbers.unit:
        remarks.append(
            f"{numbers.with_unit:,} cells have the unit “{numbers.unit}”, "
            "which was left out."
        )
    kept = [code for code in codes if not code.taken]
    if kept:
        shown = ", ".join(f"{code.value:g}" for code in kept)
        remarks.append(
            f"The number {shown} may stand for “missing”, but was kept: "
            "other numbers are close to it, or it is too rare to be certain."
        )
    return remarks


def _other(cell: str) -> str:
    return "," if "." in cell else "."


def _without_numbers(name: str, numbers: NumberColumn) -> BadDataError:
    if not numbers.text:
        return BadDataError(f"The column {name!r} is empty.")
    examples = ", ".join(map(repr, numbers.examples))
    return BadDataError(
        f"The column {name!r} holds no numbers, but text such as {examples}. "
        "Choose a column of numbers."
    )
