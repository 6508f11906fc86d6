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
    """
    filled = [
        name or f"Unnamed: {place}" for place, name in enumerate(written)
    ]
    taken = set(filled)
    counts: Counter[str] = Counter()
    names: list[str] = []
    for name in filled:
        counts[name] += 1
        if counts[name] == 1:
            names.append(name)
            continue
        names.append(_free_name(name, counts, taken))
    return tuple(names)


def _free_name(name: str, counts: Counter[str], taken: set[str]) -> str:
    while (free := f"{name}.{counts[name] - 1}") in taken:
        counts[name] += 1
    taken.add(free)
    return free


def _decoded(lines: Sequence[bytes], encoding: str) -> Iterator[str]:
    for line in lines:
        try:
            yield line.decode(encoding)
        except UnicodeDecodeError:
            raise BadDataError(
                "The header is neither UTF-8 nor Windows-1252 text."
            ) from None
