"""What is detected in files, and the rows that are read."""

from pathlib import Path

import pytest

from steps.contract.errors import BadDataError
from steps.tabular.detect import detect
from steps.tabular.dialect import Alterations, Dialect
from steps.tabular.reader import FLAT, LEAVE_OUT, STRICT, Policy, read_rows

HOURS = [f"2023-03-05 {hour:02d}:00" for hour in range(24)]


def hourly(*columns: str, separator: str = ",") -> str:
    """Writes a day of rows, each cell a pattern with the hour in it."""
    return "".join(
        separator.join(
            [time, *(each.format(h=hour) for each in columns)],
        )
        + "\n"
        for hour, time in enumerate(HOURS)
    )


def read(
    folder: Path, source: str | bytes, policy: Policy = LEAVE_OUT
) -> tuple[Dialect, list[list[str]], list[str]]:
    """Writes a file and reads it."""
    file = folder / "source.csv"
    data = source if isinstance(source, bytes) else source.encode()
    file.write_bytes(data)
    dialect = detect(file)
    alterations = Alterations()
    rows = list(read_rows(file, dialect, policy, alterations))
    return dialect, rows, list(alterations.sentences())


PLAIN = hourly("1{h}.5", "7{h}")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(separator: str, tmp_path: Path) -> None:
    text = "t,a,b\n" + PLAIN
    found = read(tmp_path, text.replace(",", separator))
    assert found[0].columns == ("t", "a", "b")
    assert found[1][3] == [HOURS[3], "13.5", "73"]


@pytest.mark.parametrize(
    ("before", "lines"),
    [
        ("", 0),
        ("Plant 7, roof\n\n", 2),
        ("Site;A\nUnit;kW\nSerial;1,5\n", 3),
        ("# made by hand\n# twice\n", 2),
        ("Report,,\nFrom,2023-03-05,\n,,\n", 3),
        ("sep=,\n", 1),
        ("note\n" * 120, 120),
        ("name,power\n", 1),
    ],
    ids=["none", "title", "pairs", "comments", "padded", "sep", "long", "two"],
)
def test_a_preamble_is_left_out(
    before: str, lines: int, tmp_path: Path
) -> None:
    dialect, rows, _ = read(tmp_path, f"{before}time,power,level\n{PLAIN}")
    assert dialect.columns == ("time", "power", "level")
    assert dialect.preamble == lines
    assert len(rows) == len(HOURS)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_unicode_encodings_are_found(encoding: str, tmp_path: Path) -> None:
    text = f"Zeit,Außenfühler Süd,Höhe\n{PLAIN}"
    dialect, rows, _ = read(tmp_path, text.encode(encoding))
    assert dialect.columns == ("Zeit", "Außenfühler Süd", "Höhe")
    assert rows[0] == [HOURS[0], "10.5", "70"]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "Außentemperatur Gebäude"),
        ("cp1252", "Año de instalación"),
        ("cp1252", "Température extérieure"),
        ("cp1250", "Obciążenie dużej pompy"),
        ("cp1250", "Łączne zużycie źródeł"),
        ("cp1251", "Температура воздуха"),
        ("cp932", "電力量の合計"),
        ("cp1252", "Mesure de l\u2019énergie"),
        ("cp1250", "Příkon kotle"),
        ("mac_roman", "Température extérieure"),
        ("mac_roman", "Energía máxima"),
        ("mac_roman", "Außentemperatur Gebäude (°C)"),
        ("cp850", "Außentemperatur Gebäude (°C)"),
        ("cp850", "Température (°C)"),
        ("cp850", "Temp (°C)"),
        ("cp850", "Verbrauch kWh/m²"),
    ],
)
def test_other_encodings_are_decided_by_the_text(
    encoding: str, name: str, tmp_path: Path
) -> None:
    text = f"time;{name};x\n" + PLAIN.replace(",", ";")
    dialect, _, _ = read(tmp_path, text.encode(encoding))
    assert dialect.columns == ("time", name, "x")
    assert "not UTF-8" in dialect.remarks[0]


def test_a_word_that_two_encodings_hold_is_shown_in_both(
    tmp_path: Path,
) -> None:
    text = f"time;řada;x\n{PLAIN}".replace(",", ";")
    dialect, _, _ = read(tmp_path, text.encode("cp1250"))
    assert "'øada' (as cp1250, 'řada')" in dialect.remarks[0]


def test_a_file_without_a_header_has_numbered_columns(tmp_path: Path) -> None:
    dialect, rows, _ = read(tmp_path, PLAIN)
    assert dialect.columns == ("1", "2", "3")
    assert len(rows) == len(HOURS)
    assert "no header" in dialect.remarks[0]


def test_a_column_of_decimal_commas_is_one_column(tmp_path: Path) -> None:
    dialect, rows, _ = read(tmp_path, "load\n1,5\n12\n2,25\n")
    assert dialect.columns == ("load",)
    assert rows == [["1,5"], ["12"], ["2,25"]]


