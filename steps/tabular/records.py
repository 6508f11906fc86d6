"""Splitting text into rows of cells, with the faults of each row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_ROW = 3 << 20
SAMPLED_ROW = 1 << 17
MOST_LINES_OF_A_ROW = 5_000


@dataclass(slots=True)
class Record:
    """A row as it was split.

    Attributes:
        line: The line where it begins, from 1.
        cells: Its cells.
        text: Its first line.
        stray: A quotation mark is not where one belongs.
        quoted_first: Its first cell stood in quotation marks.
        lines: How many lines it takes.
    """

    line: int
    cells: list[str]
    text: str
    stray: bool = False
    quoted_first: bool = False
    lines: int = 1


class Splitter:
    """Splits lines into rows in one dialect."""

    def __init__(
        self,
        separator: str,
        quote: str,
        escape: str,
        *,
        spaced: bool,
        most_lines: int = MOST_LINES_OF_A_ROW,
    ) -> None:
        """Takes the dialect.

        Args:
            separator: What stands between cells.
            quote: The quotation mark; empty for none.
            escape: What stands before a mark inside a cell, or empty.
            spaced: Blanks after separators are no part of cells.
            most_lines: How many lines a row may take.
        """
        self._separator = separator
        self._quote = quote
        self._escape = escape
        self._spaced = spaced
        self._most_lines = most_lines

    def records(
        self, lines: Iterable[str], width: int = 0
    ) -> Iterator[Record]:
        """Splits lines.

        A mark that is opened and not closed in its line is closed in a
        later one only where that gives a row without faults, of the usual
        width where one is known; otherwise it is text.

        Args:
            lines: The lines with their ends.
            width: How many cells a row has; 0 when that is not known.

        Yields:
            The rows that are not blank.
        """
        ahead: list[str] = []
        source = iter(lines)
        number = 0
        while True:
            line = ahead.pop(0) if ahead else next(source, None)
            if line is None:
                return
            number += 1
            record = self._one(line, number)
            if record is None:
                record = self._over_lines(line, number, source, ahead, width)
            if record.text:
                yield record
            number += record.lines - 1

    def _one(self, line: str, number: int) -> Record | None:
        """Splits one line; None where a mark is left open."""
        text = line.rstrip("\r\n")
        if not text.strip() and text.strip(self._separator) == "":
            blank = "" if self._separator not in text else text
            return Record(number, text.split(self._separator), blank)
        if not self._quote or self._quote not in text:
            cells = text.split(self._separator)
            if self._spaced:
                cells = [cell.lstrip(" ") for cell in cells]
            if self._escape and self._escape in text:
                return Record(number, *self._escaped(text))
            return Record(number, cells, text)
        split = self._split(text)
        if split is None:
            return None
        cells, stray, quoted = split
        return Record(number, cells, text, stray, quoted)

    def _escaped(self, text: str) -> tuple[list[str], str]:
        split = self._split(text)
        return (split[0] if split else text.split(self._separator)), text

    def _over_lines(
        self,
        line: str,
        number: int,
        source: Iterator[str],
        ahead: list[str],
        width: int,
    ) -> Record:
        text, size, taken = line, len(line), 1
        pieces = [line]
        while taken < self._most_lines and size < LONGEST_ROW:
            if len(ahead) < taken:
                more = next(source, None)
                if more is None:
                    break
                ahead.append(more)
            more = ahead[taken - 1]
            taken += 1
            size += len(more)
            pieces.append(more)
            if self._quote not in more:
                continue
            text = "".join(pieces).rstrip("\r\n")
            split = self._split(text)
            if split is None:
                continue
            cells, stray, quoted = split
            if stray or (width and len(cells) != width):
                break
            if self._are_rows(pieces[1:-1], width):
                break
            del ahead[: taken - 1]
            return Record(
                number, cells, line.strip(), False, quoted, lines=taken
            )
        cells, _, quoted = self._split(line.rstrip("\r\n"), literal=True) or (
            [],
            True,
            False,
        )
        return Record(number, cells, line.strip(), True, quoted)

    def _are_rows(self, lines: list[str], width: int) -> bool:
        """Returns whether lines inside a cell look like rows."""
        return (
            width > 1
            and bool(lines)
            and all(line.count(self._separator) == width - 1 for line in lines)
        )

    def _split(
        self, text: str, *, literal: bool = False
    ) -> tuple[list[str], bool, bool] | None:
        """Splits a row; None where a mark is open at its end.

        With ``literal``, a mark that stays open is text.
        """
        cells: list[str] = []
        place, stray, quoted_first = 0, False, False
        while True:
            start = place
            while start < len(text) and text[start] == " " and self._spaced:
                start += 1
            if text.startswith(self._quote, start):
                found = self._quoted(text, start + 1)
                if found is None and not literal:
                    return None
                if found is not None and found[1] >= 0:
                    cell, place, odd = found
                    stray = stray or odd
                    quoted_first = quoted_first or not cells
                    cells.append(cell)
                    if place >= len(text):
                        return cells, stray, quoted_first
                    place += 1
                    continue
                stray = True
            end = text.find(self._separator, start)
            cell = text[start:] if end < 0 else text[start:end]
            if self._escape and self._escape in cell:
                cell = cell.replace(self._escape + self._quote, self._quote)
            elif self._quote in cell:
                stray = True
            cells.append(cell)
            if end < 0:
                return cells, stray, quoted_first
            place = end + 1

    def _quoted(self, text: str, begin: int) -> tuple[str, int, bool] | None:
        """Reads a quoted cell; returns it, its end, whether it is odd.

        None where it is open; an end of -1 where it cannot be closed either,
        because a mark inside is followed by more text.
        """
        parts: list[str] = []
        place, odd = begin, False
        while True:
            mark = text.find(self._quote, place)
            if mark < 0:
                return ("", -1, True) if odd else None
            if self._escape and self._is_escaped(text, begin, mark):
                parts.append(text[place : mark - 1] + self._quote)
                place = mark + 1
                continue
            parts.append(text[place:mark])
            after = mark + 1
            if text.startswith(self._quote, after):
                parts.append(self._quote)
                place = after + 1
                continue
            rest = after
            while rest < len(text) and text[rest] == " " != self._separator:
                rest += 1
            if rest >= len(text) or text[rest] == self._separator:
                return "".join(parts), rest, odd
            odd = True
            parts.append(self._quote)
            place = after

    def _is_escaped(self, text: str, begin: int, mark: int) -> bool:
        count = 0
        while mark - 1 - count >= begin and (
            text[mark - 1 - count] == self._escape
        ):
            count += 1
        return count % 2 == 1
