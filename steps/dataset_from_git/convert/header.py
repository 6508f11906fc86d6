"""The header of a CSV file, and where its rows begin."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from steps.contract.errors import BadDataError
from steps.dataset_from_git.convert.fields import long_fields
from steps.dataset_from_git.convert.inspection import (
    LONGEST_ROW_BYTES,
    Inspection,
    too_long,
)
from steps.dataset_from_git.convert.reading_rules import StrictRules
from steps.tabular.dialect import same_name


@dataclass(frozen=True)
class Header:
    """The first record of a file.

    Attributes:
        written: The columns' names as the file has them.
        names: The same, each once and none empty.
        lines: How many lines there are up to its end, skipped ones included.
        offset: At which byte the rows begin.
    """

    written: tuple[str, ...]
    names: tuple[str, ...]
    lines: int
    offset: int

    @property
    def renamed(self) -> dict[str, str]:
        """The columns that had to be renamed: new name to written name."""
        return {
            name: written
            for name, written in zip(self.names, self.written, strict=True)
            if name != written
        }

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence about the columns that had to be renamed."""
        if not self.renamed:
            return ()
        name, written = next(iter(self.renamed.items()))
        columns = len(self.renamed)
        return (
            (
                f"{columns:,} column{'s' * (columns > 1)} had an empty name, "
                "or one that occurs before; Parquet has another: "
                f"{name!r} for {written!r}."
            ),
        )


def read_header(
    source: Path, inspection: Inspection, rules: StrictRules
) -> Header:
    """Reads the header.

    Args:
        source: The file.
        inspection: The inspection of its bytes.
        rules: How it is read.

    Returns:
        The header.

    Raises:
        BadDataError: There is none, or it cannot be read.
    """
    with source.open("rb") as file:
        file.seek(inspection.mark_bytes)
        head = file.read(LONGEST_ROW_BYTES)
    lines = head.splitlines(keepends=True)
    reader = csv.reader(
        _decoded(lines[rules.skip_lines :], inspection.encoding),
        delimiter=rules.separator,
    )
    try:
        with long_fields():
            written = next((tuple(row) for row in reader if row), None)
    except csv.Error as error:
        raise BadDataError(f"The header cannot be read: {error}.") from None
    if written is None:
        raise BadDataError(
            f"The file has no header: after {rules.skip_lines} skipped lines "
            "nothing is left."
        )
    count = rules.skip_lines + reader.line_num
    offset = inspection.mark_bytes + sum(map(len, lines[:count]))
    if count == len(lines) and offset < inspection.size:
        raise too_long()
    return Header(written, unique_names(written), count, offset)


def unique_names(written: Sequence[str]) -> tuple[str, ...]:
    """Names columns so that each name occurs once, as pandas does.

    Args:
        written: The names in the file.

    Returns:
        The names. A repeated one gets the first of ``.1``, ``.2``, … that
        makes it new; an empty one becomes ``Unnamed: 3``, counted from 0.
        Names are the same that differ only in their Unicode form or blanks.
    """
    filled = [
        name or f"Unnamed: {place}" for place, name in enumerate(written)
    ]
    taken = set(map(same_name, filled))
    counts: Counter[str] = Counter()
    names: list[str] = []
    for name in filled:
        same = same_name(name)
        counts[same] += 1
        free = name
        while counts[same] > 1 and same_name(free) in taken:
            free = f"{name}.{counts[same] - 1}"
            counts[same] += same_name(free) in taken
        taken.add(same_name(free))
        names.append(free)
    return tuple(names)


def _decoded(lines: Sequence[bytes], encoding: str) -> Iterator[str]:
    for line in lines:
        try:
            yield line.decode(encoding)
        except UnicodeDecodeError:
            raise BadDataError(
                "The header is neither UTF-8 nor Windows-1252 text."
            ) from None
