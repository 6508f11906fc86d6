"""Columns of a CSV file, read when they are needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.layout import Layout
from steps.tabular.dialect import Alterations
from steps.tabular.reader import LEAVE_OUT, read_rows
from steps.tabular.text_column import TextColumn

MOST_ROWS = 2_000_000
SAMPLE_ROWS = 200


@dataclass(frozen=True)
class Columns:
    """The columns of a CSV file.

    Attributes:
        file: The file.
        layout: How it is laid out.
        alterations: Rows that were altered when columns were read.
    """

    file: Path
    layout: Layout
    alterations: Alterations = field(default_factory=Alterations)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return self.layout.columns

    @property
    def separator(self) -> str:
        """What stands between cells."""
        return self.layout.separator

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was assumed and altered in reading, as sentences."""
        return (*self.layout.dialect.remarks, *self.alterations.sentences())

    def sample(self) -> list[list[str]]:
        """Returns cells of each column, from the first rows."""
        rows = read_rows(
            self.file, self.layout.dialect, LEAVE_OUT, Alterations()
        )
        first = list(islice(rows, SAMPLE_ROWS))
        return [
            [row[index].strip() for row in first]
            for index in range(len(self.names))
        ]

    def read(self, wanted: Sequence[int]) -> list[TextColumn]:
        """Reads whole columns, in one pass.

        Args:
            wanted: Indices of the columns.

        Returns:
            Their cells.

        Raises:
            BadDataError: The file has no rows or too many, or a row cannot
                be read.
        """
        found = [TextColumn() for _ in wanted]
        alterations = Alterations()
        rows = read_rows(
            self.file, self.layout.dialect, LEAVE_OUT, alterations
        )
        filled = (row for row in rows if any(map(str.strip, row)))
        count = 0
        for count, row in enumerate(filled, 1):
            if count > MOST_ROWS:
                continue
            for index, cells in zip(wanted, found, strict=True):
                cells.append(row[index])
        if not found[0]:
            raise BadDataError(
                "The file is empty: it has a header but no rows."
            )
        if count > MOST_ROWS:
            raise BadDataError(
                f"The file has {count:,} rows; at most {MOST_ROWS:,} can be "
                "analysed in an hour. Upload a part of it, or a coarser "
                "series."
            )
        self.alterations.counts.update(alterations.counts)
        self.alterations.examples.update(alterations.examples)
        return found
