"""From readings at any times to an evenly sampled series."""

from dataclasses import dataclass

import numpy as np

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.table import MOST_ROWS, Table
from steps.matrix_profile.compute.windows import Booleans, Floats

LONGEST_FILLED_GAP = 3
ON_GRID = 0.01
SHORTEST_SERIES = 16


@dataclass(frozen=True, eq=False)
class Series:
    """An evenly sampled series.

    Attributes:
        values: Its samples; NaN where a value is missing.
        start: When it starts: seconds since 1970, or a row number.
        period: Time from one sample to the next: seconds, or rows.
        timed: Whether times are seconds; else they are row numbers.
    """

    values: Floats
    start: float
    period: float
    timed: bool

    def time(self, sample: int) -> float:
        """Returns when a sample was taken, in the units of ``start``."""
        return self.start + self.period * sample


@dataclass(frozen=True)
class Cleaning:
    """How many values each rule of the cleaning touched.

    Attributes:
        missing: Cells that are empty or marked as missing.
        text: Cells with something that is no number.
        examples: Some of the text in those cells.
        coded: Cells with a number that stands for "missing", such as -9999.
        untimed: Rows dropped for lack of a time.
        unordered: Rows that came before an earlier time, and were sorted in.
        repeated: Rows dropped because their time had occurred before.
        off_grid: Readings between the samples, used only to interpolate.
        filled: Samples interpolated in gaps of at most three.
        left_missing: Samples in longer gaps, left missing.
    """

    missing: int
    text: int
    examples: tuple[str, ...]
    coded: int
    untimed: int
    unordered: int
    repeated: int
    off_grid: int
    filled: int
    left_missing: int


@dataclass(frozen=True, eq=False)
class _Readings:
    times: Floats
    values: Floats
    untimed: int
    unordered: int
    repeated: int


@dataclass(frozen=True, eq=False)
class _Grid:
    values: Floats
    start: float
    off_grid: int
    filled: int


def clean(table: Table) -> tuple[Series, Cleaning]:
    """Sorts readings and puts them on an even grid.

    The grid's step is the median time between readings. A sample takes the
    reading at its time; where there is none, it is interpolated linearly if
    at most three samples in a row lack one, and left missing otherwise.

    Args:
        table: The readings.

    Returns:
        The series, and what was done to get it.

    Raises:
        BadDataError: There are too few readings, or their times are too far
            apart for their number.
    """
    readings = _in_order(table)
    known = np.isfinite(readings.values)
    if known.sum() < SHORTEST_SERIES:
        raise BadDataError(
            f"The column has {known.sum()} usable numbers; a matrix profile "
            f"needs at least {SHORTEST_SERIES}."
        )
    period = float(np.median(np.diff(readings.times)))
    grid = _on_grid(readings.times[known], readings.values[known], period)
    series = Series(
        grid.values, grid.start, period, timed=table.times is not None
    )
    return series, Cleaning(
        missing=table.numbers.missing,
        text=table.numbers.text,
        examples=table.numbers.examples,
        coded=table.numbers.coded,
        untimed=readings.untimed,
        unordered=readings.unordered,
        repeated=readings.repeated,
        off_grid=grid.off_grid,
        filled=grid.filled,
        left_missing=int(np.isnan(grid.values).sum()),
    )


def _in_order(table: Table) -> _Readings:
    """Sorts rows by time; of rows at one time, the first number stays."""
    values = table.numbers.values
    if table.times is None:
        rows = np.arange(1, values.size + 1, dtype=float)
        return _Readings(rows, values, 0, 0, 0)
    timed = np.isfinite(table.times)
    times, values = table.times[timed], values[timed]
    unordered = int((times < np.maximum.accumulate(times)).sum())
    order = np.lexsort((np.isnan(values), times))
    times, values = times[order], values[order]
    first = np.concatenate(([True], np.diff(times) > 0))
    return _Readings(
        times=times[first],
        values=values[first],
        untimed=int((~timed).sum()),
        unordered=unordered,
        repeated=int((~first).sum()),
    )


def _on_grid(times: Floats, values: Floats, period: float) -> _Grid:
    start = float(times[0])
    steps = (times[-1] - start) / period
    if steps >= MOST_ROWS:
        raise BadDataError(
            f"The times span {steps:,.0f} sampling periods of {period:g} s, "
            f"for {times.size:,} readings; at most {MOST_ROWS:,} can be "
            "analysed. Is one of the times wrong?"
        )
    grid = start + period * np.arange(int(steps + 0.5) + 1)
    after = np.searchsorted(times, grid).clip(1, times.size - 1)
    nearest = np.where(
        grid - times[after - 1] <= times[after] - grid, after - 1, after
    )
    exact = np.abs(times[nearest] - grid) <= ON_GRID * period
    bridged = _bridged(times, after, period) & ~exact
    samples = np.where(bridged, np.interp(grid, times, values), np.nan)
    samples[exact] = values[nearest[exact]]
    return _Grid(
        values=samples,
        start=start,
        off_grid=times.size - np.unique(nearest[exact]).size,
        filled=int(bridged.sum()),
    )


def _bridged(times: Floats, after: np.ndarray, period: float) -> Booleans:
    """Tells which samples lie in a gap that is short enough to fill."""
    gaps = times[after] - times[after - 1]
    short: Booleans = gaps <= (LONGEST_FILLED_GAP + 1 + ON_GRID) * period
    return short
