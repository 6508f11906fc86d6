"""Finding the line of a CSV file that cannot be read, to name it."""

import csv
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from steps.contract.errors import BadDataError
from steps.dataset_from_git.convert.fields import long_fields
from steps.dataset_from_git.convert.header import Header
from steps.dataset_from_git.convert.reading_rules import StrictRules

_END = "\0"


def explain(
    source: Path, encoding: str, header: Header, rules: StrictRules
) -> BadDataError:
    """Reads a file that is at fault again, row by row, to find where.

    Args:
        source: The file, without any NUL.
        encoding: How its text is encoded.
        header: Its header.
        rules: How it is read.

    Returns:
        The error, which names the line where there is one.
    """
    try:
        with source.open(encoding=encoding, newline="") as file, long_fields():
            lines = chain(islice(file, header.lines, None), ["\n", _END])
            return _first_fault(lines, header, rules)
    except UnicodeDecodeError:
        return BadDataError("The file is neither UTF-8 nor Windows-1252 text.")


def _first_fault(
    lines: Iterator[str], header: Header, rules: StrictRules
) -> BadDataError:
    columns = len(header.names)
    reader = csv.reader(lines, delimiter=rules.separator)
    line = header.lines + 1
    try:
        for row in reader:
            if row == [_END]:
                break
            if row and row[-1].endswith(_END):
                return _open_quote(line)
            if row and len(row) != columns:
                return _ragged(line, len(row), columns)
            line = header.lines + reader.line_num + 1
    except csv.Error:
        return _open_quote(line)
    return BadDataError("The file cannot be read as CSV.")


def _open_quote(line: int) -> BadDataError:
    return BadDataError(
        f"The row that begins in line {line:,} does not end: a quotation mark "
        "is left open."
    )


def _ragged(line: int, fields: int, columns: int) -> BadDataError:
    return BadDataError(
        f"Line {line:,} has {fields:,} fields, but the header has {columns:,}."
    )
