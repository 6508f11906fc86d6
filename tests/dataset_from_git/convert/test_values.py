"""What cells become: each value as it is written, or text."""

import math
from pathlib import Path

import pytest

from steps.dataset_from_git.convert.kinds import MISSING
from steps.dataset_from_git.convert.reading_rules import ReadingRules
from tests.dataset_from_git.convert.converting import Converted, converted

MANY = 17_544
NOT_SAMPLED_AS_A_WHOLE = 900_000
BETWEEN_SAMPLES = 45_000
COMMA_RULES = ReadingRules(separator=";", decimal=",")


def column(cells: list[str], folder: Path) -> Converted:
    """Converts a table whose second column has these cells."""
    rows = "".join(f"{place},{cell}\n" for place, cell in enumerate(cells))
    return converted(f"row,x\n{rows}".encode(), folder)


@pytest.mark.parametrize(
    ("cells", "type_name", "values"),
    [
        (["1", "-2", "0"], "int64", [1, -2, 0]),
        (["9223372036854775807"], "int64", [2**63 - 1]),
        (["-9223372036854775808"], "int64", [-(2**63)]),
        ([" 5", "6 "], "int64", [5, 6]),
        (["1", "2.5"], "double", [1.0, 2.5]),
        (["1e5", "-.5", "2."], "double", [1e5, -0.5, 2.0]),
        (["0.1", "0.30000000000000004"], "double", [0.1, 0.1 + 0.2]),
        (
            ["5e-324", "1.7976931348623157e308"],
            "double",
            [5e-324, 1.7976931348623157e308],
        ),
        (["inf", "-Infinity", "1.5"], "double", [math.inf, -math.inf, 1.5]),
        (["0e999"], "double", [0.0]),
        (["true", "False", "TRUE"], "bool", [True, False, True]),
        (["", ""], "double", [None, None]),
        (["a", ""], "string", ["a", None]),
    ],
)
def test_a_column_gets_the_narrowest_type_that_keeps_all_values(
    cells: list[str], type_name: str, values: list[object], tmp_path: Path
) -> None:
    made = column(cells, tmp_path)
    assert made.type_names[1] == type_name
    assert made.columns["x"] == values


@pytest.mark.parametrize(
    "cells",
    [
        ["007", "8"],
        ["00", "1"],
        ["01.5", "2.5"],
        ["+5", "6"],
        ["+1.5", "2.5"],
        ["0x10", "1"],
        ["1_000", "2"],
        ["9223372036854775808", "1"],
        ["9007199254740993", "0.5"],
        ["0.5", "9007199254740993"],
        ["1e400", "1.5"],
        ["-1e400", "1.5"],
        ["1e-400", "1.5"],
        ["0." + "0" * 400 + "1", "1.5"],
        ["NAN", "1.5"],
        ["nan(1)", "1.5"],
        ["1.5", "1 5"],
        ["1", "true"],
        ["1.5", "x"],
        ["12:30", "13:00"],
    ],
)
def test_what_no_number_keeps_stays_text(
    cells: list[str], tmp_path: Path
) -> None:
    made = column(cells, tmp_path)
    assert made.type_names[1] == "string"
    assert made.columns["x"] == cells


def test_minus_zero_keeps_its_sign(tmp_path: Path) -> None:
    made = column(["-0", "1"], tmp_path)
    (zero, one) = made.columns["x"]
    assert isinstance(zero, float)
    assert math.copysign(1, zero) == -1
    assert one == 1.0


@pytest.mark.parametrize(
    ("cells", "type_name"),
    [
        (["2014-12-01 00:20:00", "2016-02-29 23:59:59"], "timestamp[ms]"),
        (["2014-12-01", "2016-02-29"], "date32[day]"),
        (["2014-12-01 00:20:00", "2014-12-01"], "string"),
        (["2014-12-01T00:20:00"], "string"),
        (["2014-12-01 00:20"], "string"),
        (["2014-12-01 00:20:00Z"], "string"),
        (["2014-12-01 00:20:00.5"], "string"),
        (["2015-02-29"], "string"),
        (["2014-12-01 24:00:00"], "string"),
        (["31/12/12 23:00"], "string"),
    ],
)
def test_dates_are_parsed_only_in_the_form_that_reads_back_the_same(
    cells: list[str], type_name: str, tmp_path: Path
) -> None:
    made = column(cells, tmp_path)
    assert made.type_names[1] == type_name
    assert list(map(str, made.columns["x"])) == cells


@pytest.mark.parametrize("word", MISSING)
@pytest.mark.parametrize("quote", ["", '"'])
def test_the_words_that_pandas_takes_for_missing_are_null(
    word: str, quote: str, tmp_path: Path
) -> None:
    made = column(["1", f"{quote}{word}{quote}"], tmp_path)
    assert made.type_names[1] == "int64"
    assert made.columns["x"] == [1, None]
    assert made.csv_frame["x"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("last", "type_name", "value"),
    [
        ("n/a", "int64", None),
        ("unknown", "string", "unknown"),
        ("0.5", "double", 0.5),
        ("007", "string", "007"),
        ("9007199254740993", "int64", 9007199254740993),
        ("9223372036854775808", "string", "9223372036854775808"),
    ],
)
def test_the_last_of_many_rows_decides_like_the_first(
    last: str, type_name: str, value: object, tmp_path: Path
) -> None:
    made = column([*["7"] * MANY, last], tmp_path)
    assert made.type_names[1] == type_name
    assert made.columns["x"][-1] == value
    assert made.columns["x"][0] == {"string": "7"}.get(type_name, 7)


@pytest.mark.parametrize(
    ("usual", "odd"),
    [
        ("7", "unknown"),
        ("7", "007"),
        ("7", "0x10"),
        ("1.5", "+1"),
        ("1.5", "1e999"),
        ("2014-12-01", "2014-12-01 00:20"),
        ("2014-12-01 00:20:00", "2014-12-01"),
    ],
)
def test_a_sample_that_missed_a_cell_is_no_final_word(
    usual: str, odd: str, tmp_path: Path
) -> None:
    cells = [usual] * NOT_SAMPLED_AS_A_WHOLE
    cells[BETWEEN_SAMPLES] = odd
    made = column(cells, tmp_path)
    assert made.columns["x"] == cells


def test_a_decimal_comma_is_read_and_normalised(tmp_path: Path) -> None:
    text = 'a;b;c\n4,22;"x,y";1\n5;1,5 m;2\n'
    made = converted(text.encode(), tmp_path, COMMA_RULES)
    assert made.columns == {
        "a": [4.22, 5.0],
        "b": ["x,y", "1,5 m"],
        "c": [1, 2],
    }
    assert made.csv.read_text() == 'a,b,c\n4.22,"x,y",1\n5,"1,5 m",2\n'


def test_a_point_is_no_decimal_comma(tmp_path: Path) -> None:
    made = converted(b"a;b\n1.5;2,5\n", tmp_path, COMMA_RULES)
    assert made.columns == {"a": ["1.5"], "b": [2.5]}
