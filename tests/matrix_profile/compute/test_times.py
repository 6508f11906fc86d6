"""Times as people write them."""

import math

import numpy as np
import pytest

from steps.matrix_profile.compute.times import read_times

NEW_YEAR_2012 = 1325376000.0
HOUR = 3600.0


@pytest.mark.parametrize(
    "cell",
    [
        "2012-01-01",
        "2012-01-01 00:00:00",
        "2012-01-01T00:00:00Z",
        "2012-01-01T01:00:00+01:00",
        "2012/01/01 00:00",
        "20120101",
        "01/01/12 00:00",
        "01/01/2012 00:00:00",
        "01.01.2012 00:00",
        "01/01/2012 12:00 AM",
        "1325376000",
        "1325376000000",
        "1325376000.0",
    ],
)
def test_notation_of_time_is_read(cell: str) -> None:
    times = read_times([cell])
    assert times is not None
    assert times[0] == NEW_YEAR_2012


def test_day_comes_first_where_both_are_possible() -> None:
    times = read_times(["01/02/12 00:00"])
    assert times is not None
    assert times[0] == NEW_YEAR_2012 + 31 * 24 * HOUR


def test_month_comes_first_where_a_later_cell_says_so() -> None:
    times = read_times(["01/02/2012 00:00", "01/13/2012 00:00"])
    assert times is not None
    assert times[0] == NEW_YEAR_2012 + 24 * HOUR


def test_time_that_cannot_be_read_is_missing() -> None:
    times = read_times(["2012-01-01"] * 20 + ["yesterday"])
    assert times is not None
    assert math.isnan(times[-1])


@pytest.mark.parametrize(
    "cells",
    [
        [],
        ["", ""],
        ["12:10 AM"],
        ["3.5", "4.5"],
        ["17649"],
        ["99999999999999999999"],
        ["2012-13-01"],
        ["2012-01-01", "Clear"],
        ["9" * 5000],
    ],
)
def test_column_of_something_else_is_no_column_of_times(
    cells: list[str],
) -> None:
    assert read_times(cells) is None


def test_empty_cells_do_not_stop_a_column_from_being_one_of_times() -> None:
    times = read_times(["", "2012-01-01", ""])
    assert times is not None
    assert np.isnan(times).tolist() == [True, False, True]
