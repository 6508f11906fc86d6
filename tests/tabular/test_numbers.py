"""Numbers as people write them."""

import random

import numpy as np
import pytest

from steps.tabular.missing import find_codes
from steps.tabular.numbers import NumberColumn, decimal_sign, read_numbers

INDIAN = ["1,36,489", "93,369", "12,34,56,789"]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("3", 3.0),
        ("-0.5", -0.5),
        ("+.25", 0.25),
        ("+3", 3.0),
        ("1.5e3", 1500.0),
        ("1e-3", 0.001),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567.0),
        ("1.234,5", 1234.5),
        ("183,79875", 183.79875),
        ("1 364,9", 1364.9),
        ("1\u00a0364,9", 1364.9),
        ("1\u202f364.9", 1364.9),
        ("1'364.9", 1364.9),
        ("1\u2019364'000,5", 1364000.5),
        ("\u22122.5", -2.5),
        ("\u2212 2,5", -2.5),
        ("12,5-", -12.5),
    ],
)
def test_number_is_read(cell: str, number: float) -> None:
    assert read_numbers([cell]).values[0] == number


@pytest.mark.parametrize(
    ("cells", "numbers", "unit"),
    [
        (["20 kWh", "21.5 kWh"], [20, 21.5], "kWh"),
        (["20%", "3 %"], [20, 3], "%"),
        (["21,5°C", "3°C"], [21.5, 3], "°C"),
        (["€ 5.20", "€ 6"], [5.2, 6], "€"),
        (["300 W/m2", "1,050.5 W/m2"], [300, 1050.5], "W/m2"),
    ],
)
def test_unit_of_the_column_is_left_out(
    cells: list[str], numbers: list[float], unit: str
) -> None:
    column = read_numbers(cells)
    assert (column.values.tolist(), column.unit) == (numbers, unit)
    assert column.with_unit == len(cells)


def test_number_with_another_unit_is_text() -> None:
    column = read_numbers(["12 kW", "13 kW", "1.2 MW"])
    assert (column.text, column.examples) == (1, ("1.2 MW",))


def test_decimal_sign_is_that_of_all_columns() -> None:
    columns = [["15.01.2024 00:00"], ["20,010", "21,702"], ["2,9", "3,1"]]
    assert decimal_sign(columns) == ","


@pytest.mark.parametrize(
    ("cells", "file_decimal", "numbers"),
    [
        (["1.365", "987"], ",", [1365, 987]),
        (["1.365", "0.987"], ",", [1.365, 0.987]),
        (["20,010"], ",", [20.01]),
        (["20,010"], ".", [20010]),
        (["1.365", "987.5"], ",", [1.365, 987.5]),
    ],
)
def test_files_sign_decides_where_the_column_does_not(
    cells: list[str], file_decimal: str, numbers: list[float]
) -> None:
    assert read_numbers(cells, file_decimal).values.tolist() == numbers


def test_whole_numbers_below_a_thousand_beside_groups_show_thousands() -> None:
    cells = ["987", "1.365", "999", "1.001"] * 10
    assert read_numbers(cells, None, ";").values[1] == 1365


def test_number_of_three_decimals_or_thousands_is_reported() -> None:
    column = read_numbers(["1.365", "2.187"], None, ";")
    assert (column.values[0], column.undecided) == (1.365, "1.365")


def test_indian_groups_are_thousands() -> None:
    column = read_numbers(INDIAN)
    assert column.values.tolist() == [136489, 93369, 123456789]
    assert column.decimal is None


def test_decimal_sign_is_reported_only_where_one_was_read() -> None:
    assert read_numbers(["1", "20"], ",").decimal is None


@pytest.mark.parametrize(
    "cell",
    ["Calm", "1_000", "0x10", "inf", "1e999", "٣", "1..2", "--5", "1,2,3"],
)
def test_what_is_no_finite_number_counts_as_text(cell: str) -> None:
    column = read_numbers(["1", "2", cell])
    assert (column.text, column.examples) == (1, (cell,))


@pytest.mark.parametrize("cell", ["", "-", "NA", "nan", "NULL", "#N/A", "--"])
def test_mark_for_missing_is_counted_apart_from_text(cell: str) -> None:
    column = read_numbers(["1", cell])
    assert (column.missing, column.text) == (1, 0)


def test_cells_of_one_sign_among_many_of_the_other_are_text() -> None:
    column = read_numbers(["1,5", "2,5", "3.5"])
    assert (column.decimal, column.text) == (",", 1)


def written(value: float, decimal: str, group: str) -> str:
    text = f"{value:,.2f}".replace(",", "_").replace(".", decimal)
    return text.replace("_", group)


@pytest.mark.parametrize("seed", range(40))
def test_numbers_in_any_notation_are_the_same_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    decimal = chance.choice(".,")
    groups = [each for each in (".", ",", " ", "'", "") if each != decimal]
    group = chance.choice(groups)
    values = [round(chance.uniform(-9e5, 9e5), 2) for _ in range(200)]
    cells = [written(value, decimal, group) for value in values]
    assert read_numbers(cells).values.tolist() == values


def column_with(
    code: float, times: int, low: float, high: float
) -> NumberColumn:
    values = np.linspace(low, high, 300).round(1)
    cells = [f"{each:g}" for each in (*values, *[code] * times)]
    return read_numbers(cells)


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        (-9999, 3000, 7000),
        (-999, 0, 900),
        (-999.9, 0, 900),
        (999, 0, 357),
        (-99.9, -20, 35),
        (99.9, -20, 35),
        (-7999, 0, 5000),
        (9999, 0, 5000),
        (32767, 0, 800),
        (1e30, 0, 800),
        (-99, 0, 30),
    ],
)
def test_repeated_code_apart_from_the_rest_is_missing(
    code: float, low: float, high: float
) -> None:
    found = find_codes(column_with(code, 5, low, high).values)
    assert [(each.value, each.count, each.taken) for each in found] == [
        (code, 5, True)
    ]


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        (350, 0, 345),
        (360, 0, 355),
        (-9.9, -9.5, 20),
        (-9.9, 0, 30),
        (999, 900, 998),
        (99, 0, 98),
        (999.9, 950, 1030),
        (9999, 0, 9800),
    ],
)
def test_true_value_is_kept(value: float, low: float, high: float) -> None:
    found = find_codes(column_with(value, 5, low, high).values)
    assert not [code for code in found if code.taken]


def test_code_that_is_not_certain_is_kept_and_reported() -> None:
    values = np.array([0.0, 100, 400, 999, 999, 999])
    found = find_codes(values)
    assert [(code.value, code.taken) for code in found] == [(999, False)]


def test_single_code_far_out_is_missing() -> None:
    values = np.array([20.5, 21, -9999, 19])
    assert [code.taken for code in find_codes(values)] == [True]


def test_code_among_such_numbers_is_a_number() -> None:
    assert find_codes(np.array([-9000.0, -9999, -9998])) == ()
