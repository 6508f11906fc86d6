"""The matrix profile of a series: quickmp's speed, STUMPY's definitions.

quickmp (https://pypi.org/project/quickmp) compares all pairs of windows in
64 bit, but takes neither missing values nor constant windows, and its
rounding errors grow with the ratio of the largest value to the smallest
spread of a window. So the series is cut:

- Runs of windows that are complete, not constant and well conditioned are
  joined with themselves and with each other.
- The other ordinary windows, those of short runs, and those so close to
  another run that they have trivial matches in it, are correlated exactly
  with all windows.
- Windows whose distance the rounding may have spoiled are searched again.
- A constant window is at distance 0 from another constant one, and at
  ``sqrt(m)`` from any other.

A trivial match is at most ``ceil(m / 4)`` samples away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import quickmp

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.exact import highest_correlations
from steps.matrix_profile.compute.windows import (
    Booleans,
    Floats,
    Integers,
    Windows,
)

LARGEST_VALUE = 1e4
TOLERANCE = 5e-5
# Measured: the error of a squared distance over the squared ratio of the
# largest value to the smallest spread.
ROUNDING = 2.5e-12
LARGEST_RATIO = 2_000.0
RATIO_STEPS = 64
# A join of two runs costs as much as this many multiplications.
JOIN_COST = 1.5e6
SEARCH_BUDGET = 2e12
NO_NEIGHBOUR = -1
NEAR_BEST = 1e-6

quickmp.initialize()


@dataclass(frozen=True, eq=False)
class MatrixProfile:
    """The distance of every window to its nearest neighbour.

    Attributes:
        windows: The windows of the series.
        distances: z-normalised Euclidean distances; infinite where a window
            holds a missing value or has no possible neighbour.
        unchecked: How many distances the rounding may have spoiled, and
            were not searched again, for the time that it takes.
    """

    windows: Windows
    distances: Floats
    unchecked: int = 0

    @property
    def window(self) -> int:
        """Samples in a window."""
        return self.windows.length

    @property
    def constant(self) -> Booleans:
        """Which windows hold one value only."""
        return self.windows.constant

    @cached_property
    def _filled(self) -> Floats:
        return np.nan_to_num(self.windows.values)

    def neighbour(self, start: int) -> int:
        """Finds the nearest neighbour of a window.

        Args:
            start: Where the window starts.

        Returns:
            Where its nearest neighbour starts; -1 where there is none.
        """
        windows = self.windows
        alike = NO_NEIGHBOUR
        if windows.ordinary[start]:
            alike = self._most_alike(start)
        constants = _farthest(windows.constant, windows)[start]
        if windows.constant[start]:
            ordinary = _farthest(windows.ordinary, windows)[start]
            return int(ordinary if constants == NO_NEIGHBOUR else constants)
        if not windows.ordinary[start] or constants == NO_NEIGHBOUR:
            return alike
        far = self.distances[start] >= np.sqrt(windows.length)
        return int(constants) if far else alike

    def _most_alike(self, start: int) -> int:
        windows = self.windows
        query = windows.normalised(np.array([start]))[0]
        products = quickmp.sliding_dot_product(self._filled, query)
        apart = np.abs(np.arange(windows.count) - start)
        possible = windows.ordinary & (apart > windows.exclusion)
        if not possible.any():
            return NO_NEIGHBOUR
        correlations = np.full(windows.count, -np.inf)
        correlations[possible] = products[possible] / windows.spread[possible]
        near = np.flatnonzero(correlations >= correlations.max() - NEAR_BEST)
        distances = windows.distances(np.full(near.size, start), near)
        return int(near[distances.argmin()])


def matrix_profile(values: Floats, window: int) -> MatrixProfile:
    """Computes a matrix profile.

    Time grows with the square of the series' length, memory linearly.

    Args:
        values: The series; NaN where a value is missing.
        window: Samples in a window, at least 3 and at most half the series.

    Returns:
        The matrix profile, one entry for each window.

    Raises:
        BadDataError: Too many windows are too unlike in size to be compared
            exactly in bounded time.
    """
    windows = Windows(_scaled(values), window)
    joined, ratio = _well_conditioned(windows)
    runs = list(_long_runs(windows, joined))
    joined = _inside(runs, windows)
    distances = _join(windows, runs)
    _search(windows, distances, np.flatnonzero(windows.ordinary & ~joined))
    unchecked = _check(windows, distances, joined, ratio)
    _add_constant_windows(windows, distances)
    return MatrixProfile(windows, distances, unchecked)


def _scaled(values: Floats) -> Floats:
    """Centres a series and brings its largest value to a fixed size."""
    if np.isnan(values).all():
        return values
    centred = values - np.nanmedian(values)
    largest = np.nanmax(np.abs(centred))
    return centred * (LARGEST_VALUE / largest) if largest else centred


def _well_conditioned(windows: Windows) -> tuple[Booleans, float]:
    """Chooses the windows that can be joined without rounding errors.

    They are those whose values and spreads lie within a bounded ratio: of
    all such bands the one with the most windows.

    Returns:
        Which windows, and the ratio of their largest value to their
        smallest spread.
    """
    ordinary = windows.ordinary
    if not ordinary.any():
        return ordinary, 1.0
    spreads = windows.spread / np.sqrt(windows.length)
    largest = windows.largest
    lowest, highest = (
        spreads[ordinary].min(),
        spreads[ordinary].max(),
    )
    best, ratio = ordinary, largest[ordinary].max() / lowest
    if ratio > LARGEST_RATIO:
        bands = [
            ordinary
            & (spreads >= bottom)
            & (largest <= bottom * LARGEST_RATIO)
            for bottom in np.geomspace(lowest, highest, RATIO_STEPS)
        ]
        best = max(bands, key=np.count_nonzero)
        ratio = LARGEST_RATIO
    return best, float(ratio)


def _long_runs(
    windows: Windows, chosen: Booleans
) -> Iterator[tuple[int, int]]:
    """Yields runs of windows, first and behind the last, that are joined.

    Between two runs lies more than the exclusion zone, so that no window
    has a trivial match in another run.
    """
    edges = np.flatnonzero(np.diff(np.pad(chosen.astype(np.int8), 1)))
    shortest = max(
        np.sqrt(JOIN_COST / windows.length), 2 * windows.exclusion + 2
    )
    behind = -windows.exclusion
    for first, last in edges.reshape(-1, 2):
        start = max(first, behind + windows.exclusion)
        if last - start >= shortest:
            behind = last
            yield int(start), int(last)


def _inside(runs: list[tuple[int, int]], windows: Windows) -> Booleans:
    inside = np.zeros(windows.count, dtype=np.bool_)
    for first, last in runs:
        inside[first:last] = True
    return inside


def _join(windows: Windows, runs: list[tuple[int, int]]) -> Floats:
    """Joins all runs; the square root of a rounding error below 0 is NaN."""
    distances = np.full(windows.count, np.inf)
    series = [
        windows.values[first : last + windows.length - 1]
        for first, last in runs
    ]
    for mine, (first, last) in zip(series, runs, strict=True):
        found = distances[first:last]
        for other in series:
            joined = (
                quickmp.selfjoin(mine, windows.length)
                if other is mine
                else quickmp.abjoin(mine, other, windows.length)
            )
            np.minimum(found, np.nan_to_num(joined), out=found)
    return distances


def _search(windows: Windows, distances: Floats, queries: Integers) -> None:
    """Shortens distances to what an exact search of some windows finds."""
    if queries.size > _affordable(windows):
        raise BadDataError(
            f"{queries.size:,} of {windows.count:,} windows of "
            f"{windows.length:,} samples cannot be compared exactly in the "
            "time of a job: they vary too little beside the largest values. "
            "Remove extreme values from the column, choose a longer window, "
            "or analyse a shorter part of the series."
        )
    found = highest_correlations(windows, queries)
    of_queries = windows.distance_of(found.queries)
    distances[queries] = np.minimum(distances[queries], of_queries)
    np.minimum(distances, windows.distance_of(found.windows), out=distances)


def _check(
    windows: Windows, distances: Floats, joined: Booleans, ratio: float
) -> int:
    """Searches again where rounding may have spoiled a distance.

    Returns:
        How many windows that leaves out, for the time that it takes.
    """
    error = ROUNDING * ratio**2
    doubt = error / np.maximum(distances, np.sqrt(error))
    suspects = np.flatnonzero(joined & (doubt > TOLERANCE))
    again = suspects[: _affordable(windows)]
    distances[again] = windows.distance_of(
        highest_correlations(windows, again).queries
    )
    return suspects.size - again.size


def _affordable(windows: Windows) -> int:
    return int(SEARCH_BUDGET / (windows.count * windows.length))


def _add_constant_windows(windows: Windows, distances: Floats) -> None:
    """Adds what holds for constant windows by definition."""
    to_constant = _farthest(windows.constant, windows) != NO_NEIGHBOUR
    to_ordinary = _farthest(windows.ordinary, windows) != NO_NEIGHBOUR
    unlike = np.sqrt(windows.length)
    for which, distance in (
        (windows.constant & to_ordinary, unlike),
        (windows.constant & to_constant, 0.0),
        (windows.ordinary & to_constant, unlike),
    ):
        distances[which] = np.minimum(distances[which], distance)


def _farthest(which: Booleans, windows: Windows) -> Integers:
    """Finds, for each window, the farthest one of a kind that is allowed."""
    starts = np.arange(windows.count)
    of_kind = np.flatnonzero(which)
    if of_kind.size == 0:
        return np.full(windows.count, NO_NEIGHBOUR)
    first, last = of_kind[0], of_kind[-1]
    farthest = np.where(starts - first > last - starts, first, last)
    trivial = np.abs(farthest - starts) <= windows.exclusion
    return np.where(trivial, NO_NEIGHBOUR, farthest)
