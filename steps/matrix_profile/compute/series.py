"""From readings at any times to an evenly sampled series."""

from dataclasses import dataclass

import numpy as np

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.readings import Readings
from steps.matrix_profile.compute.windows import Booleans, Floats, Integers
from steps.tabular.missing import Code

MOST_SAMPLES = 2_000_000
LONGEST_FILLED_GAP = 3
ON_GRID = 0.01
NEAR_GRID = 0.25
NEAR_ENOUGH = 0.95
SHORTEST_SERIES = 16
MINUTE = 60
HOUR = 3_600
DAY = 86_400
MONTH = 30.436875 * DAY
SHORTEST_MONTH = 27.9 * DAY
LONGEST_YEAR = 366.1 * DAY
LATE_EVENING = 20 * HOUR
ROUND_ENOUGH = 0.05


@dataclass(frozen=True, eq=False)
class Series:
    """An evenly sampled series.

    Attributes:
        values: Its samples; NaN where a value is missing.
        start: When it starts: seconds since 1970, or a row number.
        period: Time from one sample to the next: seconds, or rows; on
            average where samples are calendar months apart.
        timed: Whether times are seconds; else they are row numbers.
        months: Calendar months from one sample to the next; 0 where the
            period is fixed.
    """

    values: Floats
    start: float
    period: float
    timed: bool
    months: int = 0

    def time(self, sample: int) -> float:
        """Returns when a sample was taken, in the units of ``start``."""
        if not self.months:
            return self.start + self.period * sample
        first = int(_month_numbers(np.array([self.start]))[0])
        return float(
            _month_starts(np.array([first + self.months * sample]))[0]
        )


@dataclass(frozen=True)
class Cleaning:
    """How many values each rule of the cleaning touched.

    Attributes:
        missing: Cells that are empty or marked as missing.
        text: Cells with something that is no number.
        examples: Some of the text in those cells.
        codes: Numbers that were taken as codes for "missing".
        untimed: Rows dropped for lack of a time.
        untimed_example: One of the cells that hold no time.
        unordered: Rows that came before an earlier time, and were sorted in.
        repeated: Rows dropped because their time had occurred before.
        moved: Readings a little off the even grid, taken as they are.
        off_grid: Readings between the samples, used only to interpolate.
        filled: Samples interpolated in gaps of at most three.
        left_missing: Samples in longer gaps, left missing.
    """

    missing: int = 0
    text: int = 0
    examples: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    untimed: int = 0
    untimed_example: str = ""
    unordered: int = 0
    repeated: int = 0
    moved: int = 0
    off_grid: int = 0
    filled: int = 0
    left_missing: int = 0


@dataclass(frozen=True, eq=False)
class _Ordered:
    times: Floats
    values: Floats
    untimed: int
    unordered: int
    repeated: int


@dataclass(frozen=True, eq=False)
class _Sampling:
    """An even grid: of seconds, or of calendar months."""

    start: float
    period: float
    months: int = 0


@dataclass(frozen=True, eq=False)
class _Grid:
    values: Floats
    start: float
    moved: int
    off_grid: int
    filled: int


def clean(readings: Readings) -> tuple[Series, Cleaning]:
    """Sorts readings and puts them on an even grid.

    The grid's step is the usual time between readings; from about a month
    on, whole calendar months. A sample takes the reading at its time; where
    there is none, it is interpolated linearly if at most three samples in a
    row lack one, and left missing otherwise.

    Args:
        readings: The readings.

    Returns:
        The series, and what was done to get it.

    Raises:
        BadDataError: There are too few readings, or their times are too far
            apart for their number.
    """
    ordered = _in_order(readings)
    known = np.isfinite(ordered.values)
    if known.sum() < SHORTEST_SERIES:
        raise BadDataError(
            f"The column has {known.sum()} usable numbers; a matrix profile "
            f"needs at least {SHORTEST_SERIES}."
        )
    timed = readings.times is not None
    sampling = (
        _sampling(ordered.times)
        if timed
        else _Sampling(float(ordered.times[0]), 1.0)
    )
    grid = _on_grid(ordered.times[known], ordered.values[known], sampling)
    series = Series(
        grid.values, grid.start, sampling.period, timed, sampling.months
    )
    return series, Cleaning(
        missing=readings.numbers.missing,
        text=readings.numbers.text,
        examples=readings.numbers.examples,
        codes=tuple(code for code in readings.codes if code.taken),
        untimed=ordered.untimed,
        untimed_example=readings.untimed_example,
        unordered=ordered.unordered,
        repeated=ordered.repeated,
        moved=grid.moved,
        off_grid=grid.off_grid,
        filled=grid.filled,
        left_missing=int(np.isnan(grid.values).sum()),
    )


def _in_order(readings: Readings) -> _Ordered:
    """Sorts rows by time; of rows at one time, the first number stays."""
    values = readings.numbers.values
    if readings.times is None:
        rows = np.arange(1, values.size + 1, dtype=float)
        return _Ordered(rows, values, 0, 0, 0)
    timed = np.isfinite(readings.times)
    times, values = readings.times[timed], values[timed]
    steps = np.diff(times)
    newest_first = (steps < 0).sum() > (steps > 0).sum()
    if newest_first:
        times, values = times[::-1], values[::-1]
    unordered = int((times < np.maximum.accumulate(times)).sum())
    if newest_first:
        unordered = times.size
        times, values = times[::-1], values[::-1]
    order = np.lexsort((np.isnan(values), times))
    times, values = times[order], values[order]
    first = np.concatenate(([True], np.diff(times) > 0))
    return _Ordered(
        times=times[first],
        values=values[first],
        untimed=int((~timed).sum()),
        unordered=unordered,
        repeated=int((~first).sum()),
    )


