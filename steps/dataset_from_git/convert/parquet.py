"""Writing Parquet as analysts expect it."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pyarrow as pa
import pyarrow.parquet

from steps.dataset_from_git.convert.files import HashedFile
from steps.dataset_from_git.convert.kinds import PARQUET_TYPES, Kind
from steps.dataset_from_git.convert.memory import release_memory
from steps.dataset_from_git.convert.rows import joined

COMPRESSION = "zstd"
SMALLEST_GROUP_BYTES = 32 << 20
LARGEST_GROUP_BYTES = 44 << 20
GROUPS = 24
"""The file's own index of its row groups and columns stays in memory."""
FIRST_SHARE = 4
"""The first group is this much smaller, so that writing begins early."""
MOST_HELD_BYTES = 64 << 20
"""One group is written while the next one is gathered, where both fit."""


def write_parquet(
    pieces: Iterable[pa.Table],
    names: Sequence[str],
    kinds: Sequence[Kind],
    target: HashedFile,
    expected_bytes: int,
) -> int:
    """Writes a table.

    Args:
        pieces: Its rows, each column of its kind's type.
        names: The columns' names, each once.
        kinds: What the columns hold.
        target: The file.
        expected_bytes: About how much the rows will take in memory.

    Returns:
        How many rows there were.
    """
    schema = pa.schema(
        (name, PARQUET_TYPES[kind])
        for name, kind in zip(names, kinds, strict=True)
    )
    texts = [
        name
        for name, kind in zip(names, kinds, strict=True)
        if kind is Kind.TEXT
    ]
    most = group_bytes(expected_bytes)
    overlap = 2 * most <= MOST_HELD_BYTES
    writing: list[Future[int]] = []
    rows = 0
    with (
        pa.parquet.ParquetWriter(
            target,
            schema,
            compression=COMPRESSION,
            use_dictionary=texts or False,
            store_schema=False,
        ) as writer,
        ThreadPoolExecutor(1, "write") as thread,
    ):
        for group in _groups(pieces, most):
            rows += sum(future.result() for future in writing)
            writing = [thread.submit(_write_group, writer, group, names)]
            if not overlap:
                wait(writing)
        rows += sum(future.result() for future in writing)
    return rows


def _groups(pieces: Iterable[pa.Table], most: int) -> Iterator[list[pa.Table]]:
    """Gathers pieces into groups, which their taker empties."""
    group: list[pa.Table] = []
    size = 0
    wanted = most // FIRST_SHARE
    for piece in joined(pieces):
        group.append(piece)
        size += piece.nbytes
        if size >= wanted:
            yield group
            group, size, wanted = [], 0, most
    if group:
        yield group


def group_bytes(expected_bytes: int) -> int:
    """Chooses how much a row group holds, before it is compressed.

    Args:
        expected_bytes: About how much the whole table takes in memory.

    Returns:
        From 32 to 44 MiB.
    """
    wanted = expected_bytes // GROUPS
    return max(SMALLEST_GROUP_BYTES, min(LARGEST_GROUP_BYTES, wanted))


def _write_group(
    writer: pa.parquet.ParquetWriter,
    pieces: list[pa.Table],
    names: Sequence[str],
) -> int:
    """Writes a row group; empties the list, so that memory is free again."""
    group = pa.concat_tables(pieces).rename_columns(list(names))
    pieces.clear()
    if group.num_rows:
        writer.write_table(group, row_group_size=group.num_rows)
    rows: int = group.num_rows
    del group
    release_memory()
    return rows
