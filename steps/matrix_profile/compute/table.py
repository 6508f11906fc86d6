"""Reading the column to analyse, and the times that go with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.layout import Layout
from steps.matrix_profile.compute.numbers import NumberColumn, read_numbers
from steps.matrix_profile.compute.times import read_times
from steps.matrix_profile.compute.windows import Floats
from steps.tabular.dialect import Alterations, same_name
from steps.tabular.reader import LEAVE_OUT, read_rows

MOST_ROWS = 2_000_000
TIME_CANDIDATES = 3
DISTINCT_ENOUGH = 0.5
SAMPLE_ROWS = 200

Row = list[str]


@dataclass(frozen=True, eq=False)
class Table:
    """What the analysis needs of a file.

    Attributes:
        rows: How many rows of data the file has.
        numbers: The column to analyse.
        times: Seconds since 1970 of each row, NaN where a row has none;
            None when no column tells the rows' times.
        time_column: Name of the column of times.
        remarks: What a reader should know about the choice of columns.
    """

    rows: int
    numbers: NumberColumn
    times: Floats | None
    time_column: str | None
    remarks: tuple[str, ...]


def read_table(file: Path, layout: Layout) -> Table:
    """Reads a CSV file, keeping only the columns that are needed.

    Args:
        file: The file.
        layout: How it is laid out.

    Returns:
        The column to analyse and the rows' times.

    Raises:
        BadDataError: The file has no rows or too many, is malformed, or its
            column holds no numbers.
    """
    alterations = Alterations()
    rows = _rows(file, layout, alterations)
    sample = list(islice(rows, SAMPLE_ROWS))
    candidates = _time_candidates(layout, sample)
    columns = [layout.column, *candidates]
    cells: list[list[str]] = [[] for _ in columns]
    count = 0
    for row in chain(sample, rows):
        count += 1
        if count > MOST_ROWS:
            continue
        for index, kept in zip(columns, cells, strict=True):
            kept.append(row[index].strip())
    _check(count)
    name = layout.columns[layout.column]
    numbers = read_numbers(cells[0], layout.separator)
    if not np.isfinite(numbers.values).any():
        raise _without_numbers(name, numbers)
    times, time_column, remarks = _row_times(layout, candidates, cells[1:])
    names = [same_name(each) for each in layout.columns]
    if names.count(same_name(name)) > 1:
        remarks.append(
            f"The column “{name}” occurs more than once: the first is used."
        )
    remarks.extend((*layout.dialect.remarks, *alterations.sentences()))
    return Table(count, numbers, times, time_column, tuple(remarks))


def _rows(
    file: Path, layout: Layout, alterations: Alterations
) -> Iterator[Row]:
    for row in read_rows(file, layout.dialect, LEAVE_OUT, alterations):
        if any(map(str.strip, row)):
            yield row


def _check(rows: int) -> None:
    if not rows:
        raise BadDataError("The file is empty: it has a header but no rows.")
    if rows > MOST_ROWS:
        raise BadDataError(
            f"The file has {rows:,} rows; at most {MOST_ROWS:,} can be "
            "analysed in an hour. Upload a part of it, or a coarser series."
        )


def _without_numbers(name: str, numbers: NumberColumn) -> BadDataError:
    if not numbers.text:
        return BadDataError(f"The column {name!r} is empty.")
    examples = ", ".join(map(repr, numbers.examples))
    return BadDataError(
        f"The column {name!r} holds no numbers, but text such as {examples}. "
        "Choose a column of numbers."
    )


def _time_candidates(layout: Layout, sample: Sequence[Row]) -> list[int]:
    found: list[int] = []
    for column in range(len(layout.columns)):
        cells = [row[column].strip() for row in sample]
        if column != layout.column and read_times(cells) is not None:
            found.append(column)
    return found[:TIME_CANDIDATES]


def _row_times(
    layout: Layout, candidates: list[int], cells: list[list[str]]
) -> tuple[Floats | None, str | None, list[str]]:
    """Picks the first column of times that tells the rows apart."""
    remarks: list[str] = []
    for column, texts in zip(candidates, cells, strict=True):
        name = layout.columns[column]
        times = read_times(texts)
        if times is None:
            continue
        distinct = np.unique(times[np.isfinite(times)]).size
        if distinct >= DISTINCT_ENOUGH * len(texts):
            return times, name, remarks
        remarks.append(
            f"The column “{name}” holds times, but only {distinct:,} "
            f"different ones in {len(texts):,} rows: it does not tell when "
            "a row was measured."
        )
    return None, None, remarks
