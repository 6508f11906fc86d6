"""Numbers as people write them."""

import math

import pytest

from steps.matrix_profile.compute.numbers import NumberColumn, read_numbers


def read(*cells: str, separator: str = ",") -> NumberColumn:
    return read_numbers(cells, separator)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("3", 3.0),
        ("-0.5", -0.5),
        ("+.25", 0.25),
        ("1.5e3", 1500.0),
        ("1e-3", 0.001),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567.0),
    ],
)
def test_number_with_a_decimal_point_is_read(cell: str, number: float) -> None:
    assert read(cell).values[0] == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [("183,79875", 183.79875), ("-0,5", -0.5), ("1.234,5", 1234.5)],
)
def test_number_with_a_decimal_comma_is_read(cell: str, number: float) -> None:
    assert read(cell, separator=";").values[0] == number


def test_notation_is_that_of_most_cells() -> None:
    assert read("1,5", "2,5", "3.5").decimal == ","


def test_three_decimals_are_no_thousands() -> None:
    assert read("1.234", "5.678", separator=";").values[0] == 1.234


def test_lone_comma_between_semicolons_is_decimal() -> None:
    assert read("1,234", separator=";").values[0] == 1.234


def test_lone_comma_within_quotes_between_commas_marks_thousands() -> None:
    assert read("1,234").values[0] == 1234.0


@pytest.mark.parametrize(
    "cell", ["Calm", "1_000", "0x10", "inf", "1e999", "٣", "12 kWh", "1..2"]
)
def test_what_is_no_finite_number_counts_as_text(cell: str) -> None:
    column = read("1", cell)
    assert (column.text, column.examples) == (1, (cell,))


@pytest.mark.parametrize("cell", ["", "-", "NA", "nan", "NULL"])
def test_mark_for_missing_is_counted_apart_from_text(cell: str) -> None:
    column = read("1", cell)
    assert (column.missing, column.text) == (1, 0)


def test_missing_number_reads_as_nan() -> None:
    assert math.isnan(read("1", "").values[1])


def test_code_for_missing_far_outside_is_taken_as_missing() -> None:
    column = read("20.5", "21", "-9999", "19")
    assert (column.coded, math.isnan(column.values[2])) == (1, True)


def test_code_for_missing_among_such_numbers_is_a_number() -> None:
    assert read("-9000", "-9999", "-9998").coded == 0


def test_examples_of_text_are_few_and_short() -> None:
    column = read(*[f"{letter * 99}" for letter in "abcdefghij"])
    assert [len(text) for text in column.examples] == [40] * 5
