"""Exact nearest neighbours of chosen windows, by correlation with all."""

import numpy as np

from steps.matrix_profile.compute.windows import Integers, Windows

QUERIES_AT_ONCE = 512
NOT_ALLOWED = -np.inf


def nearest_neighbours(windows: Windows, queries: Integers) -> Integers:
    """Finds the nearest neighbours of windows among the ordinary ones.

    Takes time in proportion to queries x windows x window length.

    Args:
        windows: All windows.
        queries: Starts of the ordinary windows in question.

    Returns:
        Starts of their neighbours outside the exclusion zone; -1 where
        there is none.
    """
    candidates = np.flatnonzero(windows.ordinary)
    parts = [
        _nearest(windows, queries[first : first + QUERIES_AT_ONCE], candidates)
        for first in range(0, queries.size, QUERIES_AT_ONCE)
    ]
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _nearest(
    windows: Windows, queries: Integers, candidates: Integers
) -> Integers:
    shapes = windows.normalised(queries)
    best = np.full(queries.size, NOT_ALLOWED)
    neighbours = np.full(queries.size, -1, dtype=np.int64)
    for starts in windows.blocks(candidates):
        correlations = shapes @ windows.normalised(starts).T
        trivial = (
            np.abs(queries[:, None] - starts[None, :]) <= windows.exclusion
        )
        correlations[trivial] = NOT_ALLOWED
        columns = correlations.argmax(axis=1)
        found = np.take_along_axis(correlations, columns[:, None], 1)[:, 0]
        better = found > best
        best[better] = found[better]
        neighbours[better] = starts[columns[better]]
    return neighbours
