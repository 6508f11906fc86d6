"""How files may be laid out, and what becomes of that."""

from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet
import pytest

from steps.contract.errors import BadDataError
from steps.dataset_from_git.convert.reading_rules import ReadingRules
from tests.dataset_from_git.convert.converting import converted

COLUMNS = 5_000
CANONICAL = b'a,b\n1,x\n2,"y,z"\n'


@pytest.mark.parametrize(
    "source",
    [
        b"a,b\r\n1,x\r\n2,y\r\n",
        b"a,b\r1,x\r2,y\r",
        b"a,b\r1,x\r2,y",
        b"a,b\n1,x\n2,y",
        b"\xef\xbb\xbfa,b\n1,x\n2,y\n",
        b"\na,b\n\n1,x\n\n2,y\n\n",
        b'"a","b"\n"1","x"\n"2","y"\n',
    ],
    ids=["crlf", "cr", "cr-open", "open", "bom", "blank-lines", "quoted"],
)
def test_the_same_table_comes_of_any_layout(
    source: bytes, tmp_path: Path
) -> None:
    made = converted(source, tmp_path)
    assert made.columns == {"a": [1, 2], "b": ["x", "y"]}
    assert made.csv.read_bytes().replace(b'"', b"") == b"a,b\n1,x\n2,y\n"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_western_text_becomes_utf_8(encoding: str, tmp_path: Path) -> None:
    made = converted("größe,b\nñandú,1\n".encode(encoding), tmp_path)
    assert made.columns == {"größe": ["ñandú"], "b": [1]}
    assert made.csv.read_text("utf-8") == "größe,b\nñandú,1\n"
    assert made.conversion.encoding == "cp1252"


def test_quotes_and_line_ends_inside_cells_are_kept(tmp_path: Path) -> None:
    cells = ["a\nb", 'say "hi"', "c,d", "\r\n", " padded ", 'mid"dle', "ü"]
    text = "".join('"{}"\r\n'.format(c.replace('"', '""')) for c in cells)
    made = converted(f"x\r\n{text}".encode(), tmp_path)
    assert made.columns == {"x": cells}
    assert made.csv_frame["x"].tolist() == cells


def test_a_missing_cell_in_a_single_column_stays_a_row(tmp_path: Path) -> None:
    made = converted(b'x\r\n1\r\n""\r\n3\r\n', tmp_path)
    assert made.columns == {"x": [1, None, 3]}
    assert made.csv.read_bytes() == b'x\n1\n""\n3\n'


@pytest.mark.parametrize("source", [b"a,b\n", b"a,b", b"a,b\r\n\r\n"])
def test_a_header_alone_is_a_table_without_rows(
    source: bytes, tmp_path: Path
) -> None:
    made = converted(source, tmp_path)
    assert made.columns == {"a": [], "b": []}
    assert made.conversion.rows == 0
    assert made.csv.read_bytes() == b"a,b\n"
    assert pd.read_parquet(made.parquet).shape == (0, 2)
    assert pl.read_parquet(made.parquet).shape == (0, 2)
    assert duckdb.read_parquet(str(made.parquet)).fetchall() == []


def test_a_table_of_5000_columns_is_read_back(tmp_path: Path) -> None:
    names = [f"c{place}" for place in range(COLUMNS)]
    row = list(range(COLUMNS))
    lines = [",".join(names), *[",".join(map(str, row))] * 3, ""]
    made = converted("\n".join(lines).encode(), tmp_path)
    assert made.columns == {
        name: [place] * 3 for name, place in zip(names, row, strict=True)
    }


def test_repeated_and_empty_names_are_called_as_pandas_calls_them(
    tmp_path: Path,
) -> None:
    made = converted(b"t,t,t.1,t,\n1,2,3,4,5\n", tmp_path)
    names = list(made.csv_frame)
    assert list(pd.read_parquet(made.parquet)) == names
    assert pl.read_parquet(made.parquet).columns == names
    assert duckdb.read_parquet(str(made.parquet)).columns == names
    assert made.conversion.renamed == {
        "t.2": "t",
        "t.3": "t",
        "Unnamed: 4": "",
    }


def test_canonical_bytes_are_kept_without_a_copy(tmp_path: Path) -> None:
    made = converted(CANONICAL, tmp_path)
    assert made.conversion.csv_kept
    assert made.csv.samefile(tmp_path / "source.csv")


