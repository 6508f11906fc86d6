"""CSV files as people upload them: encoding, separator, header."""

from pathlib import Path

import pytest

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.layout import detect_layout
from tests.matrix_profile.compute.files import (
    METADATA,
    PHOTOVOLTAICS,
    WEATHER,
    write_text,
)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_detected(tmp_path: Path, separator: str) -> None:
    text = "time,load\n1,2\n3,4\n".replace(",", separator)
    layout = detect_layout(write_text(tmp_path, text), "load")
    assert layout.separator == separator


def test_decimal_comma_does_not_pass_for_a_separator(tmp_path: Path) -> None:
    rows = "time;load\n" + "1,5;2,5\n" * 9
    layout = detect_layout(write_text(tmp_path, rows), "load")
    assert layout.separator == ";"


@pytest.mark.parametrize(
    ("encoding", "detected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("latin-1", "cp1252"),
    ],
)
def test_encoding_is_detected(
    tmp_path: Path, encoding: str, detected: str
) -> None:
    file = write_text(tmp_path, "Zeit,Wärme\n1,2\n", encoding)
    layout = detect_layout(file, "Wärme")
    assert (layout.encoding, layout.column) == (detected, 1)


def test_latin_1_after_the_sample_is_detected(tmp_path: Path) -> None:
    text = "time,load\n" + "1,2\n" * 50_000 + "1,Wärme\n"
    layout = detect_layout(write_text(tmp_path, text, "latin-1"), "load")
    assert layout.encoding == "cp1252"


def test_byte_order_mark_is_no_part_of_the_first_column(
    tmp_path: Path,
) -> None:
    file = write_text(tmp_path, "load,time\n1,2\n", "utf-8-sig")
    assert detect_layout(file, "load").columns[0] == "load"


def test_lines_may_end_in_carriage_returns_alone() -> None:
    assert len(detect_layout(METADATA, "sqm").columns) == 19


def test_title_line_before_the_header_is_skipped() -> None:
    assert detect_layout(PHOTOVOLTAICS, "roof_area").dialect.preamble == 1


def test_blanks_around_a_column_name_do_not_matter(tmp_path: Path) -> None:
    file = write_text(tmp_path, "time, load \n1,2\n")
    assert detect_layout(file, "load").column == 1


def test_first_of_two_columns_of_one_name_is_taken() -> None:
    assert detect_layout(WEATHER, "timestamp").column == 0


def test_file_of_one_column_is_read(tmp_path: Path) -> None:
    file = write_text(tmp_path, "load\n1\n2\n")
    assert detect_layout(file, "load").columns == ("load",)


def test_unknown_column_is_answered_with_those_there_are() -> None:
    with pytest.raises(BadDataError, match=r"'Dew PointC'.*'Wind Direction'"):
        detect_layout(WEATHER, "no such column")


def test_unknown_column_of_a_wide_file_lists_the_first(
    tmp_path: Path,
) -> None:
    wide = ",".join(f"meter{index}" for index in range(1500))
    with pytest.raises(BadDataError, match=r"'meter59' and 1440 more\.$"):
        detect_layout(write_text(tmp_path, f"{wide}\n"), "no such column")


@pytest.mark.parametrize("content", ["", "\n\n", "  \r\n"])
def test_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadDataError, match="is empty"):
        detect_layout(write_text(tmp_path, content), "load")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("<!DOCTYPE html><p>Sign in", "HTML"),
        ("<?xml version='1.0'?><Error/>", "XML"),
        ("PK\x03\x04rest", "Excel"),
        ("PAR1rest", "Parquet"),
        ("a\x00b", "binary"),
    ],
)
def test_what_is_no_csv_is_named(
    tmp_path: Path, content: str, what: str
) -> None:
    with pytest.raises(BadDataError, match=what):
        detect_layout(write_text(tmp_path, content), "load")
