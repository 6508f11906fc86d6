"""Reading the rows of a file, with an account of each that is altered."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

from steps.contract.errors import BadDataError
from steps.tabular.cells import is_missing, is_typed
from steps.tabular.detect import open_lines
from steps.tabular.dialect import (
    EXAMPLE_LENGTH,
    Alteration,
    Alterations,
    Dialect,
)
from steps.tabular.records import Record, Splitter

MOST_FOOTER_ROWS = 5
MOST_MISFITS = 0.01


@dataclass(frozen=True)
class Policy:
    """What may be altered without refusing the file.

    Attributes:
        misfits: The largest share of rows with missing or surplus values
            that are left out; 0 refuses the first.
        stray_quotes: Rows with stray quotation marks are kept as text.
        footer: Rows below the table, such as totals, are left out.
    """

    misfits: float
    stray_quotes: bool
    footer: bool


STRICT = Policy(misfits=0.0, stray_quotes=False, footer=False)
FLAT = Policy(misfits=1.0, stray_quotes=True, footer=False)
LEAVE_OUT = Policy(misfits=MOST_MISFITS, stray_quotes=True, footer=True)


def read_rows(
    file: Path, dialect: Dialect, policy: Policy, alterations: Alterations
) -> Iterator[list[str]]:
    """Reads the rows below the header.

    Args:
        file: The file.
        dialect: How it is written.
        policy: What may be altered.
        alterations: Counts what was.

    Yields:
        Rows with as many cells as there are columns.

    Raises:
        BadDataError: A row cannot be read, or too many would be altered;
            after the last row where that is known only then.
    """
    splitter = Splitter(
        dialect.separator,
        dialect.quote,
        dialect.escape,
        spaced=dialect.spaced,
        typed=dialect.typed,
    )
    before = dialect.preamble + dialect.header_lines
    lines = islice(open_lines(file, dialect.encoding), before, None)
    held: deque[Record] = deque()
    fitted = _Fitting(dialect, policy, alterations, before)
    for record in splitter.records(lines):
        held.append(record)
        if len(held) > MOST_FOOTER_ROWS:
            yield from fitted.row(held.popleft())
    yield from fitted.rows(_without_footer(held, fitted))
    fitted.finish()


class _Fitting:
    """Fits rows to the columns, or counts them out."""

    def __init__(
        self,
        dialect: Dialect,
        policy: Policy,
        alterations: Alterations,
        before: int,
    ) -> None:
        self.dialect = dialect
        self.policy = policy
        self.alterations = alterations
        self._before = before
        self._width = len(dialect.columns)
        self._names = [name.strip() for name in dialect.columns]
        self._is_names = dialect.header_rows > 0 and (
            self._width > 1 or any(dialect.typed)
        )
        self._typed = [at for at, typed in enumerate(dialect.typed) if typed]
        self._needed = self._width
        while self._needed > 1 and not self._named(self._needed - 1):
            self._needed -= 1

    def _named(self, column: int) -> bool:
        return bool(self.dialect.columns[column].strip())

    def rows(self, records: Iterable[Record]) -> Iterator[list[str]]:
        for record in records:
            yield from self.row(record)

    def row(self, record: Record) -> Iterator[list[str]]:
        cells, count = record.cells, len(record.cells)
        if record.stray:
            if not self.policy.stray_quotes:
                raise BadDataError(
                    f"Line {self.line(record):,} has a stray or unclosed "
                    f"quotation mark: {record.text[:EXAMPLE_LENGTH]!r}. Close "
                    "or double it."
                )
            self.count(Alteration.STRAY_QUOTE, record)
        if count != self._width:
            fitted = self._fitted(record)
            if fitted is None:
                return
            cells = fitted
        if self._repeats_names(cells):
            self.count(Alteration.HEADER_AGAIN, record)
            return
        if self._names_columns(cells):
            self._begins_another(record)
        self.alterations.rows += 1
        yield cells

    def _repeats_names(self, cells: list[str]) -> bool:
        return (
            self._is_names
            and cells[0].strip() == self._names[0]
            and [cell.strip() for cell in cells] == self._names
        )

    def _names_columns(self, cells: list[str]) -> bool:
        """Returns whether a row holds names where others hold values."""
        if not self._typed or not cells[self._typed[0]].lstrip()[:1].isalpha():
            return False
        held = {at: cells[at].strip() for at in self._typed}
        if not all(map(_is_name, held.values())):
            return False
        same = any(cell == self._names[at] for at, cell in held.items())
        return same or 1 < len(held) == len(set(held.values()))

    def _begins_another(self, record: Record) -> None:
        if self.policy.misfits < 1:
            raise BadDataError(
                f"Line {self.line(record):,} looks like the header of another "
                f"table: {record.text[:EXAMPLE_LENGTH]!r}. Keep one table in "
                "a file."
            )
        self.count(Alteration.OTHER_HEADER, record)

    def _fitted(self, record: Record) -> list[str] | None:
        cells, width = record.cells, self._width
        if not any(map(str.strip, cells)):
            self.count(Alteration.SEPARATORS_ALONE, record)
            return None
        surplus = len(cells) > width and not any(map(str.strip, cells[width:]))
        if surplus and not self._may_be_shifted(cells):
            self.count(Alteration.SURPLUS_EMPTY, record)
            return cells[:width]
        if self._needed <= len(cells) < width:
            return cells + [""] * (width - len(cells))
        if not self.policy.misfits:
            raise BadDataError(
                f"Line {self.line(record):,} has {len(cells):,} fields, but "
                f"the header has {width:,}."
            )
        self.count(Alteration.MISFIT, record)
        return None

    def _may_be_shifted(self, cells: list[str]) -> bool:
        """Returns whether the one surplus separator may stand further left."""
        if len(cells) != self._width + self.dialect.surplus + 1:
            return False
        filled = [bool(cell.strip()) for cell in cells]
        return any(not one and other for one, other in pairwise(filled))

    def line(self, record: Record) -> int:
        return self._before + record.line

    def count(self, kind: Alteration, record: Record) -> None:
        self.alterations.add(kind, self.line(record), record.text)

    def finish(self) -> None:
        misfits = self.alterations.counts.get(Alteration.MISFIT, 0)
        total = self.alterations.rows + misfits
        if misfits > self.policy.misfits * total:
            line, text = self.alterations.examples[Alteration.MISFIT]
            raise BadDataError(
                f"{misfits:,} of {total:,} rows have more or fewer values "
                f"than the {self._width:,} columns, the first one in line "
                f"{line:,}: {text!r}. Are there decimal commas or thousands "
                "without quotation marks? Export the file with another "
                "separator, or with quotation marks."
            )


def _is_name(cell: str) -> bool:
    """Returns whether a cell is a word, not a value or a mark for none."""
    return cell[:1].isalpha() and not is_missing(cell)


def _without_footer(held: Iterable[Record], fitting: _Fitting) -> list[Record]:
    kept = list(held)
    if not fitting.policy.footer:
        return kept
    for at, record in enumerate(kept):
        if _is_footer(record, fitting.dialect):
            rest = kept[at:]
            if all(_is_footer(each, fitting.dialect) for each in rest):
                for each in rest:
                    fitting.count(Alteration.FOOTER, each)
                return kept[:at]
    return kept


def _is_footer(record: Record, dialect: Dialect) -> bool:
    """Returns whether a row begins with a word, unlike the others."""
    cells = record.cells
    filled = [at for at, cell in enumerate(cells) if cell.strip()]
    if not filled:
        return True
    first = filled[0]
    if first >= len(dialect.typed) or not dialect.typed[first]:
        return len(filled) == 1 and len(cells) != len(dialect.columns)
    cell = cells[first]
    others = [at for at in range(len(dialect.typed)) if dialect.typed[at]]
    return (
        first == others[0]
        and cell.strip()[:1].isalpha()
        and not is_typed(cell)
        and not is_missing(cell)
    )
