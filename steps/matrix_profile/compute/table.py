"""Reading the column to analyse, and the times that go with it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.layout import Layout, Row
from steps.matrix_profile.compute.numbers import NumberColumn, read_numbers
from steps.matrix_profile.compute.times import read_times
from steps.matrix_profile.compute.windows import Floats

MOST_ROWS = 2_000_000
TIME_CANDIDATES = 3
DISTINCT_ENOUGH = 0.5
FIRST_LINE = 1


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
    candidates = _time_candidates(layout)
    columns = [layout.column, *candidates]
    cells: list[list[str]] = [[] for _ in columns]
    for row in _rows(file, layout):
        for index, kept in zip(columns, cells, strict=True):
            kept.append(row[index].strip() if index < len(row) else "")
    name = layout.columns[layout.column]
    numbers = read_numbers(_checked(cells[0]), layout.separator)
    if not np.isfinite(numbers.values).any():
        raise _without_numbers(name, numbers)
    times, time_column, remarks = _row_times(layout, candidates, cells[1:])
    if layout.columns.count(name) > 1:
        remarks.append(
            f"The column “{name}” occurs more than once: the first is used."
        )
    return Table(len(cells[0]), numbers, times, time_column, tuple(remarks))


def _rows(file: Path, layout: Layout) -> Iterator[Row]:
    with file.open(encoding=layout.encoding, errors="replace") as text:
        reader = csv.reader(text, delimiter=layout.separator)
        filled = (row for row in reader if any(map(str.strip, row)))
        try:
            for index, row in enumerate(filled):
                if index > layout.header:
                    yield row
        except csv.Error as error:
            raise BadDataError(
                f"The file is not a CSV file: line {reader.line_num} "
                f"cannot be read ({error}). Is a quote left open?"
            ) from error


def _checked(cells: list[str]) -> list[str]:
    if not cells:
        raise BadDataError("The file is empty: it has a header but no rows.")
    if len(cells) > MOST_ROWS:
        raise BadDataError(
            f"The file has {len(cells):,} rows; at most {MOST_ROWS:,} can be "
            "analysed in an hour. Upload a part of it, or a coarser series."
        )
    return cells


def _without_numbers(name: str, numbers: NumberColumn) -> BadDataError:
    if not numbers.text:
        return BadDataError(f"The column {name!r} is empty.")
    examples = ", ".join(map(repr, numbers.examples))
    return BadDataError(
        f"The column {name!r} holds no numbers, but text such as {examples}. "
        "Choose a column of numbers."
    )


def _time_candidates(layout: Layout) -> list[int]:
    found: list[int] = []
    for column in range(len(layout.columns)):
        cells = [
            row[column].strip() for row in layout.sample if column < len(row)
        ]
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