@pytest.mark.parametrize(
    "source",
    [
        CANONICAL.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + CANONICAL,
        CANONICAL[:-1],
        CANONICAL.replace(b"\n", b"\n\n"),
        CANONICAL.replace(b"y", b"\xfc"),
    ],
    ids=["crlf", "bom", "open", "blank-lines", "latin-1"],
)
def test_other_bytes_are_written_anew(source: bytes, tmp_path: Path) -> None:
    made = converted(source, tmp_path)
    assert not made.conversion.csv_kept
    assert made.csv.read_bytes() in (
        CANONICAL,
        CANONICAL.replace(b"y", "ü".encode()),
    )


def test_what_was_normalised_is_canonical(tmp_path: Path) -> None:
    rules = ReadingRules(skip_lines=1, separator=";", decimal=",")
    first = converted(b't;\r\na;b\r\n1,5;"x;"\r\n', tmp_path, rules)
    again = tmp_path / "again"
    again.mkdir()
    second = converted(first.csv, again)
    assert second.conversion.csv_kept
    assert second.columns == first.columns


def test_long_cells_are_kept(tmp_path: Path) -> None:
    cell = "x" * 3_000_000
    made = converted(f"a,b\n{cell},1\nshort,2\n".encode(), tmp_path)
    assert made.columns == {"a": [cell, "short"], "b": [1, 2]}


def test_parquet_is_what_analysts_expect(tmp_path: Path) -> None:
    made = converted(b"n,t\n1,x\n5,y\n", tmp_path)
    file = pyarrow.parquet.ParquetFile(made.parquet)
    (numbers, _) = (file.metadata.row_group(0).column(i) for i in (0, 1))
    assert numbers.compression == "ZSTD"
    assert (numbers.statistics.min, numbers.statistics.max) == (1, 5)
    assert file.schema_arrow.names == ["n", "t"]
    assert file.metadata.metadata is None


def test_row_groups_are_bounded_by_their_bytes(tmp_path: Path) -> None:
    row = ",".join(["1.25"] * 1_000)
    header = ",".join(f"c{place}" for place in range(1_000))
    made = converted(
        "\n".join([header, *[row] * 9_000, ""]).encode(), tmp_path
    )
    file = pyarrow.parquet.ParquetFile(made.parquet)
    sizes = [
        file.metadata.row_group(place).num_rows * 8_000
        for place in range(file.num_row_groups)
    ]
    assert len(sizes) > 1
    assert max(sizes) < 50 << 20


@pytest.mark.parametrize(
    "source",
    [
        b"a;b\n1;x\n2;y\n",
        b"sep=;\na;b\n1;x\n2;y\n",
        b"a\tb\n1\tx\n2\ty\n",
        b"a|b\r1|x\r2|y\r",
        "a,b\n1,x\n2,y\n".encode("utf-16"),
        "a,b\n1,x\n2,y\n".encode("utf-32"),
        b"a,b,\n1,x,\n2,y,\n",
        b"a,b\n1,x,,\n2,y,\n",
        b"a,b\n1,x\n,,,\n2,y\n",
        b"Plant 7\n\na,b\n1,x\n2,y\n3,z\n",
        b"'a','b'\n'1','x'\n'2','y'\n",
        b'"a", "b"\n"1", "x"\n"2", "y"\n',
    ],
)
def test_what_people_upload_becomes_the_same_table(
    source: bytes, tmp_path: Path
) -> None:
    made = converted(source, tmp_path)
    found = {name: values[:2] for name, values in made.columns.items()}
    found.pop("Unnamed: 2", None)
    assert found == {"a": [1, 2], "b": ["x", "y"]}
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(
        ["source.csv", made.csv.name, made.parquet.name]
    )


def test_altered_rows_are_remarked_on(tmp_path: Path) -> None:
    made = converted(b"a,b\n1,x,,\n,,,\n2,y\n", tmp_path)
    cut, dropped = made.conversion.remarks
    assert "1 row had empty cells beyond" in cut
    assert "(line 2: '1,x,,')" in cut
    assert "held separators alone; left out (line 3: ',,,')" in dropped


DAYS = "".join(f"2023-05-{day:02},{day}.5\n" for day in range(1, 29))


