"""Reading the column to analyse and the rows' times."""

from dataclasses import replace
from pathlib import Path

import pytest

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.columns import Columns
from steps.matrix_profile.compute.layout import detect_layout
from steps.matrix_profile.compute.readings import Readings, take_readings
from tests.matrix_profile.compute.files import (
    METADATA,
    PHOTOVOLTAICS,
    WEATHER,
    waves,
    write_csv,
    write_text,
)


def read(file: Path, variable: str = "load", where: str = "") -> Readings:
    columns = Columns(file, detect_layout(file, variable))
    found = take_readings(columns, columns.layout.column, where)
    return replace(found, remarks=(*columns.remarks, *found.remarks))


def test_decimal_commas_of_a_real_file_are_read() -> None:
    assert read(PHOTOVOLTAICS, "roof_area").numbers.values[0] == 183.79875


def test_all_rows_of_a_file_with_carriage_returns_are_read() -> None:
    assert read(METADATA, "sqm").rows == 507


def test_first_column_that_holds_times_distinguishes_the_rows() -> None:
    assert read(WEATHER, "TemperatureC").time_names == ("“timestamp”",)


def test_text_among_real_numbers_is_counted() -> None:
    numbers = read(WEATHER, "Wind SpeedKm/h").numbers
    assert (numbers.text, numbers.examples) == (4954, ("Calm",))


def test_codes_for_missing_in_a_real_file_are_found() -> None:
    codes = read(WEATHER, "TemperatureC").codes
    assert [(each.value, each.count) for each in codes] == [(-9999, 192)]


def test_times_that_repeat_do_not_distinguish_the_rows() -> None:
    table = read(METADATA, "sqm")
    assert table.times is None
    assert table.remarks[0].startswith("The column “dataend” holds times")


def test_file_without_times_goes_by_its_rows(tmp_path: Path) -> None:
    file = write_text(tmp_path, "load\n" + "1\n2\n" * 20)
    assert read(file).times is None


def test_column_that_occurs_twice_is_remarked_on(tmp_path: Path) -> None:
    file = write_text(tmp_path, "load,load\n1,2\n")
    assert "more than once" in read(file).remarks[0]


def test_few_rows_of_another_width_are_left_out_and_remarked_on(
    tmp_path: Path,
) -> None:
    rows = "1,2\n" * 150
    file = write_text(tmp_path, f"a,load\n{rows}1\n{rows}1,2,3\n{rows}")
    table = read(file)
    assert table.rows == 450
    assert any(
        "2 rows had more or fewer values" in remark and "line 152" in remark
        for remark in table.remarks
    )


def test_many_rows_of_another_width_are_refused_by_their_line(
    tmp_path: Path,
) -> None:
    file = write_text(tmp_path, "a,load\n1,2\n" + "1,2,5\n3,4\n" * 20)
    with pytest.raises(BadDataError, match=r"20 of 41 rows .* line 3"):
        read(file)


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    file = write_text(tmp_path, "\n\na,load\n\n1,2\n,\n3,4\n")
    assert read(file).rows == 2


def test_text_that_contradicts_its_byte_order_mark_is_refused(
    tmp_path: Path,
) -> None:
    file = tmp_path / "readings.csv"
    file.write_bytes(b"\xef\xbb\xbfa,load\n\xff,2\n")
    with pytest.raises(BadDataError, match="Save it as UTF-8"):
        read(file)


def test_column_of_text_is_refused_with_examples() -> None:
    with pytest.raises(BadDataError, match=r"holds no numbers.*'Overcast'"):
        read(WEATHER, "Conditions")


def test_empty_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDataError, match="'load' is empty"):
        read(write_csv(tmp_path, [""] * 20))


def test_header_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDataError, match="a header but no rows"):
        read(write_text(tmp_path, "time,load\n"))


def test_open_quote_loses_no_row_and_is_remarked_on(tmp_path: Path) -> None:
    rows = "1,2\n" * 50_000
    table = read(write_text(tmp_path, f'a,load\n{rows}"x,2\n{rows}'))
    assert table.rows == 100_001
    assert "unclosed quotation mark" in table.remarks[0]
    assert "line 50,002" in table.remarks[0]


