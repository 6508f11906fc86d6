"""How a delimited text file is written, and what was altered in reading."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

EXAMPLE_LENGTH = 60


@dataclass(frozen=True)
class Dialect:
    """How a file is written.

    Attributes:
        encoding: Its text encoding; a byte order mark is part of it.
        separator: What stands between cells; one character.
        quote: The quotation mark around cells; empty where there is none.
        escape: What stands before a quotation mark that is part of a cell;
            empty where such a mark is doubled.
        spaced: Blanks follow the separators, before quotation marks too;
            where the separator is a blank, several are one.
        preamble: How many lines stand before the header.
        header_rows: How many rows the header has; 0 without a header.
        header_lines: How many lines these rows take.
        columns: The columns' names as written; numbers without a header.
        typed: For each column, whether its cells are numbers or times.
        surplus: How many empty cells rows usually have beyond the last column.
        row_names: The rows begin with a name that the header lacks; the
            first column has an empty name then.
        group_rows: Rows between preamble and header that group columns.
        odd_header: The header has a stray quotation mark, or an empty name
            too many.
        remarks: What was assumed, as sentences.
    """

    encoding: str
    separator: str
    quote: str
    escape: str
    spaced: bool
    preamble: int
    header_rows: int
    header_lines: int
    columns: tuple[str, ...]
    typed: tuple[bool, ...]
    surplus: int = 0
    row_names: bool = False
    group_rows: tuple[tuple[str, ...], ...] = ()
    odd_header: bool = False
    remarks: tuple[str, ...] = ()


class Alteration(StrEnum):
    """What may be altered in a row."""

    SURPLUS_EMPTY = "had empty cells beyond the last column; these were cut"
    SEPARATORS_ALONE = "held separators alone; left out"
    STRAY_QUOTE = "had a stray or unclosed quotation mark; kept as text"
    MISFIT = "had more or fewer values than there are columns; left out"
    HEADER_AGAIN = "repeated the header; left out"
    OTHER_HEADER = "looked like another table's header; kept as text"
    FOOTER = "stood below the table, such as totals; left out"


@dataclass
class Alterations:
    """Counts of altered rows, with the first of each kind.

    Attributes:
        counts: How many rows were altered, by kind.
        examples: Line and begin of the first one, by kind.
        rows: How many rows were read.
    """

    counts: dict[Alteration, int] = field(default_factory=dict)
    examples: dict[Alteration, tuple[int, str]] = field(default_factory=dict)
    rows: int = 0

    def add(self, kind: Alteration, line: int, text: str) -> None:
        """Counts a row.

        Args:
            kind: What was altered.
            line: The line where the row begins, from 1.
            text: The row as it is written.
        """
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.examples.setdefault(kind, (line, text.strip()[:EXAMPLE_LENGTH]))

    def sentences(self) -> Iterator[str]:
        """Yields one sentence for each kind of alteration."""
        for kind, count in self.counts.items():
            line, text = self.examples[kind]
            rows = "1 row" if count == 1 else f"{count:,} rows"
            yield f"{rows} {kind} (line {line:,}: {text!r})."


def same_name(name: str) -> str:
    """Returns the form in which equal names are equal texts.

    Args:
        name: A column's name.

    Returns:
        The name, stripped, blanks joined, in Unicode's composed form.
    """
    return " ".join(unicodedata.normalize("NFKC", name).split())
