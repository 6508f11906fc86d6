"""Exact correlations of chosen windows with all, in blocks of memory."""

from typing import NamedTuple

import numpy as np

from steps.matrix_profile.compute.windows import Floats, Integers, Windows

QUERIES_AT_ONCE = 512
NOT_ALLOWED = -np.inf


class Correlations(NamedTuple):
    """The highest correlations that a search has found.

    Attributes:
        queries: Of each query with any ordinary window, in their order.
        windows: Of each window with any query, by the window's start.
    """

    queries: Floats
    windows: Floats


def highest_correlations(windows: Windows, queries: Integers) -> Correlations:
    """Correlates windows with all ordinary ones, trivial matches left out.

    Takes time in proportion to queries x windows x window length.

    Args:
        windows: All windows.
        queries: Starts of the ordinary windows in question.

    Returns:
        The highest Pearson correlations; -inf where there is none.
    """
    candidates = np.flatnonzero(windows.ordinary)
    of_queries = np.full(queries.size, NOT_ALLOWED)
    of_windows = np.full(windows.count, NOT_ALLOWED)
    for first in range(0, queries.size, QUERIES_AT_ONCE):
        part = slice(first, first + QUERIES_AT_ONCE)
        shapes = windows.normalised(queries[part])
        for starts in windows.blocks(candidates):
            found = shapes @ windows.normalised(starts).T
            trivial = (
                np.abs(queries[part, None] - starts[None, :])
                <= windows.exclusion
            )
            found[trivial] = NOT_ALLOWED
            np.maximum(
                of_queries[part], found.max(axis=1), out=of_queries[part]
            )
            of_windows[starts] = np.maximum(
                of_windows[starts], found.max(axis=0)
            )
    return Correlations(of_queries, of_windows)