def test_a_repeated_header_is_left_out_and_remarked_on(
    tmp_path: Path,
) -> None:
    made = converted(f"day,b\n{DAYS}day,b\n{DAYS}".encode(), tmp_path)
    assert made.columns["b"] == [day + 0.5 for day in range(1, 29)] * 2
    assert "1 row repeated the header" in made.conversion.remarks[0]
    assert "(line 30: 'day,b')" in made.conversion.remarks[0]


def test_a_repeated_header_of_texts_is_left_out(tmp_path: Path) -> None:
    made = converted(b"a,b\nx,y\na,b\nz,w\n", tmp_path)
    assert made.columns == {"a": ["x", "z"], "b": ["y", "w"]}


@pytest.mark.parametrize("rows", [1, 9_000])
def test_a_second_table_is_refused(rows: int, tmp_path: Path) -> None:
    source = f"day,b\n{DAYS * rows}time,load\n{DAYS}".encode()
    with pytest.raises(BadDataError, match="looks like the header"):
        converted(source, tmp_path)


def test_a_mark_that_a_later_row_closes_joins_no_rows(tmp_path: Path) -> None:
    source = f'day,b\n{DAYS}2023-06-01,"2\n2023-06-02,3"\n'.encode()
    with pytest.raises(BadDataError, match="Line 30 has a stray"):
        converted(source, tmp_path)


@pytest.mark.parametrize(
    "cell", ["one\ntwo, three", '"text," he said', 'a ""b""', "\r\n,\r\n"]
)
def test_odd_cells_are_kept(cell: str, tmp_path: Path) -> None:
    written = '"' + cell.replace('"', '""') + '"'
    source = f"day,b\n{DAYS}2023-06-01,{written}\n".encode()
    assert converted(source, tmp_path).columns["b"][-1] == cell


def test_names_of_one_unicode_form_are_the_same(tmp_path: Path) -> None:
    composed, parts = "H\u00f6he", "Ho\u0308he"
    made = converted(f"{composed},{parts}\n1,2\n".encode(), tmp_path)
    assert made.conversion.renamed == {f"{parts}.1": parts}
    assert "1 column had an empty name" in made.conversion.remarks[0]


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_text_of_other_systems_becomes_utf_8(
    encoding: str, tmp_path: Path
) -> None:
    source = "Straße;Höhe\nGrüner Weg;1\n".encode(encoding)
    made = converted(source, tmp_path)
    assert made.columns == {"Straße": ["Grüner Weg"], "Höhe": [1]}


def test_columns_without_a_header_are_numbered(tmp_path: Path) -> None:
    made = converted(b"2023-05-01,1.5\n2023-05-02,2.5\n", tmp_path)
    assert made.columns["2"] == [1.5, 2.5]
    assert "no header" in made.conversion.remarks[0]


def test_a_rule_joins_the_names_of_two_rows(tmp_path: Path) -> None:
    rules = ReadingRules(header_rows=2)
    source = b"t,p,q\n,kW,m\n" + b"2023-01-01,1.5,2\n" * 9
    made = converted(source, tmp_path, rules)
    assert list(made.columns) == ["t", "p kW", "q m"]


def test_a_rule_leaves_out_rows_of_another_width(tmp_path: Path) -> None:
    rules = ReadingRules(leave_out_misfits=True)
    made = converted(b"a,b\n1,2\n3\n4,5\n", tmp_path, rules)
    assert made.columns == {"a": [1, 4], "b": [2, 5]}
    assert "line 3: '3'" in made.conversion.remarks[0]


@pytest.mark.parametrize("shift", range(-2, 4))
def test_a_line_end_in_quotes_at_a_block_end_loses_no_byte(
    shift: int, tmp_path: Path
) -> None:
    before = (3 << 20) - 1 - shift
    row = b"1,plain text\r\n"
    filler = row * (before // len(row) - 1)
    pad = b"2," + b"x" * (before - len(filler) - len(b'2,\r\n3,"line'))
    rows = filler + pad + b'\r\n3,"line\r\nmore"\r\n' + row * 9
    made = converted(b"n,text\r\n" + rows, tmp_path)
    assert "line\r\nmore" in made.columns["text"]
    assert b'"line\r\nmore"' in made.csv.read_bytes()


def test_eastern_european_text_becomes_utf_8(tmp_path: Path) -> None:
    text = "źródło;b\nżółć;1\n"
    made = converted(text.encode("cp1250"), tmp_path)
    assert made.columns == {"źródło": ["żółć"], "b": [1]}
