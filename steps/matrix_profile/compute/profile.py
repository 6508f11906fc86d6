"""The matrix profile of a series: SCAMP's speed, STUMPY's definitions.

SCAMP (https://github.com/zpzim/SCAMP) compares all pairs of windows. Its
result is brought to the definitions that the field's reference, STUMPY, uses:

- A trivial match is at most ``ceil(m / 4)`` samples away. SCAMP allows a
  match at exactly that distance: such windows are searched again.
- A constant window is at distance 0 from another constant one, and at
  ``sqrt(m)`` from any other. SCAMP leaves constant windows out.
- SCAMP keeps correlations as 32-bit floats, which near 1 blurs distances by
  up to ``sqrt(m) * 5e-4``. Every distance is computed again from its pair of
  windows, in 64 bit; where the blur may have hidden a nearer neighbour, or
  where the two results disagree, the window is searched again.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyscamp

from steps.matrix_profile.compute.cores import usable_cores
from steps.matrix_profile.compute.exact import nearest_neighbours
from steps.matrix_profile.compute.windows import (
    Booleans,
    Floats,
    Integers,
    Windows,
)

LARGEST_VALUE = 1e4
FLOAT32_STEP = 2.0**-24
TOLERANCE = 5e-5
DISAGREEMENT = 1e-6
ERROR_OF_OTHERS = 8
SEARCH_BUDGET = 2e12
PADDING_MULTIPLE = 512
NO_NEIGHBOUR = -1


@dataclass(frozen=True, eq=False)
class MatrixProfile:
    """The distance of every window to its nearest neighbour.

    Attributes:
        window: Samples in a window.
        distances: z-normalised Euclidean distances; infinite where a window
            holds a missing value or has no possible neighbour.
        neighbours: Starts of the nearest windows; -1 where there is none.
        constant: Which windows hold one value only.
        unchecked: How many windows would have been searched again, but for
            the time that takes; their distances may be a little too long.
    """

    window: int
    distances: Floats
    neighbours: Integers
    constant: Booleans
    unchecked: int = 0


class _Neighbours(NamedTuple):
    distances: Floats
    starts: Integers


def matrix_profile(values: Floats, window: int) -> MatrixProfile:
    """Computes a matrix profile.

    Time grows with the square of the series' length, memory linearly.

    Args:
        values: The series; NaN where a value is missing.
        window: Samples in a window, at least 3 and at most half the series.

    Returns:
        The matrix profile, one entry for each window.
    """
    windows = Windows(_scaled(values), window)
    claimed = _all_pairs(windows)
    found = _measured(windows, claimed.starts)
    suspects = _suspects(windows, claimed, found)
    affordable = int(SEARCH_BUDGET / (windows.count * window))
    again = suspects[:affordable]
    found = _searched_again(windows, found, again)
    distances, neighbours = _with_constant_windows(windows, found)
    return MatrixProfile(
        window=window,
        distances=distances,
        neighbours=neighbours,
        constant=windows.constant,
        unchecked=suspects.size - again.size,
    )


def _scaled(values: Floats) -> Floats:
    """Centres a series and stretches it, so that SCAMP sees small changes.

    SCAMP takes a window for constant when its sum of squares is below 1e-13.
    """
    if np.isnan(values).all():
        return values
    centred = values - np.nanmedian(values)
    largest = np.nanmax(np.abs(centred))
    return centred * (LARGEST_VALUE / largest) if largest else centred


def _all_pairs(windows: Windows) -> _Neighbours:
    """Runs SCAMP, on a series padded as its "ultra" precision needs it.

    That precision reads two values past the end of the series.
    """
    padding = -windows.values.size % PADDING_MULTIPLE
    correlations, starts = pyscamp.selfjoin(
        np.pad(windows.values, (0, padding), constant_values=np.nan),
        windows.length,
        precision="ultra",
        pearson=True,
        threads=usable_cores(),
        gpus=[],
    )
    correlations = correlations[: windows.count].astype(np.float64)
    known = np.isfinite(correlations) & windows.ordinary
    squares = 2 * windows.length * (1 - np.where(known, correlations, 0))
    return _Neighbours(
        np.where(known, np.sqrt(np.maximum(squares, 0)), np.inf),
        np.where(known, starts[: windows.count], NO_NEIGHBOUR),
    )


def _measured(windows: Windows, starts: Integers) -> _Neighbours:
    """Computes the distances to those neighbours that are possible ones."""
    usable = (starts != NO_NEIGHBOUR) & windows.ordinary[starts]
    known = np.flatnonzero(usable)
    distances = np.full(windows.count, np.inf)
    distances[known] = windows.distances(known, starts[known])
    return _Neighbours(distances, np.where(usable, starts, NO_NEIGHBOUR))


def _suspects(
    windows: Windows, claimed: _Neighbours, found: _Neighbours
) -> Integers:
    """Lists the windows whose nearest neighbour SCAMP may have missed.

    Those that it got wrong come first, those that it may have blurred last.
    """
    known = found.starts != NO_NEIGHBOUR
    apart = np.abs(found.starts - np.arange(windows.count))
    wrong = windows.ordinary & ~known
    wrong |= known & (apart <= windows.exclusion)
    exact = np.where(known, found.distances, 0)
    told = np.where(known, claimed.distances, 0)
    correlations_apart = np.abs(exact**2 - told**2) / (2 * windows.length)
    wrong |= correlations_apart > DISAGREEMENT
    beyond_rounding = np.maximum(correlations_apart - FLOAT32_STEP, 0)
    doubt = FLOAT32_STEP + ERROR_OF_OTHERS * beyond_rounding
    blur = windows.length * doubt / np.maximum(exact, TOLERANCE)
    blurred = (exact > TOLERANCE) & (blur > TOLERANCE) & ~wrong
    return np.concatenate([np.flatnonzero(wrong), np.flatnonzero(blurred)])


def _searched_again(
    windows: Windows, found: _Neighbours, again: Integers
) -> _Neighbours:
    distances, starts = found.distances.copy(), found.starts.copy()
    nearest = nearest_neighbours(windows, again)
    starts[again] = nearest
    distances[again] = np.inf
    possible = nearest != NO_NEIGHBOUR
    distances[again[possible]] = windows.distances(
        again[possible], nearest[possible]
    )
    return _Neighbours(distances, starts)


def _with_constant_windows(
    windows: Windows, found: _Neighbours
) -> _Neighbours:
    """Adds what holds for constant windows by definition."""
    distances, starts = found.distances.copy(), found.starts.copy()
    to_constant = _farthest(windows.constant, windows)
    to_ordinary = _farthest(windows.ordinary, windows)
    unlike = np.sqrt(windows.length)
    for which, others, distance in (
        (windows.constant, to_ordinary, unlike),
        (windows.constant, to_constant, 0.0),
        (windows.ordinary, to_constant, unlike),
    ):
        nearer = which & (others != NO_NEIGHBOUR) & (distances > distance)
        distances[nearer] = distance
        starts[nearer] = others[nearer]
    return _Neighbours(distances, starts)


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
