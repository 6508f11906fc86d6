"""The matrix profile agrees with STUMPY's."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import stumpy
from numpy.typing import NDArray

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.analysis import prepare
from steps.matrix_profile.compute.exact import highest_correlations
from steps.matrix_profile.compute.profile import matrix_profile
from steps.matrix_profile.compute.windows import Windows
from tests.matrix_profile.compute.files import (
    METADATA,
    PHOTOVOLTAICS,
    WEATHER,
)

AGREEMENT = 1e-4
SIZE = 2_500
SEEDS = (1, 2, 3)
WINDOWS = (4, 5, 24, 97)

Values = NDArray[np.float64]
Maker = Callable[[np.random.Generator], Values]


def reference(values: Values, window: int) -> Values:
    centred = values - np.nanmedian(values)
    distances: Values = stumpy.stump(centred, window)[:, 0].astype(float)
    return distances


def walk(random: np.random.Generator) -> Values:
    return np.cumsum(random.normal(size=SIZE))


def noise(random: np.random.Generator) -> Values:
    return random.normal(size=SIZE)


def smooth(random: np.random.Generator) -> Values:
    return np.sin(np.arange(SIZE) / 30 + random.uniform())


def with_gaps(random: np.random.Generator) -> Values:
    values = walk(random)
    values[random.integers(0, SIZE, 5)] = np.nan
    values[400:600] = np.nan
    return values


def with_constant_stretches(random: np.random.Generator) -> Values:
    values = noise(random)
    values[300:500] = 3.3
    values[1000:1090] = -0.1
    values[2000:2200] = 3.3
    return values


def with_one_constant_stretch(random: np.random.Generator) -> Values:
    values = walk(random)
    values[700:810] = values[700]
    return values


def with_gaps_and_constant_stretches(random: np.random.Generator) -> Values:
    values = with_constant_stretches(random)
    values[450:460] = np.nan
    values[1500:1700] = np.nan
    return values


def in_steps(random: np.random.Generator) -> Values:
    return np.round(3 * smooth(random))


def repeated(random: np.random.Generator) -> Values:
    return np.tile(random.normal(size=125), SIZE // 125)


def small_and_far_from_zero(random: np.random.Generator) -> Values:
    return 1e6 + 1e-3 * random.normal(size=SIZE)


def billions(random: np.random.Generator) -> Values:
    return 1e9 * (1 + 0.1 * random.normal(size=SIZE))


def minute_in_size(random: np.random.Generator) -> Values:
    return 1e-5 * random.normal(size=SIZE)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "make",
    [
        walk,
        noise,
        smooth,
        with_gaps,
        with_constant_stretches,
        with_one_constant_stretch,
        with_gaps_and_constant_stretches,
        in_steps,
        repeated,
        small_and_far_from_zero,
        billions,
        minute_in_size,
    ],
)
def test_distances_agree(make: Maker, seed: int, window: int) -> None:
    values = make(np.random.default_rng(seed))
    found = matrix_profile(values, window).distances
    np.testing.assert_allclose(
        found, reference(values, window), rtol=0, atol=AGREEMENT
    )


@pytest.mark.parametrize(
    ("file", "variable"),
    [
        (WEATHER, "TemperatureC"),
        (WEATHER, "Wind SpeedKm/h"),
        (WEATHER, "Gust SpeedKm/h"),
        (WEATHER.with_name("weather1.csv"), "Dew PointC"),
        (METADATA, "sqm"),
        (PHOTOVOLTAICS, "h"),
    ],
)
def test_distances_of_real_files_agree(file: Path, variable: str) -> None:
    prepared = prepare(file, variable, None)
    values, window = prepared.series.values, prepared.window.length
    found = matrix_profile(values, window).distances
    np.testing.assert_allclose(
        found, reference(values, window), rtol=0, atol=AGREEMENT
    )


def test_areas_from_square_millimetres_to_hectares_are_exact() -> None:
    prepared = prepare(PHOTOVOLTAICS, "roof_area", None)
    values, length = prepared.series.values, prepared.window.length
    windows = Windows(values, length)
    starts = np.flatnonzero(windows.ordinary)
    nearest = highest_correlations(windows, starts).queries
    found = matrix_profile(values, length).distances
    np.testing.assert_allclose(
        found, windows.distance_of(nearest), rtol=0, atol=AGREEMENT
    )


NEIGHBOURS_OF = range(0, 2_400, 48)


@pytest.mark.parametrize(
    "make", [walk, smooth, with_gaps, with_constant_stretches, repeated]
)
def test_neighbours_are_at_the_distances_of_the_profile(make: Maker) -> None:
    values = make(np.random.default_rng(4))
    profile = matrix_profile(values, 50)
    for start in NEIGHBOURS_OF:
        neighbour = profile.neighbour(start)
        if np.isinf(profile.distances[start]):
            assert neighbour == -1
            continue
        pair = np.stack([values[one : one + 50] for one in (start, neighbour)])
        centred = pair - pair.mean(axis=1, keepdims=True)
        deviations = centred.std(axis=1, keepdims=True)
        shapes = centred / np.where(deviations > 1e-9, deviations, np.inf)
        apart = np.linalg.norm(shapes[0] - shapes[1])
        assert apart == pytest.approx(profile.distances[start], abs=AGREEMENT)


def test_no_neighbour_is_a_trivial_match() -> None:
    profile = matrix_profile(smooth(np.random.default_rng(5)), 50)
    apart = [abs(profile.neighbour(start) - start) for start in NEIGHBOURS_OF]
    assert min(apart) > 13


def test_series_of_one_value_is_all_alike() -> None:
    profile = matrix_profile(np.full(200, 0.1), 20)
    assert set(profile.distances) == {0.0}


def test_series_of_gaps_has_no_distances() -> None:
    values = np.full(200, np.nan)
    values[50:60] = 1.0
    assert np.isinf(matrix_profile(values, 20).distances).all()


def test_searches_beyond_the_budget_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "steps.matrix_profile.compute.profile.SEARCH_BUDGET", 0
    )
    profile = matrix_profile(smooth(np.random.default_rng(6)), 10)
    assert profile.unchecked > 0


def test_length_that_fills_memory_pages_is_computed() -> None:
    values = noise(np.random.default_rng(7))
    for size in range(2046, 2051):
        assert matrix_profile(values[:size], 24).distances.size == size - 23


def test_windows_that_cannot_be_compared_exactly_in_time_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "steps.matrix_profile.compute.profile.SEARCH_BUDGET", 0
    )
    values = noise(np.random.default_rng(8))
    values[1_000] = 1e9
    with pytest.raises(BadDataError, match="10 of 2,491 windows"):
        matrix_profile(values, 10)


def test_extreme_values_spoil_no_distance_of_other_windows() -> None:
    values = noise(np.random.default_rng(9))
    values[[500, 1_700]] = 1e9, -1e12
    windows = Windows(values - np.median(values), 24)
    starts = np.flatnonzero(windows.ordinary)
    nearest = highest_correlations(windows, starts).queries
    found = matrix_profile(values, 24).distances
    np.testing.assert_allclose(
        found, windows.distance_of(nearest), rtol=0, atol=AGREEMENT
    )
