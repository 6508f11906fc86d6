"""Motifs and discords: what repeats in a series, and what is unlike it."""

from dataclasses import dataclass

import numpy as np

from steps.matrix_profile.compute.profile import MatrixProfile
from steps.matrix_profile.compute.windows import Booleans

FOUND_OF_EACH = 3


@dataclass(frozen=True)
class Pair:
    """A window and the one nearest to it.

    Attributes:
        start: First sample of the window.
        neighbour: First sample of the nearest window.
        distance: z-normalised Euclidean distance between them.
    """

    start: int
    neighbour: int
    distance: float


def find_motifs(
    profile: MatrixProfile, most: int = FOUND_OF_EACH
) -> list[Pair]:
    """Finds the pairs of windows that are most alike.

    No two windows among the motifs overlap. Constant windows are left out:
    all of them are alike.

    Args:
        profile: The matrix profile.
        most: How many to find.

    Returns:
        The motifs, most alike first.
    """
    taken = np.zeros(profile.distances.size, dtype=np.bool_)
    motifs: list[Pair] = []
    for start in np.argsort(profile.distances, kind="stable"):
        if len(motifs) == most or not np.isfinite(profile.distances[start]):
            break
        if taken[start] or profile.constant[start]:
            continue
        pair = _pair(profile, int(start))
        apart = abs(pair.start - pair.neighbour) >= profile.window
        constant = profile.constant[pair.neighbour]
        if apart and not constant and not taken[pair.neighbour]:
            motifs.append(_earlier_first(pair))
            _take(taken, pair.start, profile.window)
            _take(taken, pair.neighbour, profile.window)
    return motifs


def find_discords(
    profile: MatrixProfile, most: int = FOUND_OF_EACH
) -> list[Pair]:
    """Finds the windows that are least like any other.

    No two of them overlap.

    Args:
        profile: The matrix profile.
        most: How many to find.

    Returns:
        The discords, most unlike first.
    """
    ranked = np.where(
        np.isfinite(profile.distances) & ~profile.constant,
        profile.distances,
        -np.inf,
    )
    taken = np.zeros(ranked.size, dtype=np.bool_)
    discords: list[Pair] = []
    for start in np.argsort(-ranked, kind="stable"):
        if len(discords) == most or ranked[start] <= 0:
            break
        if not taken[start]:
            discords.append(_pair(profile, int(start)))
            _take(taken, int(start), profile.window)
    return discords


def _pair(profile: MatrixProfile, start: int) -> Pair:
    return Pair(
        start,
        profile.neighbour(start),
        float(profile.distances[start]),
    )


def _earlier_first(pair: Pair) -> Pair:
    earlier, later = sorted((pair.start, pair.neighbour))
    return Pair(earlier, later, pair.distance)


def _take(taken: Booleans, start: int, window: int) -> None:
    taken[max(0, start - window + 1) : start + window] = True