def test_more_rows_than_an_hour_suffices_for_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steps.matrix_profile.compute.columns.MOST_ROWS", 10)
    with pytest.raises(BadDataError, match="The file has 11 rows; at most 10"):
        read(write_csv(tmp_path, list(waves(11))))


TWO_METERS = "time,meter,load\n" + "".join(
    f"2024-01-{day:02},{meter},{day}.{meter == 'B':d}\n"
    for day in range(1, 31)
    for meter in "AB"
)


def test_several_series_in_one_file_are_refused_with_the_choice(
    tmp_path: Path,
) -> None:
    with pytest.raises(BadDataError) as refused:
        read(write_text(tmp_path, TWO_METERS))
    assert "column 'meter' (A, B)" in str(refused.value)
    assert "where=meter=A" in str(refused.value)


def test_one_of_several_series_is_chosen(tmp_path: Path) -> None:
    found = read(write_text(tmp_path, TWO_METERS), where="meter=B")
    assert found.numbers.values.tolist() == [d + 0.1 for d in range(1, 31)]
    assert found.times is not None


def test_two_columns_may_distinguish_series(tmp_path: Path) -> None:
    series = [(meter, tariff) for meter in "AB" for tariff in ("HT", "NT")]
    rows = "".join(
        f"2024-01-{day:02},{meter},{tariff},{day}.{index}\n"
        for day in range(1, 31)
        for index, (meter, tariff) in enumerate(series)
    )
    file = write_text(tmp_path, f"time,meter,tariff,load\n{rows}")
    with pytest.raises(BadDataError, match="where=meter=A;tariff=HT"):
        read(file)
    found = read(file, where="meter=A;tariff=HT")
    assert found.rows == 30


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("meter=C", "Its values are 'A', 'B'"),
        ("device=A", "the columns are 'time', 'meter', 'load'"),
        ("meter", "Write it as column=value"),
    ],
)
def test_choice_that_fits_no_row_is_refused_with_what_there_is(
    tmp_path: Path, where: str, words: str
) -> None:
    with pytest.raises(BadDataError, match=words):
        read(write_text(tmp_path, TWO_METERS), where=where)


def test_time_column_that_is_not_understood_is_named(tmp_path: Path) -> None:
    rows = "".join(f"KW {week} 2024,{week}\n" for week in range(1, 40))
    found = read(write_text(tmp_path, f"Datum,load\n{rows}"))
    assert "“Datum” looks like times" in found.remarks[-1]
    assert "“KW 1 2024”" in found.remarks[-1]


def test_unnamed_time_column_is_used_and_named_by_its_number(
    tmp_path: Path,
) -> None:
    rows = "".join(f"2024-01-{day:02},{day}\n" for day in range(1, 31))
    found = read(write_text(tmp_path, f",load\n{rows}"))
    assert found.time_names == ("number 1, which has no name,",)


def german(zeros: int) -> str:
    rows = [
        f"{day:02}.01.2024;{hour:02}.00;{1000 + day * 24 + hour:,};"
        for day in range(1, 29)
        for hour in range(24)
    ]
    return "Datum;Zeit;load;PV\n" + "".join(
        row.replace(",", ".") + ("0" if index < zeros else "0,5") + "\n"
        for index, row in enumerate(rows)
    )


@pytest.mark.parametrize("zeros", [0, 400])
def test_decimal_sign_of_any_row_and_column_decides(
    tmp_path: Path, zeros: int
) -> None:
    found = read(write_text(tmp_path, german(zeros)))
    assert found.numbers.values[:2].tolist() == [1024, 1025]
    assert found.time_names == ("“Datum”", "“Zeit”")


def test_dotted_times_of_day_show_no_decimal_sign(tmp_path: Path) -> None:
    found = read(write_text(tmp_path, german(672)))
    assert "“1.024” has decimals or thousands" in " ".join(found.remarks)