def test_blanks_around_numbers_are_no_separators(tmp_path: Path) -> None:
    rows = "".join(f"{at:6.2f} \n" for at in range(60, 140))
    dialect, found, _ = read(tmp_path, f"load\n{rows}")
    assert dialect.columns == ("load",)
    assert len(found) == 80


def test_runs_of_blanks_are_one_separator(tmp_path: Path) -> None:
    rows = "".join(f"{at:6.2f}   {at * 2:7.1f}\n" for at in range(60, 140))
    dialect, found, _ = read(tmp_path, f"load     level\n{rows}")
    assert dialect.columns == ("load", "level")
    assert found[0] == ["60.00", "120.0"]


def test_a_separator_with_a_near_rival_is_named(tmp_path: Path) -> None:
    dialect, _, _ = read(tmp_path, "1,north,K1 a|K2 b|K3 c|K4 d|K5 e\n")
    assert "though ',' stands in 1 of 1 lines" in dialect.remarks[0]


def test_years_as_names_are_a_header(tmp_path: Path) -> None:
    text = "2019,2020,2021\n" + "5.5,6.5,7.25\n" * 9
    assert read(tmp_path, text)[0].columns == ("2019", "2020", "2021")


def test_rows_of_units_belong_to_the_header(tmp_path: Path) -> None:
    text = f"time,power,level\n,kW,m\n,mean,last\n{PLAIN}"
    dialect, rows, _ = read(tmp_path, text)
    assert dialect.header_rows == 3
    assert dialect.columns == ("time", "power", "level")
    assert rows[0][0] == HOURS[0]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("x,1,2,,\n", "1 row had empty cells beyond"),
        (",,,,,\n", "1 row held separators alone"),
        ('x,1,"never closed\n', "unclosed quotation mark; kept as text"),
    ],
)
def test_altered_rows_are_counted_with_their_line(
    row: str, sentence: str, tmp_path: Path
) -> None:
    text = f"t,a,b\n{PLAIN}{row}{PLAIN}"
    _, rows, sentences = read(tmp_path, text)
    assert len(rows) >= 2 * len(HOURS)
    assert sentence in sentences[0]
    assert "line 26" in sentences[0]


def test_one_surplus_value_in_many_rows_is_left_out(tmp_path: Path) -> None:
    text = f"t,a,b\n{PLAIN * 6}x,1,2,3\n{PLAIN * 6}"
    _, rows, sentences = read(tmp_path, text)
    assert len(rows) == 12 * len(HOURS)
    assert "(line 146: 'x,1,2,3')" in sentences[0]


@pytest.mark.parametrize(
    "row", ["x,1\n", "x,1,2,3\n", 'x,1,"open\n', 'x,1,"a"b\n']
)
def test_strict_reading_refuses_altered_values_by_their_line(
    row: str, tmp_path: Path
) -> None:
    with pytest.raises(BadDataError, match="Line 26 has"):
        read(tmp_path, f"t,a,b\n{PLAIN}{row}{PLAIN}", STRICT)


def test_decimal_commas_without_quotes_are_refused(tmp_path: Path) -> None:
    text = "time,load\n" + hourly("2{h},5")
    with pytest.raises(BadDataError, match="line 2"):
        read(tmp_path, text)


def test_a_last_column_of_numbers_without_a_name_is_remarked_on(
    tmp_path: Path,
) -> None:
    dialect, _, _ = read(tmp_path, "time,load,\n" + hourly("2{h},5"))
    assert "Column 3 has no name" in dialect.remarks[0]


def test_row_names_of_r_shift_no_column(tmp_path: Path) -> None:
    rows = "".join(
        f'"{at}","{time}",{at}.5\n' for at, time in enumerate(HOURS, 1)
    )
    dialect, found, _ = read(tmp_path, f'"time","load"\n{rows}')
    assert dialect.columns == ("", "time", "load")
    assert found[1] == ["2", HOURS[1], "2.5"]


def test_separators_at_the_end_of_quoted_rows_are_no_row_names(
    tmp_path: Path,
) -> None:
    text = '"id","load"\n' + '"a","1.5",\n' * 5
    dialect, rows, _ = read(tmp_path, text)
    assert dialect.columns == ("id", "load")
    assert rows[0] == ["a", "1.5"]


@pytest.mark.parametrize(
    "footer", ["Total,99.5,7\n", "Sum,,12.5\n", "Source: the grid operator\n"]
)
def test_rows_below_the_table_are_left_out(
    footer: str, tmp_path: Path
) -> None:
    _, rows, sentences = read(tmp_path, f"t,a,b\n{PLAIN}{footer}")
    assert len(rows) == len(HOURS)
    assert "below the table" in sentences[0]


def test_cells_over_several_lines_are_one_cell(tmp_path: Path) -> None:
    text = f't,a,b\n{PLAIN}x,"two\r\nlines, with ""marks""",3\n'
    _, rows, sentences = read(tmp_path, text, STRICT)
    assert rows[-1] == ["x", 'two\r\nlines, with "marks"', "3"]
    assert not sentences


