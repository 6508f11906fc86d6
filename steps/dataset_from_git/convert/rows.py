"""Reading the rows of a CSV file in pieces, with pyarrow's own reader."""

import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from io import BufferedReader, BytesIO
from threading import Condition
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv

from steps.contract.errors import BadDataError
from steps.dataset_from_git.convert.faults import explain
from steps.dataset_from_git.convert.inspection import (
    CARRIAGE_RETURN,
    LONGEST_ROW_BYTES,
    UTF_8,
    too_long,
)
from steps.dataset_from_git.convert.kinds import (
    FALSE_WORDS,
    MISSING,
    PARQUET_TYPES,
    READING_TYPES,
    TRUE_WORDS,
    Kind,
    times_of,
)
from steps.dataset_from_git.convert.source_table import SourceTable

PIECES_AHEAD = 1
PIECES_AT_ONCE = 4
BLOCKS_AHEAD = 2
LONGEST_WAIT_SECONDS = 1.0
MOST_UTF_8_BYTES = 3
_MISSING_WORD = "NA"
_LINE_ENDS = b"\r\n"


class OtherKindError(Exception):
    """A cell is not of the kind that its column is read as."""


def read_pieces(
    table: SourceTable, kinds: Sequence[Kind] | None = None
) -> Generator[pa.Table, None, None]:
    """Reads the rows in a thread of its own, some pieces ahead.

    Args:
        table: The file.
        kinds: What each column holds; without it, all cells are read as
            texts.

    Yields:
        Tables of a few megabytes; missing cells are null.

    Raises:
        BadDataError: The file is not CSV.
        OtherKindError: A cell is not of its column's kind.
    """
    for batch in _ahead(_batches(table, kinds)):
        piece = pa.Table.from_batches([batch])
        yield piece if kinds is None else _with_times(piece, kinds)


def read_texts(table: SourceTable, lines: bytes) -> pa.Table:
    """Reads some whole lines of a file.

    Args:
        table: The file.
        lines: The lines.

    Returns:
        Their cells as texts; missing ones are null.

    Raises:
        BadDataError: They are not CSV.
    """
    try:
        text = BytesIO(_as_utf_8(lines, table.inspection.encoding))
    except UnicodeDecodeError:
        raise _explained(table) from None
    return pa.Table.from_batches(_read(table, text, None))


