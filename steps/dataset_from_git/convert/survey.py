"""Finding what the columns of a file hold."""

from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from steps.dataset_from_git.convert.kinds import ColumnKind, Kind
from steps.dataset_from_git.convert.memory import release_memory
from steps.dataset_from_git.convert.rows import (
    joined,
    read_pieces,
    read_texts,
)
from steps.dataset_from_git.convert.source_table import SourceTable

SAMPLE_PLACES = 16
SAMPLE_BYTES = 64 << 10
THREADS = 2


def survey(table: SourceTable) -> list[Kind]:
    """Reads all cells of a file to find what its columns hold.

    Args:
        table: The file.

    Returns:
        The kind of each column.

    Raises:
        BadDataError: The file is not CSV.
    """
    columns = _unseen(table)
    with ThreadPoolExecutor(THREADS) as threads:
        for stretch in joined(read_pieces(table)):
            for _ in threads.map(_observe, columns, stretch.columns):
                pass
    release_memory()
    return [column.kind for column in columns]


def sample(table: SourceTable) -> list[Kind]:
    """Reads some lines, from all over a file in which lines are rows.

    Args:
        table: The file.

    Returns:
        The kind of each column, as far as these lines show: the whole file
        may need a wider one, but no narrower one.

    Raises:
        BadDataError: The lines are not CSV.
    """
    lines = _sampled_lines(table)
    if not lines.strip():
        return [Kind.EMPTY] * table.columns
    columns = _unseen(table)
    # So few lines are seen before a second thread has begun.
    for column, cells in zip(
        columns, read_texts(table, lines).columns, strict=True
    ):
        _observe(column, cells)
    release_memory()
    return [column.kind for column in columns]


def _unseen(table: SourceTable) -> list[ColumnKind]:
    return [ColumnKind(table.rules.decimal) for _ in range(table.columns)]


def _observe(column: ColumnKind, cells: pa.ChunkedArray) -> None:
    column.observe(cells.combine_chunks())


def _sampled_lines(table: SourceTable) -> bytes:
    begin = table.header.offset
    size = table.inspection.size - begin
    with table.source.open("rb") as file:
        if size <= SAMPLE_PLACES * SAMPLE_BYTES:
            file.seek(begin)
            return file.read()
        step = (size - SAMPLE_BYTES) // (SAMPLE_PLACES - 1)
        lines: list[bytes] = []
        for place in range(SAMPLE_PLACES):
            file.seek(begin + place * step)
            found = file.read(SAMPLE_BYTES).splitlines(keepends=True)
            lines.extend(found[1:-1])
        return b"".join(lines)
