"""How a CSV file is laid out: its encoding, separator and header."""

import codecs
import csv
from collections import Counter
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from steps.contract.errors import BadDataError

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_BYTES = 1 << 16
HEADER_WITHIN = 50
SAMPLE_ROWS = 200
NAMES_SHOWN = 60
NAME_LENGTH_SHOWN = 60
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BINARY_BEGINNINGS = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
)
MARKUP_BEGINNINGS = ("<!doctype", "<html", "<?xml")

Row = list[str]


@dataclass(frozen=True)
class Layout:
    """Where the values are in a CSV file.

    Attributes:
        encoding: Its text encoding.
        separator: What stands between fields.
        header: Index of the header among the rows that are not blank.
        columns: Names of the columns, stripped.
        column: Index of the column to analyse.
        sample: The first rows of data.
    """

    encoding: str
    separator: str
    header: int
    columns: tuple[str, ...]
    column: int
    sample: tuple[Row, ...]


def detect_layout(file: Path, variable: str) -> Layout:
    """Finds out how a CSV file is laid out.

    The header is the first of the first 50 rows that names the column to
    analyse, so that titles above it do no harm.

    Args:
        file: The file.
        variable: Name of the column to analyse.

    Returns:
        The layout.

    Raises:
        BadDataError: The file is empty or no CSV, or has no such column.
    """
    with file.open("rb") as stream:
        beginning = stream.read(SAMPLE_BYTES)
    encoding = _encoding(file, beginning)
    rows_of = {
        separator: _rows(beginning, encoding, separator)
        for separator in SEPARATORS
    }
    if not any(rows_of.values()):
        raise BadDataError("The file is empty: it has no rows.")
    for separator in sorted(
        SEPARATORS, key=lambda each: _fit(rows_of[each]), reverse=True
    ):
        layout = _with_header(rows_of[separator], variable)
        if layout is not None:
            return Layout(encoding, separator, *layout)
    raise _no_such_column(variable, max(rows_of.values(), key=_fit))


def _encoding(file: Path, beginning: bytes) -> str:
    for signature, kind in BINARY_BEGINNINGS:
        if beginning.startswith(signature):
            raise BadDataError(
                f"The file is {kind}, not a CSV file. Export it as CSV."
            )
    for mark, encoding in BYTE_ORDER_MARKS:
        if beginning.startswith(mark):
            return encoding
    if b"\0" in beginning:
        raise BadDataError("The file is binary, not a CSV file.")
    return "utf-8" if _is_utf8(file) else "cp1252"


def _is_utf8(file: Path) -> bool:
    try:
        with file.open(encoding="utf-8") as text:
            while text.read(SAMPLE_BYTES):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _rows(beginning: bytes, encoding: str, separator: str) -> list[Row]:
    text = beginning.decode(encoding, errors="replace")
    if text.lstrip().lower().startswith(MARKUP_BEGINNINGS):
        raise BadDataError(
            "The file holds HTML or XML, not CSV. Was a web page saved in "
            "place of the data?"
        )
    lines = list(StringIO(text, newline=None))
    if len(beginning) == SAMPLE_BYTES and len(lines) > 1:
        lines.pop()
    try:
        rows = list(csv.reader(lines, delimiter=separator))
    except csv.Error as error:
        raise BadDataError(f"The file is not a CSV file: {error}.") from error
    return [row for row in rows if any(cell.strip() for cell in row)]


def _usual_width(rows: list[Row]) -> tuple[int, int]:
    """Returns the commonest number of fields, and how often it occurs."""
    widths = Counter(len(row) for row in rows)
    return max(widths.items(), key=lambda each: (each[1], each[0]))


def _fit(rows: list[Row]) -> tuple[bool, int, int]:
    width, times = _usual_width(rows) if rows else (0, 0)
    return width > 1, times, width


def _with_header(
    rows: list[Row], variable: str
) -> tuple[int, tuple[str, ...], int, tuple[Row, ...]] | None:
    wanted = variable.strip()
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        names = tuple(cell.strip() for cell in row)
        if wanted in names:
            sample = tuple(rows[index + 1 : index + 1 + SAMPLE_ROWS])
            return index, names, names.index(wanted), sample
    return None


def _no_such_column(variable: str, rows: list[Row]) -> BadDataError:
    width, _ = _usual_width(rows)
    header = next(row for row in rows if len(row) == width)
    names = [repr(name.strip()[:NAME_LENGTH_SHOWN]) for name in header]
    more = f" and {len(names) - NAMES_SHOWN} more" * (len(names) > NAMES_SHOWN)
    return BadDataError(
        f"The file has no column {variable[:NAME_LENGTH_SHOWN]!r}. Its "
        f"columns are {', '.join(names[:NAMES_SHOWN])}{more}."
    )
