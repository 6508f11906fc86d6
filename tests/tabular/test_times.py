"""Times as people write them."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from steps.tabular.time_columns import not_understood, time_choices
from steps.tabular.times import TimeColumn, looks_like_times, read_times

FIRST = datetime(2024, 1, 15, tzinfo=UTC)
HOURLY = [FIRST + timedelta(hours=hour) for hour in range(60)]
FORMATS = [
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S+01:00",
    "%Y-%m-%d %H:%M:%S.000",
    "%Y-%m-%d %H:%M:%S+0100",
    "%Y-%m-%d %H:%M UTC",
    "%Y-%m-%d %H:%M CET",
    "%Y-%m-%d-%H.%M.%S.000000",
    "%Y/%m/%d %H:%M",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y, %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%y %H:%M",
    "%d.%m.%Y %H:%M Uhr",
    "%Y%m%d%H",
    "%Y%m%d%H%M",
    "%Y%m%d:%H%M",
    "%Y%m%d %H%M",
    "%Y%m%dT%H%M%SZ",
    "%d. %b %Y %H:%M",
    "%d-%b-%Y %H:%M:%S",
    "%b %d, %Y %I:%M %p",
    "%a %b %d %H:%M:%S %Y",
    "%A, %d %B %Y %H:%M",
    "%d.%m.%Y %H:%M - %d.%m.%Y %H:59",
    "%d.%m.%Y %H:%M - %H:59",
    "%Y-%m-%dT%H:%MZ/%Y-%m-%dT%H:%MZ",
]
MONTHS = {
    "de": "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "pl": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "pl, inflected": "stycznia lutego marca kwietnia maja czerwca lipca "
    "sierpnia września października listopada grudnia",
    "cs": "ledna února března dubna května června července srpna září "
    "října listopadu prosince",
    "hr": "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza "
    "rujna listopada studenoga prosinca",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta "
    "kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta "
    "joulukuuta",
    "el": "Ιαν Φεβ Μαρ Απρ Μαΐ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ",  # noqa: RUF001
}


def seconds(times: list[datetime]) -> list[float]:
    return [time.timestamp() for time in times]


def read(cells: list[str], name: str = "") -> TimeColumn:
    found = read_times(cells, name)
    assert found is not None
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_format_of_times_is_read(form: str) -> None:
    found = read([time.strftime(form) for time in HOURLY])
    assert found.clock.tolist() == seconds(HOURLY)


@pytest.mark.parametrize("language", MONTHS)
def test_names_of_months_are_read(language: str) -> None:
    names = MONTHS[language].split()
    days = [
        datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=d)
        for d in range(366)
    ]
    cells = [f"{day.day}. {names[day.month - 1]} {day.year}" for day in days]
    assert read(cells).clock.tolist() == seconds(days)


@pytest.mark.parametrize("form", ["%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"])
@pytest.mark.parametrize("hours", [48, 24 * 12])
def test_even_spacing_decides_whether_the_day_comes_first(
    form: str, hours: int
) -> None:
    first = datetime(2024, 1, 1, tzinfo=UTC)
    times = [first + timedelta(hours=hour) for hour in range(hours)]
    found = read([time.strftime(form) for time in times])
    assert (found.clock.tolist(), found.notes) == (seconds(times), ())


def test_later_row_decides_whether_the_day_comes_first() -> None:
    assert read(["01/02/2012", "01/13/2012"]).clock[0] == 1325462400


def test_order_of_day_and_month_that_nothing_decides_is_reported() -> None:
    first = datetime(2024, 3, 1, tzinfo=UTC)
    days = [first + timedelta(days=day) for day in range(12)]
    found = read([day.strftime("%d/%m/%Y") for day in days])
    assert "“01/03/2024” was read as 1 March 2024" in found.notes[0]


def test_hour_24_is_midnight_of_the_next_day() -> None:
    found = read(["2024-01-15 23:00", "2024-01-15 24:00"])
    assert np.diff(found.clock).tolist() == [3600]


def test_hour_24_with_minutes_is_no_time() -> None:
    found = read(["2024-01-15 23:00", "2024-01-15 24:10"])
    assert (found.unread, found.example) == (1, "2024-01-15 24:10")


def test_offsets_across_summer_time_are_even() -> None:
    found = read(
        [
            "2024-03-31T01:00:00+01:00",
            "2024-03-31T03:00:00+02:00",
            "2024-03-31T04:00:00+02:00",
        ]
    )
    assert np.diff(found.seconds).tolist() == [3600, 3600]


def test_abbreviations_of_summer_time_are_offsets() -> None:
    found = read(["2024-10-27 02:00 CEST", "2024-10-27 02:00 CET"])
    assert np.diff(found.seconds).tolist() == [3600]


def test_time_that_cannot_be_read_is_missing() -> None:
    found = read(["2012-01-01"] * 20 + ["yesterday"])
    assert (np.isnan(found.seconds[-1]), found.example) == (True, "yesterday")


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000])
def test_epoch_is_read_where_name_order_and_steps_agree(unit: int) -> None:
    cells = [f"{int(time.timestamp()) * unit}" for time in HOURLY]
    assert read(cells, "timestamp").seconds.tolist() == seconds(HOURLY)


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ([str(1234567890 + 3600 * i) for i in range(60)], "Zählerstand Wh"),
        ([str(1234567890 + 3600 * i) for i in range(60)], "operating time"),
        ([str(1234567890 + i * i * 77) for i in range(60)], "time"),
        ([str(1700000000 - (-1) ** i * i) for i in range(60)], "timestamp"),
        ([str(2024011500 + i) for i in range(60)], "id"),
        ([str(20240115 + i) for i in range(60)], "meter"),
        (["3.5", "4.5"], "time"),
        (["17649"], "day"),
        (["9" * 300, "1"] * 9, "time"),
        (["", ""], "time"),
        (["12:10 AM"], "time"),
        (["2012-13-01"], "date"),
        (["9" * 5000], "time"),
        (["Clear", "Rain"], "date"),
    ],
)
def test_column_of_something_else_is_no_column_of_times(
    cells: list[str], name: str
) -> None:
    assert read_times(cells, name) is None


@pytest.mark.parametrize(
    ("names", "write"),
    [
        (("Datum", "Uhrzeit"), "%d.%m.%Y|%H:%M"),
        (("Date", "Hour"), "%Y-%m-%d|%H"),
        (("Date", "Time"), "%m/%d/%Y|%I:%M %p"),
        (("date", "hhmm time"), "%Y%m%d|%H%M"),
        (("Year", "Month", "Day", "Hour"), "%Y|%m|%d|%H"),
        (("Jahr", "Monat", "Tag", "Stunde", "Minute"), "%Y|%m|%d|%H|%M"),
        (("ano", "mes", "dia", "hora"), "%Y|%m|%d|%H:%M"),
        (("Year", "DOY", "Hour"), "%Y|%j|%H"),
        (("year", "day of year", "hhmm"), "%Y|%j|%H%M"),
    ],
)
def test_times_in_several_columns_are_put_together(
    names: tuple[str, ...], write: str
) -> None:
    rows = [time.strftime(write).split("|") for time in HOURLY]
    sample = [list(column) for column in zip(*rows, strict=True)]
    choice = time_choices(names, sample, but=-1)[0]
    found = choice.read(dict(enumerate(sample)), names)
    assert found is not None
    assert found.clock.tolist() == seconds(HOURLY)


def test_days_without_a_year_go_on_after_december() -> None:
    first = datetime(2024, 11, 1, tzinfo=UTC)
    days = [first + timedelta(days=day) for day in range(110)]
    sample = [[f"{day.month}" for day in days], [f"{day.day}" for day in days]]
    names = ("Month", "Day")
    found = time_choices(names, sample, but=-1)[0].read(
        dict(enumerate(sample)), names
    )
    assert found is not None
    assert set(np.diff(found.clock)) == {86_400}
    assert "names no year" in found.notes[0]


def test_hours_from_1_to_24_end_at_midnight() -> None:
    sample = [
        ["2024-01-15"] * 24 + ["2024-01-16"] * 24,
        [f"{hour % 24 + 1}" for hour in range(48)],
    ]
    choice = time_choices(("Date", "Hour"), sample, but=-1)[0]
    found = choice.read(dict(enumerate(sample)), ("Date", "Hour"))
    assert found is not None
    assert set(np.diff(found.clock)) == {3600}


def test_column_that_looks_like_times_is_named_with_a_cell() -> None:
    sample = [["1", "2"], ["2024-W63", "2024-W64"]]
    assert not_understood(("load", "week"), sample, but=0) == (1, "2024-W63")


@pytest.mark.parametrize("form", ["%G-W%V", "%GW%V", "%G-W%V-%u"])
def test_weeks_of_iso_begin_on_monday(form: str) -> None:
    first = datetime(2020, 11, 2, tzinfo=UTC)
    mondays = [first + timedelta(weeks=week) for week in range(120)]
    found = read([day.strftime(form) for day in mondays])
    assert found.clock.tolist() == seconds(mondays)


def test_a_week_that_its_year_has_not_is_no_time() -> None:
    found = read(["2020-W53", "2021-W01", "2021-W53"])
    assert np.isnan(found.clock).tolist() == [False, False, True]


def test_excel_days_may_have_a_decimal_comma() -> None:
    days = [f"{45306 + at / 2:g}".replace(".", ",") for at in range(9)]
    found = read(days, "Datum")
    assert found.clock[:2].tolist() == [1705276800, 1705320000]


def composed(names: tuple[str, ...], columns: list[list[str]]) -> TimeColumn:
    """Reads times from a date and a column beside it."""
    sample = [column[:200] for column in columns]
    choice = time_choices(names, sample, but=-1)[0]
    found = choice.read(dict(enumerate(columns)), names)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["Settlement Period", "SP", "Half Hour"])
@pytest.mark.parametrize("change", ["2024-03-31", "2024-10-27"])
def test_half_hours_go_on_where_a_day_has_an_hour_more_or_less(
    name: str, change: str
) -> None:
    first = datetime.fromisoformat(change) - timedelta(days=20)
    dates, periods = [], []
    for day in range(40):
        date = f"{first + timedelta(days=day):%Y-%m-%d}"
        a_day = {"2024-03-31": 46, "2024-10-27": 50}.get(date, 48)
        dates += [date] * a_day
        periods += [f"{at}" for at in range(1, a_day + 1)]
    found = composed(("Date", name), [dates, periods])
    assert set(np.diff(found.clock)) == {1800}
    assert found.clock[0] == first.replace(tzinfo=UTC).timestamp()


def test_hours_up_to_25_go_on_after_the_change() -> None:
    days = {"2024-10-26": 24, "2024-10-27": 25, "2024-10-28": 24}
    dates = [date for date, count in days.items() for _ in range(count)]
    hours = [f"{at}" for count in days.values() for at in range(1, count + 1)]
    found = composed(("Date", "Hour"), [dates, hours])
    assert set(np.diff(found.clock)) == {3600}


def test_numbers_up_to_48_are_no_minutes() -> None:
    columns = [["2024-01-15"] * 30, [f"{at}" for at in range(1, 31)]]
    choices = time_choices(("Date", "Half hour"), columns, but=-1)
    assert all(set(choice.columns) == {"time"} for choice in choices)


@pytest.mark.parametrize(
    "write",
    [
        lambda hour: f"HE {hour + 1:02}",
        lambda hour: f"HE{hour + 1}",
        lambda hour: f"H{hour}",
        lambda hour: f"{hour}-{hour + 1}",
        lambda hour: f"{hour:02}-{hour + 1:02}",
    ],
)
def test_hours_may_be_marked_or_intervals(
    write: Callable[[int], str],
) -> None:
    hours = [write(hour) for _ in range(3) for hour in range(24)]
    dates = [f"2024-01-{15 + at // 24}" for at in range(72)]
    found = composed(("Date", "Hour"), [dates, hours])
    assert set(np.diff(found.clock)) == {3600}


def test_hours_2a_and_2b_are_the_one_that_comes_twice() -> None:
    twice = ["0", "1", "2A", "2B", *map(str, range(3, 24))]
    hours = [*map(str, range(24)), *twice, *map(str, range(24))]
    dates = ["2024-10-26"] * 24 + ["2024-10-27"] * 25 + ["2024-10-28"] * 24
    found = composed(("Date", "Hour"), [dates, hours])
    assert set(np.diff(found.clock)) == {3600}
    assert "one hour occurs twice" in found.notes[0]


def test_an_hour_that_comes_twice_may_be_sorted_by_the_clock() -> None:
    first = datetime(2024, 10, 26, tzinfo=UTC)
    quarters = [first + timedelta(minutes=15 * at) for at in range(288)]
    rows = sorted(
        [*quarters, *(q for q in quarters if (q.day, q.hour) == (27, 2))]
    )
    found = read([f"{row:%Y-%m-%d %H:%M}" for row in rows])
    assert set(np.diff(np.sort(found.clock))) == {900}


def test_column_of_words_does_not_look_like_times() -> None:
    assert looks_like_times(["Calm", "Gusts"], "wind") is None


def random_format(chance: random.Random) -> Callable[[datetime], str]:
    year = chance.choice(["%Y", "%y"])
    mark = chance.choice("-/.")
    date = chance.choice(
        [f"%Y{mark}%m{mark}%d", f"%d{mark}%m{mark}{year}", f"%m/%d/{year}",
         "%d %b %Y", "%Y%m%d"]
    )  # fmt: skip
    between = chance.choice([" ", "T", "  ", "_"])
    clock = chance.choice(["%H:%M", "%H:%M:%S", "%I:%M %p", "%H:%M:%S.000"])
    form = date + between + clock
    return lambda time: time.strftime(form)


@pytest.mark.parametrize("seed", range(120))
def test_times_in_any_format_are_the_same_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    write = random_format(chance)
    first = datetime(
        2024, chance.randint(1, 12), chance.randint(1, 28), tzinfo=UTC
    )
    step = timedelta(minutes=chance.choice([15, 30, 60, 1440]))
    times = [first + step * index for index in range(200)]
    found = read_times([write(time) for time in times])
    assert found is None or found.clock.tolist() == seconds(times)
