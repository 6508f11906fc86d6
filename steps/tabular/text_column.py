"""A long column of text in little memory."""

from collections.abc import Iterator, Sequence
from typing import overload

CHUNK_CELLS = 1 << 13
BETWEEN = "\n"


class TextColumn(Sequence[str]):
    """Cells of one column, joined in chunks.

    Cells are stripped, and line breaks in them become spaces.
    """

    def __init__(self, cells: Sequence[str] = ()) -> None:
        """Makes a column.

        Args:
            cells: Its first cells.
        """
        self._chunks: list[str] = []
        self._open: list[str] = []
        self._split: tuple[int, list[str]] = (-1, [])
        for cell in cells:
            self.append(cell)

    def append(self, cell: str) -> None:
        """Adds a cell at the end."""
        text = cell.strip()
        if BETWEEN in text:
            text = text.replace(BETWEEN, " ")
        self._open.append(text)
        if len(self._open) == CHUNK_CELLS:
            self._chunks.append(BETWEEN.join(self._open))
            self._open.clear()

    def __len__(self) -> int:
        """Returns the number of cells."""
        return len(self._chunks) * CHUNK_CELLS + len(self._open)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        """Returns a cell, or a list of cells."""
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                return self._range(start, stop)
            return [self[each] for each in range(start, stop, step)]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        chunk, place = divmod(index, CHUNK_CELLS)
        return self._cells(chunk)[place]

    def __iter__(self) -> Iterator[str]:
        """Yields each cell."""
        for chunk in self._chunks:
            yield from chunk.split(BETWEEN)
        yield from self._open

    def _range(self, start: int, stop: int) -> list[str]:
        found: list[str] = []
        while start < stop:
            chunk, place = divmod(start, CHUNK_CELLS)
            cells = self._cells(chunk)[place : place + stop - start]
            found += cells
            start += len(cells)
        return found

    def _cells(self, chunk: int) -> list[str]:
        if chunk == len(self._chunks):
            return self._open
        if self._split[0] != chunk:
            self._split = (chunk, self._chunks[chunk].split(BETWEEN))
        return self._split[1]
