"""Splitting text into rows of cells, with the faults of each row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from steps.tabular.cells import is_missing, is_typed

LONGEST_ROW = 3 << 20
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
        most_tries: int = MOST_LINES_OF_A_ROW,
        typed: Sequence[bool] = (),
    ) -> None:
        """Takes the dialect.

        Args:
            separator: What stands between cells.
            quote: The quotation mark; empty for none.
            escape: What stands before a mark inside a cell, or empty.
            spaced: Blanks after separators are no part of cells; where the
                separator is a blank, several are one.
            most_tries: At how many lines with a mark a row may end.
            typed: For each column, whether its cells are numbers or times;
                empty where columns are not known.
        """
        self._separator = separator
        self._quote = quote
        self._escape = escape
        self._spaced = spaced
        self._most_tries = most_tries
        self._typed = typed
        self._width = len(typed)

    def records(self, lines: Iterable[str]) -> Iterator[Record]:
        """Splits lines.

        A mark that is opened and not closed in its line is closed in a
        later one only where that gives a row without faults, of the usual
        width where one is known, and where the lines are not rows
        themselves; otherwise it is text.

        Args:
            lines: The lines with their ends.

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
                record = self._over_lines(line, number, source, ahead)
            if record.text:
                yield record
            number += record.lines - 1

    def _one(self, line: str, number: int) -> Record | None:
        """Splits one line; None where a mark is left open."""
        text = line.rstrip("\r\n")
        if self._spaced and self._separator == " ":
            text = text.strip(" ")
        if not text.strip() and text.strip(self._separator) == "":
            blank = "" if self._separator not in text else text
            return Record(number, text.split(self._separator), blank)
        if not self._quote or self._quote not in text:
            cells = text.split(self._separator)
            if self._spaced and self._separator == " ":
                cells = text.split(" ")
                cells = [cell for cell in cells if cell] or [""]
            elif self._spaced:
                cells = [cell.lstrip(" ") for cell in cells]
            if self._escape and self._escape in text:
                return Record(number, *self._escaped(text))
            return Record(number, cells, text)
        split = self._split(text)
        if split is None:
            return None
        cells, stray, quoted = split
        if stray:
            cells, _, quoted = self._literally(text)
        return Record(number, cells, text, stray, quoted)

    def _literally(self, text: str) -> tuple[list[str], bool, bool]:
        """Splits a row with stray marks, if possible at the usual width."""
        readings = [
            found
            for odd in (False, True)
            if (found := self._split(text, literal=True, odd_is_text=odd))
        ]
        fitting = [each for each in readings if len(each[0]) == self._width]
        return (fitting or readings)[0]

    def _escaped(self, text: str) -> tuple[list[str], str]:
        split = self._split(text)
        return (split[0] if split else text.split(self._separator)), text

    def _over_lines(
        self,
        line: str,
        number: int,
        source: Iterator[str],
        ahead: list[str],
    ) -> Record:
        text, size, taken, tries = line, len(line), 1, 0
        pieces = [line]
        while (
            taken < MOST_LINES_OF_A_ROW
            and tries < self._most_tries
            and size < LONGEST_ROW
        ):
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
            tries += 1
            text = "".join(pieces).rstrip("\r\n")
            split = self._split(text)
            if split is None:
                continue
            cells, stray, quoted = split
            if stray or len(cells) < self._width:
                break
            if self._width and any(map(str.strip, cells[self._width :])):
                break
            if self._are_rows(pieces):
                break
            del ahead[: taken - 1]
            return Record(
                number, cells, line.strip(), False, quoted, lines=taken
            )
        cells, _, quoted = self._literally(line.rstrip("\r\n"))
        return Record(number, cells, line.strip(), True, quoted)

    def _are_rows(self, lines: list[str]) -> bool:
        """Returns whether lines that a cell joins look like rows."""
        if self._width <= 1:
            return False
        if not any(self._typed):
            inner = lines[1:-1]
            commas = {line.count(self._separator) for line in inner}
            return commas == {self._width - 1}
        rows = (
            self._split(line.rstrip("\r\n"), literal=True) for line in lines
        )
        return all(
            row and self._fits(row[0], at) for at, row in enumerate(rows)
        )

    def _fits(self, cells: list[str], at: int) -> bool:
        """Returns whether cells are of the columns' types."""
        if len(cells) != self._width:
            return False
        held = [
            cell.strip().strip(self._quote)
            for cell, typed in zip(cells, self._typed, strict=True)
            if typed
        ]
        filled = [cell for cell in held if not is_missing(cell)]
        return not at or (bool(filled) and all(map(is_typed, filled)))

    def _split(
        self, text: str, *, literal: bool = False, odd_is_text: bool = False
    ) -> tuple[list[str], bool, bool] | None:
        """Splits a row; None where a mark is open at its end.

        With ``literal``, a mark that stays open is text; with
        ``odd_is_text``, also one that is closed only after further marks.
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
                odd = found is not None and found[2] and odd_is_text
                if found is not None and found[1] >= 0 and not odd:
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
