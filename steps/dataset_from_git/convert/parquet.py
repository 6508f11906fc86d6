"""Writing Parquet as analysts expect it."""

from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.parquet

from steps.dataset_from_git.convert.files import HashedFile
from steps.dataset_from_git.convert.kinds import PARQUET_TYPES, Kind

COMPRESSION = "zstd"
SMALLEST_GROUP_BYTES = 32 << 20
LARGEST_GROUP_BYTES = 64 << 20
GROUPS = 32
"""The file's own index of its row groups and columns stays in memory."""


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
    rows = 0
    with pa.parquet.ParquetWriter(
        target,
        schema,
        compression=COMPRESSION,
        use_dictionary=texts or False,
        store_schema=False,
    ) as writer:
        for group in _groups(pieces, group_bytes(expected_bytes)):
            writer.write_table(
                group.rename_columns(list(names)),
                row_group_size=max(1, group.num_rows),
            )
            rows += group.num_rows
    return rows


def group_bytes(expected_bytes: int) -> int:
    """Chooses how much a row group holds, before it is compressed.

    Args:
        expected_bytes: About how much the whole table takes in memory.

    Returns:
        From 32 to 64 MiB.
    """
    wanted = expected_bytes // GROUPS
    return max(SMALLEST_GROUP_BYTES, min(LARGEST_GROUP_BYTES, wanted))


def _groups(pieces: Iterable[pa.Table], most: int) -> Iterable[pa.Table]:
    group: list[pa.Table] = []
    size = 0
    for piece in pieces:
        group.append(piece)
        size += piece.nbytes
        if size >= most:
            yield pa.concat_tables(group)
            group, size = [], 0
    if group:
        yield pa.concat_tables(group)
