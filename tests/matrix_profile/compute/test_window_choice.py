"""Choosing how long a window is."""

import numpy as np
import pytest

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.series import Series
from steps.matrix_profile.compute.window_choice import choose_window

MINUTE, HOUR, DAY = 60, 3600, 86400


def series(size: int, period: float, timed: bool = True) -> Series:
    return Series(np.zeros(size), 0.0, period, timed)


@pytest.mark.parametrize(
    ("period", "length", "cycle"),
    [
        (15 * MINUTE, 96, "day"),
        (HOUR, 24, "day"),
        (MINUTE, 1440, "day"),
        (6 * HOUR, 28, "week"),
        (DAY, 7, "week"),
        (10, 360, "hour"),
        (30 * DAY, 12, "year"),
        (0.5, 120, "minute"),
    ],
)
def test_window_is_the_first_natural_cycle_that_fits(
    period: float, length: int, cycle: str
) -> None:
    choice = choose_window(series(1_000_000, period), None)
    assert choice.length == length
    assert f"One {cycle}" in choice.reason


def test_short_series_gets_a_quarter_of_itself() -> None:
    choice = choose_window(series(100, 15 * MINUTE), None)
    assert choice.length == 25
    assert "A quarter" in choice.reason


@pytest.mark.parametrize(
    ("rows", "length"), [(100, 8), (5_000, 50), (50_000, 100)]
)
def test_series_without_times_gets_a_hundredth_of_itself(
    rows: int, length: int
) -> None:
    assert choose_window(series(rows, 1, timed=False), None).length == length


def test_length_that_was_set_is_kept() -> None:
    choice = choose_window(series(1000, HOUR), 100)
    assert (choice.length, choice.reason) == (
        100,
        "It was set by WINDOW_LENGTH.",
    )


def test_length_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadDataError, match="at most 500"):
        choose_window(series(1000, HOUR), 501)