def test_rows_inside_an_unclosed_cell_are_kept(tmp_path: Path) -> None:
    text = f't,a,b\n{PLAIN}x,1,"open\n{PLAIN}2023-03-06,2,"fine"\n'
    _, rows, sentences = read(tmp_path, text)
    assert len(rows) == 2 * len(HOURS) + 2
    assert "line 26" in sentences[0]


def test_a_mark_that_a_later_row_closes_joins_no_rows(tmp_path: Path) -> None:
    text = f't,a,b\n{PLAIN}2023-03-06,1,"2\n2023-03-07,3",4\n{PLAIN}'
    _, rows, sentences = read(tmp_path, text)
    assert len(rows) == 2 * len(HOURS) + 2
    assert "2 rows had a stray or unclosed quotation mark" in sentences[0]
    assert "line 26" in sentences[0]
    with pytest.raises(BadDataError, match="Line 26 has a stray"):
        read(tmp_path, text, STRICT)


def test_lines_of_a_cell_that_are_no_rows_stay_one_cell(
    tmp_path: Path,
) -> None:
    text = f't,a\n{hourly("{h}")}2023-03-06,"one\ntwo, three"\n'
    _, rows, _ = read(tmp_path, text, STRICT)
    assert rows[-1] == ["2023-03-06", "one\ntwo, three"]


def test_an_empty_name_too_many_shifts_no_column(tmp_path: Path) -> None:
    dialect, rows, _ = read(tmp_path, f"t,,a,b\n{PLAIN}")
    assert dialect.columns == ("t", "a", "b")
    assert len(rows) == len(HOURS)
    assert "an empty name more than rows have cells" in dialect.remarks[0]


def test_a_mark_that_a_header_does_not_close_joins_no_names(
    tmp_path: Path,
) -> None:
    dialect, rows, _ = read(tmp_path, f't,"a,b,"c"\n{hourly("1", "2", "3")}')
    assert dialect.columns == ("t", '"a', "b", "c")
    assert len(rows) == len(HOURS)
    assert "stray or unclosed quotation mark" in dialect.remarks[0]


@pytest.mark.parametrize("policy", [LEAVE_OUT, STRICT, FLAT])
def test_a_repeated_header_is_no_row(policy: Policy, tmp_path: Path) -> None:
    text = f"t,a,b\n{PLAIN}t,a,b\n{PLAIN}"
    _, rows, sentences = read(tmp_path, text, policy)
    assert len(rows) == 2 * len(HOURS)
    assert "1 row repeated the header; left out (line 26" in sentences[0]


@pytest.mark.parametrize("policy", [LEAVE_OUT, STRICT])
@pytest.mark.parametrize("header", ["t,c,d", "time,load,level"])
def test_a_second_table_is_refused_by_its_line(
    header: str, policy: Policy, tmp_path: Path
) -> None:
    text = f"t,a,b\n{PLAIN}{header}\n{PLAIN}"
    with pytest.raises(BadDataError, match="Line 26 looks like the header"):
        read(tmp_path, text, policy)


def test_tables_of_different_widths_are_refused(
    tmp_path: Path,
) -> None:
    text = f"t,a,b\n{PLAIN}t,a,b,c\n" + hourly("1", "2", "3")
    with pytest.raises(BadDataError, match="25 rows of 3 cells, from line 1"):
        read(tmp_path, text)


def test_a_surplus_separator_before_an_empty_cell_shifts_no_value(
    tmp_path: Path,
) -> None:
    rows = hourly("{h}", "") * 9
    text = f"t,a,note\n{rows}2023-03-06,,7,\n{rows}"
    _, found, sentences = read(tmp_path, text)
    assert len(found) == 18 * len(HOURS)
    assert "1 row had more or fewer values" in sentences[0]
    with pytest.raises(BadDataError, match="Line 218 has 4 fields"):
        read(tmp_path, text, STRICT)


def test_separators_that_end_all_rows_shift_none(tmp_path: Path) -> None:
    text = "t,a,b\n" + hourly("", "{h}", "")
    _, rows, _ = read(tmp_path, text, STRICT)
    assert rows[3] == [HOURS[3], "", "3"]


def test_a_header_of_a_megabyte_is_found(tmp_path: Path) -> None:
    names = [f"meter {at:06d}" for at in range(80_000)]
    row = ",".join(["1"] * len(names))
    dialect, _, _ = read(tmp_path, f"{','.join(names)}\n{row}\n{row}\n")
    assert dialect.columns == tuple(names)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"PK\x03\x04x", "Excel"),
        (b"<html>", "HTML"),
        (b"a,b\n\x00\x01\x02,1\n", "NUL"),
    ],
)
def test_what_is_no_table_is_refused(
    source: bytes, what: str, tmp_path: Path
) -> None:
    with pytest.raises(BadDataError, match=what):
        read(tmp_path, source)
