"""Motifs and discords."""

import numpy as np
import pytest

from steps.matrix_profile.compute.findings import (
    Pair,
    find_discords,
    find_motifs,
)
from steps.matrix_profile.compute.profile import MatrixProfile, matrix_profile

WINDOW = 50


@pytest.fixture(scope="module")
def profile() -> MatrixProfile:
    random = np.random.default_rng(8)
    values = random.normal(size=2_000)
    shape = 5 * np.sin(np.arange(WINDOW) / 4)
    for start in (200, 900):
        values[start : start + WINDOW] = shape + 0.01 * values[:WINDOW]
    values[1_500 : 1_500 + WINDOW] = np.linspace(0, 9, WINDOW) ** 2
    return matrix_profile(values, WINDOW)


def windows_of(pairs: list[Pair]) -> list[int]:
    return sorted(
        start for pair in pairs for start in (pair.start, pair.neighbour)
    )


def test_planted_motif_is_the_first(profile: MatrixProfile) -> None:
    motif = find_motifs(profile)[0]
    assert abs(motif.start - 200) < WINDOW
    assert motif.neighbour - motif.start == 700


def test_motifs_do_not_overlap(profile: MatrixProfile) -> None:
    assert np.diff(windows_of(find_motifs(profile))).min() >= WINDOW


def test_motifs_are_in_order_of_distance(profile: MatrixProfile) -> None:
    distances = [motif.distance for motif in find_motifs(profile)]
    assert distances == sorted(distances)


def test_discords_do_not_overlap(profile: MatrixProfile) -> None:
    starts = sorted(discord.start for discord in find_discords(profile))
    assert np.diff(starts).min() >= WINDOW


def test_first_discord_is_the_largest_distance(
    profile: MatrixProfile,
) -> None:
    assert find_discords(profile)[0].distance == profile.distances.max()


def test_three_of_each_are_found(profile: MatrixProfile) -> None:
    assert len(find_motifs(profile)) == len(find_discords(profile)) == 3


def test_constant_windows_are_no_motifs() -> None:
    values = np.random.default_rng(9).normal(size=600)
    values[100:200] = values[300:400] = 1.0
    found = matrix_profile(values, 20)
    assert not found.constant[windows_of(find_motifs(found))].any()


def test_series_without_distances_has_no_findings() -> None:
    found = matrix_profile(np.full(200, np.nan), 20)
    assert find_motifs(found) == find_discords(found) == []