def joined(pieces: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Joins pieces, for each column of one costs time and memory.

    Args:
        pieces: Tables with the same columns.

    Yields:
        Fewer tables with the same rows.
    """
    stretch: list[pa.Table] = []
    for piece in pieces:
        stretch.append(piece)
        if len(stretch) == PIECES_AT_ONCE:
            table = pa.concat_tables(stretch).combine_chunks()
            stretch.clear()
            yield table
    if stretch:
        yield pa.concat_tables(stretch)


class _MarkedRows:
    """The rows of a file, with a row without any value appended.

    Where that row does not come out of the reader as the last one, a
    quotation mark is still open. It also makes sure that there is a row.

    pyarrow reads up to 32 blocks ahead, however large; this returns
    only as many as are needed: some ahead, and one more from then on
    whenever a batch has been waited for in vain.
    """

    def __init__(
        self, file: BufferedReader, encoding: str, rest: int, row: bytes
    ) -> None:
        self._file = file
        self._encoding = encoding
        self._rest = rest
        self._mark = b"\n" + row + b"\n"
        self._ahead = 0
        self._most_ahead = BLOCKS_AHEAD
        self._awaited = False
        self._changed = Condition()
        self.closed = False

    def read(self, size: int) -> pa.Buffer | bytes:
        """Reads on, when it is time; the row comes with the last bytes."""
        self._wait_for_need()
        if self.closed:
            return b""
        if self._encoding != UTF_8:
            size //= MOST_UTF_8_BYTES
        block = pa.allocate_buffer(min(size, self._rest), resizable=True)
        block.resize(self._file.readinto(block))
        block = self._before_carriage_return(block)
        self._rest -= block.size
        if self._rest and block.size:
            return _as_utf_8(block, self._encoding)
        last = bytes(_as_utf_8(block, self._encoding)) + self._mark
        self._rest, self._mark = 0, b""
        return last

    def _before_carriage_return(self, block: pa.Buffer) -> pa.Buffer:
        """Leaves a CR at a block's end to the next one.

        pyarrow takes the LF after it for the rest of a line end, also where
        both stand in a quoted cell (apache/arrow#51368).
        """
        end = block.size
        last = CARRIAGE_RETURN[0]
        if end == self._rest or end <= 1 or block[end - 1] != last:
            return block
        self._file.seek(-1, os.SEEK_CUR)
        return block.slice(0, end - 1)

    def await_batch(
        self, batches: Iterator[pa.RecordBatch]
    ) -> pa.RecordBatch | None:
        """Takes what is made of a block, after which one more is needed."""
        self._awaited = True
        try:
            return next(batches, None)
        finally:
            with self._changed:
                self._awaited = False
                self._ahead -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Ends the reading, also where it is waiting."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def _wait_for_need(self) -> None:
        with self._changed:
            while self._ahead >= self._most_ahead and not self.closed:
                notified = self._changed.wait(LONGEST_WAIT_SECONDS)
                if self._awaited and not notified:
                    self._most_ahead += 1
            self._ahead += 1


def _batches(
    table: SourceTable, kinds: Sequence[Kind] | None
) -> Iterator[pa.RecordBatch]:
    mark = table.rules.separator.join([_MISSING_WORD] * table.columns)
    held: pa.RecordBatch | None = None
    with table.source.open("rb") as file:
        begin = _first_row(file, table.header.offset)
        rest = table.inspection.size - begin
        rows = _MarkedRows(
            file, table.inspection.encoding, rest, mark.encode()
        )
        with closing(rows):
            batches = _read(table, rows, kinds)
            while (batch := rows.await_batch(batches)) is not None:
                if held is not None and batch.num_rows:
                    yield held
                held = batch if batch.num_rows else held
    yield _without_mark(held, table)


def _first_row(file: BinaryIO, begin: int) -> int:
    """Skips empty lines, from which the reader would make no batch."""
    file.seek(begin)
    while (byte := file.read(1)) and byte in _LINE_ENDS:
        begin += 1
    file.seek(begin)
    return begin


def _as_utf_8(text: pa.Buffer | bytes, encoding: str) -> pa.Buffer | bytes:
    """Encodes text anew, where each character was one byte."""
    return text if encoding == UTF_8 else str(text, encoding).encode()


def _without_mark(
    batch: pa.RecordBatch | None, table: SourceTable
) -> pa.RecordBatch:
    if batch is not None:
        last = batch.slice(batch.num_rows - 1)
        if all(column.null_count for column in last.columns):
            return batch.slice(0, batch.num_rows - 1)
    raise _explained(table)


def _read(
    table: SourceTable,
    stream: BytesIO | _MarkedRows,
    kinds: Sequence[Kind] | None,
) -> Iterator[pa.RecordBatch]:
    """Yields what pyarrow makes of each block."""
    labels = [str(place) for place in range(table.columns)]
    file = pa.PythonFile(stream, mode="r")
    try:
        reader = pa.csv.open_csv(
            file,
            pa.csv.ReadOptions(
                use_threads=False,
                block_size=LONGEST_ROW_BYTES,
                column_names=labels,
            ),
            _parse_options(table),
            _convert_options(table, labels, kinds),
        )
        yield from reader
    except pa.ArrowInvalid as error:
        raise _translated(error, table) from None
    except UnicodeDecodeError:
        raise _explained(table) from None


def _parse_options(table: SourceTable) -> pa.csv.ParseOptions:
    return pa.csv.ParseOptions(
        delimiter=table.rules.separator,
        quote_char='"' if table.inspection.quoted else False,
        newlines_in_values=not table.inspection.rows_are_lines,
    )


def _convert_options(
    table: SourceTable, labels: Sequence[str], kinds: Sequence[Kind] | None
) -> pa.csv.ConvertOptions:
    types = (
        [pa.string()] * len(labels)
        if kinds is None
        else [READING_TYPES[kind] for kind in kinds]
    )
    return pa.csv.ConvertOptions(
        column_types=dict(zip(labels, types, strict=True)),
        null_values=MISSING,
        true_values=TRUE_WORDS,
        false_values=FALSE_WORDS,
        strings_can_be_null=True,
        decimal_point=table.rules.decimal,
    )


def _translated(error: pa.ArrowInvalid, table: SourceTable) -> Exception:
    """Distinguishes pyarrow's errors by their words, the only difference."""
    words = str(error)
    if "conversion error" in words:
        return OtherKindError()
    if "straddling" in words and table.inspection.rows_are_lines:
        return too_long()
    return _explained(table)


def _explained(table: SourceTable) -> BadDataError:
    return explain(
        table.source, table.inspection.encoding, table.header, table.rules
    )


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Reads in another thread, a bounded number of batches ahead."""
    with ThreadPoolExecutor(1, "read") as thread:
        take = partial(next, batches, None)
        coming = deque(thread.submit(take) for _ in range(PIECES_AHEAD))
        while (batch := coming.popleft().result()) is not None:
            coming.append(thread.submit(take))
            yield batch


def _with_times(piece: pa.Table, kinds: Sequence[Kind]) -> pa.Table:
    """Reads dates and times, and gives empty columns their type."""
    for place, kind in enumerate(kinds):
        if kind in (Kind.DATE, Kind.TIME):
            column = times_of(piece.column(place), kind)
            if column is None:
                raise OtherKindError
        elif kind is Kind.EMPTY:
            column = piece.column(place).cast(PARQUET_TYPES[kind])
        else:
            continue
        piece = piece.set_column(place, str(place), column)
    return piece
