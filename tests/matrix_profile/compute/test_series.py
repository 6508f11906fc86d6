"""The cleaning rules: from readings at any times to an even series."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.columns import Columns
from steps.matrix_profile.compute.layout import detect_layout
from steps.matrix_profile.compute.readings import take_readings
from steps.matrix_profile.compute.series import Cleaning, Series, clean
from tests.matrix_profile.compute.files import (
    START,
    WEATHER,
    stamps,
    waves,
    write_csv,
    write_text,
)

ROWS = 40


def cleaned(file: Path, variable: str = "load") -> tuple[Series, Cleaning]:
    layout = detect_layout(file, variable)
    return clean(take_readings(Columns(file, layout), layout.column))


def test_even_readings_stay_as_they_are(tmp_path: Path) -> None:
    values = waves(ROWS).round(6)
    series, _ = cleaned(write_csv(tmp_path, list(values)))
    assert series.values.tolist() == values.tolist()


def test_even_readings_are_not_touched(tmp_path: Path) -> None:
    _, cleaning = cleaned(write_csv(tmp_path, list(waves(ROWS))))
    assert cleaning == Cleaning()


def test_period_is_the_median_time_between_readings(tmp_path: Path) -> None:
    times = stamps(ROWS)
    del times[5]
    series, _ = cleaned(write_csv(tmp_path, list(waves(ROWS - 1)), times))
    assert series.period == 900


def test_rows_out_of_order_are_sorted(tmp_path: Path) -> None:
    times, values = stamps(ROWS), list(range(ROWS))
    times[3], times[9] = times[9], times[3]
    values[3], values[9] = values[9], values[3]
    series, cleaning = cleaned(write_csv(tmp_path, values, times))
    assert series.values.tolist() == list(range(ROWS))
    assert cleaning.unordered == 6


def test_first_number_at_a_time_stays(tmp_path: Path) -> None:
    times = [*stamps(ROWS), stamps(ROWS)[4], stamps(ROWS)[5]]
    values = [*([""] * 5), *range(5, ROWS), 99, 77]
    series, cleaning = cleaned(write_csv(tmp_path, values, times))
    assert series.values[:2].tolist() == [99, 5]
    assert cleaning.repeated == 2


def test_rows_without_a_time_are_dropped(tmp_path: Path) -> None:
    times = stamps(ROWS)
    times[7] = "soon"
    _, cleaning = cleaned(write_csv(tmp_path, list(waves(ROWS)), times))
    assert cleaning.untimed == 1


def test_gap_of_three_samples_is_interpolated(tmp_path: Path) -> None:
    values: list[object] = list(range(ROWS))
    values[10:13] = ["", "-", "text"]
    series, cleaning = cleaned(write_csv(tmp_path, values))
    assert series.values.tolist() == list(range(ROWS))
    assert cleaning.filled == 3


def test_gap_of_four_samples_stays_missing(tmp_path: Path) -> None:
    values: list[object] = list(range(ROWS))
    values[10:14] = [""] * 4
    series, cleaning = cleaned(write_csv(tmp_path, values))
    assert np.flatnonzero(np.isnan(series.values)).tolist() == [10, 11, 12, 13]
    assert (cleaning.filled, cleaning.left_missing) == (0, 4)


def test_absent_rows_are_a_gap_as_well(tmp_path: Path) -> None:
    times, values = stamps(ROWS), list(range(ROWS))
    del times[10:14], values[10:14]
    _, cleaning = cleaned(write_csv(tmp_path, values, times))
    assert cleaning.left_missing == 4


def test_missing_ends_are_cut_off(tmp_path: Path) -> None:
    values = ["", "", *range(ROWS - 4), "", ""]
    series, _ = cleaned(write_csv(tmp_path, values))
    assert series.values.tolist() == list(range(ROWS - 4))


def test_reading_between_the_samples_is_used_to_interpolate_only(
    tmp_path: Path,
) -> None:
    times, values = stamps(ROWS), list(range(ROWS))
    times.insert(11, "2024-01-01 02:33:00")
    values.insert(11, 500)
    series, cleaning = cleaned(write_csv(tmp_path, values, times))
    assert series.values.tolist() == list(range(ROWS))
    assert cleaning.off_grid == 1


def test_uneven_times_are_interpolated_onto_the_grid(tmp_path: Path) -> None:
    late = START + timedelta(minutes=15 * 20 + 5)
    times, values = stamps(ROWS), [float(each) for each in range(ROWS)]
    times[20], values[20] = late.strftime("%Y-%m-%d %H:%M:%S"), 20 + 1 / 3
    series, _ = cleaned(write_csv(tmp_path, values, times))
    assert series.values[20] == pytest.approx(20)


def test_constant_stretch_stays_constant_across_a_filled_gap(
    tmp_path: Path,
) -> None:
    values: list[object] = [*waves(10), *[0.1] * 20, *waves(10)]
    values[15:17] = ["", ""]
    series, _ = cleaned(write_csv(tmp_path, values))
    assert set(series.values[10:30]) == {0.1}


def test_rows_without_times_are_samples(tmp_path: Path) -> None:
    file = write_text(tmp_path, "load\n" + "1\n2\n" * ROWS)
    series, _ = cleaned(file)
    assert (series.timed, series.start, series.period) == (False, 1, 1)


def test_real_weather_is_put_on_its_grid_of_twenty_minutes() -> None:
    series, cleaning = cleaned(WEATHER, "TemperatureC")
    assert (series.period, series.values.size) == (1200, 26280)
    assert (cleaning.unordered, cleaning.repeated) == (3, 3)


def test_one_row_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(BadDataError, match="1 usable numbers"):
        cleaned(write_csv(tmp_path, [3.5]))


def test_stray_time_that_would_stretch_the_grid_is_refused(
    tmp_path: Path,
) -> None:
    times = ["1900-01-01 00:00:00", *stamps(ROWS)]
    with pytest.raises(BadDataError, match="Is one of the times wrong"):
        cleaned(write_csv(tmp_path, list(waves(ROWS + 1)), times))


def put_on_a_grid(times: list[str], tmp_path: Path) -> Series:
    series, _ = cleaned(write_csv(tmp_path, list(range(len(times))), times))
    return series


@pytest.mark.parametrize(
    ("times", "period"),
    [
        ([f"{2020 + m // 12}-{m % 12 + 1:02}" for m in range(40)], 1),
        ([f"{2020 + m // 12}-{m % 12 + 1:02}-01" for m in range(40)], 1),
        ([f"{2010 + q // 4}-Q{q % 4 + 1}" for q in range(40)], 3),
        ([f"{1980 + y}-01-01" for y in range(40)], 12),
    ],
)
def test_calendar_periods_keep_their_values(
    tmp_path: Path, times: list[str], period: int
) -> None:
    series = put_on_a_grid(times, tmp_path)
    assert (series.values.tolist(), series.months) == (list(range(40)), period)


def test_months_are_dated_by_the_calendar(tmp_path: Path) -> None:
    times = [f"{2020 + m // 12}-{m % 12 + 1:02}-01" for m in range(40)]
    series = put_on_a_grid(times, tmp_path)
    last = datetime.fromtimestamp(series.time(39), UTC)
    assert (last.year, last.month, last.day) == (2023, 4, 1)


def test_absent_month_is_a_gap(tmp_path: Path) -> None:
    times = [f"{2020 + m // 12}-{m % 12 + 1:02}-01" for m in range(40)]
    values = [float(each) for each in range(40)]
    del times[7], values[7]
    series, cleaning = cleaned(write_csv(tmp_path, values, times))
    assert (series.values.size, cleaning.filled) == (40, 1)


def test_local_midnights_in_utc_are_days(tmp_path: Path) -> None:
    first = datetime(2024, 3, 1, tzinfo=UTC)
    hours = [1 if day < 30 else 2 for day in range(60)]
    times = [
        (first + timedelta(days=day, hours=-hours[day])).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
        for day in range(60)
    ]
    assert put_on_a_grid(times, tmp_path).values.tolist() == list(range(60))


def test_readings_a_minute_off_the_grid_are_taken_as_they_are(
    tmp_path: Path,
) -> None:
    random = np.random.default_rng(3)
    times = [
        (START + timedelta(minutes=15 * index + int(off))).strftime(
            "%Y-%m-%d %H:%M"
        )
        for index, off in enumerate(random.integers(0, 2, ROWS))
    ]
    values = list(waves(ROWS).round(3))
    series, cleaning = cleaned(write_csv(tmp_path, values, times))
    assert series.values.tolist() == values
    assert cleaning.moved > 0


@pytest.mark.parametrize("newest_first", [False, True])
def test_doubled_hour_alone_loses_no_row(
    tmp_path: Path, newest_first: bool
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(2024, 10, 20, tzinfo=UTC)
    times = [
        (first + timedelta(hours=hour))
        .astimezone(zone)
        .strftime("%Y-%m-%d %H:%M")
        for hour in range(400)
    ]
    values = list(range(400))
    if newest_first:
        times, values = times[::-1], values[::-1]
    series, _ = cleaned(write_csv(tmp_path, values, times))
    assert series.values.tolist() == list(range(400))


def test_doubled_hour_at_the_end_of_summer_time_is_two_hours(
    tmp_path: Path,
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    first = datetime(2024, 3, 1, tzinfo=UTC)
    times = [
        (first + timedelta(hours=hour))
        .astimezone(zone)
        .strftime("%d.%m.%Y %H:%M")
        for hour in range(24 * 260)
    ]
    series, cleaning = cleaned(
        write_csv(tmp_path, list(range(len(times))), times)
    )
    assert series.values.tolist() == list(range(len(times)))
    assert (cleaning.repeated, cleaning.filled) == (0, 0)
