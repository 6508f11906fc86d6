"""Rows that the fast reader takes as they are, but that may be no rows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from steps.dataset_from_git.convert.kinds import MISSING, Kind
from steps.dataset_from_git.convert.source_table import SourceTable

MOST_COUNTED_COLUMNS = 200
_LINE_END = r"(?:\r\n|\r|\n)"
_BEGINS_WITH_A_LETTER = r"^\s*\p{L}"


class DoubtfulRowError(Exception):
    """A row may be a header, or several rows; reading row by row decides."""


@dataclass
class Doubts:
    """What is looked for in a table, and how many rows are empty.

    Attributes:
        names: Names of columns of text, by place; a row that repeats them
            is a header.
        typed: Places of columns that hold numbers or times in most rows,
            but are text as a whole.
        joined: For columns of text, what a cell is like that joins rows.
        empty: How many rows without a value there were.
        first_empty: The number of the first one, from 1.
    """

    names: dict[int, str]
    typed: tuple[int, ...]
    joined: dict[int, str]
    empty: int = 0
    first_empty: int = 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence about empty rows."""
        if not self.empty:
            return ()
        rows = (
            "1 row holds" if self.empty == 1 else f"{self.empty:,} rows hold"
        )
        return (
            (
                f"{rows} no value; kept (the first is row "
                f"{self.first_empty:,} below the header)."
            ),
        )

    @classmethod
    def of(
        cls,
        table: SourceTable,
        kinds: Sequence[Kind],
        typed: Sequence[bool] | None,
    ) -> "Doubts":
        """Finds out what there may be in a table.

        Args:
            table: The table.
            kinds: What its columns hold.
            typed: For each column, whether its first cells are numbers or
                times; None where rows were looked at already.

        Returns:
            What is to be looked for; nothing where the columns' kinds
            exclude it.
        """
        if typed is None:
            return cls({}, (), {})
        texts = [at for at, kind in enumerate(kinds) if kind is Kind.TEXT]
        names = {
            at: name
            for at, name in enumerate(table.header.written)
            if name not in MISSING
        }
        values = [at for at, like in enumerate(typed) if like]
        may_repeat = set(names) <= set(texts) and (len(kinds) > 1 or values)
        return cls(
            names if may_repeat else {},
            tuple(values) if set(values) <= set(texts) else (),
            {}
            if table.inspection.rows_are_lines
            else {
                at: _joined_rows(table.rules.separator, at, len(kinds))
                for at in texts
            },
        )

    def check(self, pieces: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """Checks pieces on their way.

        Args:
            pieces: The rows.

        Yields:
            The same.

        Raises:
            DoubtfulRowError: There is a doubtful row.
        """
        rows = 0
        for piece in pieces:
            empty = _empty_rows(piece)
            if empty and not self.empty:
                self.first_empty = rows + 1 + empty[0]
            self.empty += len(empty)
            rows += piece.num_rows
            if (
                _any_row(piece, self.names, pc.equal)
                or _any_row(
                    piece,
                    dict.fromkeys(self.typed, _BEGINS_WITH_A_LETTER),
                    pc.match_substring_regex,
                )
                or any(
                    _any_row(piece, {at: like}, pc.match_substring_regex)
                    for at, like in self.joined.items()
                )
            ):
                raise DoubtfulRowError
            yield piece


def _empty_rows(piece: pa.Table) -> Sequence[int]:
    """Returns the places of rows in which each cell is missing."""
    found = None
    for column in piece.columns if piece.num_columns > 1 else ():
        if not column.null_count:
            return ()
        missing = pc.is_null(column)
        found = missing if found is None else pc.and_(found, missing)
        if not pc.any(found).as_py():
            return ()
    return [] if found is None else pc.indices_nonzero(found).to_pylist()


def _any_row(piece: pa.Table, like: dict[int, str], fits: pc.Function) -> bool:
    """Returns whether all of some columns are like texts in one row."""
    found = None
    for at, text in like.items():
        fitting = pc.fill_null(fits(piece.column(at), text), fill_value=False)
        found = fitting if found is None else pc.and_(found, fitting)
        if not pc.any(found).as_py():
            return False
    return found is not None


def _joined_rows(separator: str, place: int, width: int) -> str:
    """Makes the expression for a cell that holds the ends of whole rows."""
    mark = re.escape(separator)
    text = rf"[^{mark}\r\n]*"
    if width > MOST_COUNTED_COLUMNS:
        return rf"[\r\n]{text}{mark}|{mark}{text}[\r\n]"
    first, whole, last = (
        rf"(?:{text}{mark}){{{count}}}{text}"
        for count in (width - 1 - place, width - 1, place)
    )
    return rf"^{first}(?:{_LINE_END}{whole})*{_LINE_END}{last}$"