def _sampling(times: Floats) -> _Sampling:
    """Finds the even grid that readings stand on."""
    steps = np.diff(times)
    usual = float(np.median(steps))
    if SHORTEST_MONTH <= usual <= LONGEST_YEAR:
        months = np.diff(_month_numbers(times))
        apart = int(np.median(months))
        fixed = (np.abs(steps - usual) < HOUR).mean()
        if apart and (months == apart).mean() > fixed:
            return _Sampling(float(times[0]), apart * MONTH, apart)
    count = np.round(steps / usual).sum()
    mean = float(times[-1] - times[0]) / max(1.0, float(count))
    candidates = [usual, *(_rounded(usual)), mean]
    phased = [_in_phase(times, period) for period in candidates]
    return max(phased, key=lambda each: _share_on(times, each))


def _rounded(period: float) -> list[float]:
    """Returns round periods that are close to one."""
    units = [unit for unit in (1, MINUTE, HOUR, DAY) if unit <= period]
    found = [round(period / unit) * float(unit) for unit in units]
    return [
        each for each in found if abs(each - period) <= ROUND_ENOUGH * period
    ]


def _in_phase(times: Floats, period: float) -> _Sampling:
    """Starts a grid where most readings are, close to the first one."""
    start = float(times[0])
    off = (times - start) / period
    usual = float(np.median((off - np.round(off)) * period))
    return _Sampling(
        start + usual if abs(usual) > ON_GRID * period else start, period
    )


def _share_on(times: Floats, sampling: _Sampling) -> tuple[float, float]:
    off = (times - sampling.start) / sampling.period
    distance = np.abs(off - np.round(off))
    return (
        float((distance <= ON_GRID).mean().round(3)),
        float((distance <= NEAR_GRID).mean().round(3)),
    )


def _on_grid(times: Floats, values: Floats, sampling: _Sampling) -> _Grid:
    """Gives each sample its reading, or fills a short gap."""
    places = _places(times, sampling)
    first = int(np.round(places[0]))
    slots = np.round(places).astype(np.int64) - first
    count = int(slots[-1]) + 1
    if count >= MOST_SAMPLES:
        raise BadDataError(
            f"The times span {count:,} sampling periods of "
            f"{sampling.period:g} s, for {times.size:,} readings; at most "
            f"{MOST_SAMPLES:,} can be analysed. Is one of the times wrong?"
        )
    distance = np.abs(places - first - slots)
    near = distance <= NEAR_GRID
    if near.mean() < NEAR_ENOUGH:
        near = distance <= ON_GRID
    samples = np.full(count, np.nan)
    closest = np.flatnonzero(near)
    if not near.all() or (np.diff(slots) == 0).any():
        closest = closest[np.lexsort((-distance[near], slots[near]))]
    samples[slots[closest]] = values[closest]
    lacking = np.flatnonzero(np.isnan(samples))
    samples[lacking] = _interpolated(lacking, places - first, values)
    return _Grid(
        values=samples,
        start=_time_of(first, sampling),
        moved=int((near & (distance > ON_GRID)).sum()),
        off_grid=times.size - (count - lacking.size),
        filled=int(np.isfinite(samples[lacking]).sum()),
    )


def _places(times: Floats, sampling: _Sampling) -> Floats:
    """Returns where readings are on the grid, in samples."""
    if not sampling.months:
        return (times - sampling.start) / sampling.period
    months = _month_numbers(times)
    start = _month_numbers(np.array([sampling.start]))
    places: Floats = (months - start) / float(sampling.months)
    return places


def _time_of(sample: int, sampling: _Sampling) -> float:
    if not sampling.months:
        return sampling.start + sampling.period * sample
    start = _month_numbers(np.array([sampling.start]))
    return float(_month_starts(start + sampling.months * sample)[0])


def _interpolated(wanted: Integers, places: Floats, values: Floats) -> Floats:
    """Interpolates samples in short gaps; those in long ones are NaN."""
    after = np.searchsorted(places, wanted).clip(1, places.size - 1)
    gaps = places[after] - places[after - 1]
    short: Booleans = gaps <= LONGEST_FILLED_GAP + 1 + ON_GRID
    between = np.interp(wanted, places, values)
    found: Floats = np.where(short, between, np.nan)
    return found


def _month_numbers(times: Floats) -> Integers:
    """Returns the months since 1970.

    A full hour late in the evening counts as the next day: it is a local
    midnight, written in UTC.
    """
    within = times % DAY
    late = (within >= LATE_EVENING) & (within % HOUR == 0)
    days = np.floor(times / DAY).astype(np.int64) + late
    months: Integers = (
        days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    )
    return months


def _month_starts(months: Integers) -> Floats:
    starts: Floats = (
        months.astype("datetime64[M]")
        .astype("datetime64[s]")
        .astype(np.int64)
        .astype(float)
    )
    return starts
