"""Writing normalised CSV: UTF-8, commas, points, one header, line feeds."""

import csv
import io
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from steps.dataset_from_git.convert.files import HashedFile
from steps.dataset_from_git.convert.kinds import Kind, with_point

SEPARATOR = ","
LINE_END = "\n"
_QUOTE = '"'
_NEEDS_QUOTES = '[",\r\n]'
_NUMBERS = frozenset({Kind.WHOLE, Kind.NUMBER})


def write_csv(
    pieces: Iterable[pa.Table],
    names: Sequence[str],
    kinds: Sequence[Kind],
    decimal: str,
    target: HashedFile,
) -> None:
    """Writes a table of texts, each as it was but for decimal signs.

    Args:
        pieces: The rows, all cells texts; null where a value is missing.
        names: The columns' names, as they are to be written.
        kinds: What the columns hold.
        decimal: The decimal sign in ``pieces``.
        target: The file.
    """
    target.write(_header(names).encode())
    for piece in pieces:
        if piece.num_rows:
            target.write(_lines(piece, kinds, decimal))


def _header(names: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator=LINE_END).writerow(names)
    return text.getvalue()


def _lines(piece: pa.Table, kinds: Sequence[Kind], decimal: str) -> pa.Buffer:
    missing = "" if len(kinds) > 1 else _QUOTE * 2
    fields = [
        _field(column.combine_chunks(), kind, decimal).fill_null(missing)
        for column, kind in zip(piece.columns, kinds, strict=True)
    ]
    ended = pc.binary_join_element_wise(fields.pop(), "", LINE_END)
    lines = pc.binary_join_element_wise(*fields, ended, SEPARATOR)
    size = pc.sum(pc.binary_length(lines)).as_py()
    _, _, data = lines.buffers()
    return data[:size]


def _field(cells: pa.Array, kind: Kind, decimal: str) -> pa.Array:
    if kind in _NUMBERS:
        return with_point(cells, decimal)
    special = pc.match_substring_regex(cells, _NEEDS_QUOTES)
    if not pc.any(special).as_py():
        return cells
    doubled = pc.replace_substring(cells, _QUOTE, _QUOTE * 2)
    quoted = pc.binary_join_element_wise(_QUOTE, doubled, _QUOTE, "")
    return pc.if_else(special, quoted, cells)
