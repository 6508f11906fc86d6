"""Choosing one of several series in a file by the rows' other columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.windows import Floats

BETWEEN_CONDITIONS = ";"
APART_ENOUGH = 0.99
FEWEST_ROWS_EACH = 4


@dataclass(frozen=True)
class RowFilter:
    """Conditions that rows have to meet.

    Attributes:
        conditions: Columns with the value that each has to have.
    """

    MOST_COLUMNS: ClassVar[int] = 40
    MOST_VALUES: ClassVar[int] = 60
    VALUES_SHOWN: ClassVar[int] = 8

    conditions: tuple[tuple[int, str], ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, names: Sequence[str]) -> "RowFilter":
        """Reads conditions such as ``meter=A`` or ``meter=A;tariff=HT``.

        Args:
            text: The conditions.
            names: Names of the table's columns.

        Returns:
            The conditions.

        Raises:
            BadDataError: A condition names no column.
        """
        parts = [part for part in text.split(BETWEEN_CONDITIONS) if part]
        return cls(
            tuple(cls._condition(part, names) for part in parts),
            tuple(names),
        )

    @staticmethod
    def _condition(text: str, names: Sequence[str]) -> tuple[int, str]:
        place = text.find("=")
        while place >= 0:
            name = text[:place].strip()
            if name in names:
                return names.index(name), text[place + 1 :].strip()
            place = text.find("=", place + 1)
        raise BadDataError(
            f"The condition {text!r} of the parameter where names no column "
            "of the file. Write it as column=value; the columns are "
            f"{', '.join(map(repr, names[:60]))}."
        )

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns that conditions look at."""
        return tuple(column for column, _ in self.conditions)

    def rows(
        self, cells: Mapping[int, Sequence[str]]
    ) -> NDArray[np.int64] | None:
        """Finds the rows that meet all conditions.

        Args:
            cells: Cells of the columns, by index.

        Returns:
            Their numbers; None where there are no conditions.

        Raises:
            BadDataError: No row meets them.
        """
        fits: NDArray[np.bool_] | None = None
        for column, value in self.conditions:
            same = np.fromiter(
                (cell == value for cell in cells[column]),
                np.bool_,
                len(cells[column]),
            )
            if not same.any():
                raise self._without(column, value, cells[column])
            fits = same if fits is None else fits & same
        if fits is None:
            return None
        if not fits.any():
            raise BadDataError(
                "No row meets all conditions of the parameter where."
            )
        return np.flatnonzero(fits)

    def _without(
        self, column: int, value: str, cells: Sequence[str]
    ) -> BadDataError:
        values = list(dict.fromkeys(cells))
        more = ", …" * (len(values) > self.VALUES_SHOWN)
        shown = ", ".join(map(repr, values[: self.VALUES_SHOWN]))
        return BadDataError(
            f"No row has {value!r} in the column {self.names[column]!r}, as "
            f"the parameter where demands. Its values are {shown}{more}."
        )

    @classmethod
    def may_distinguish(cls, sample: Sequence[str]) -> bool:
        """Decides whether a column may name the series of a row."""
        values = {cell for cell in sample if cell}
        return 0 < len(values) <= cls.MOST_VALUES


def series_columns(
    times: Floats, columns: Sequence[Sequence[str]]
) -> tuple[int, ...]:
    """Finds the columns that distinguish rows of the same time.

    Args:
        times: The rows' times, NaN where there is none.
        columns: Cells of the columns to choose from.

    Returns:
        Indices of one or two columns with the fewest different values;
        nothing where none distinguishes the rows.
    """
    known = np.isfinite(times)
    moments = np.unique(times[known], return_inverse=True)[1]
    codes = [_codes(cells, known) for cells in columns]
    counts = [int(code.max(initial=0)) + 1 for code in codes]
    most = moments.size // FEWEST_ROWS_EACH
    useful = [index for index, count in enumerate(counts) if 1 < count <= most]
    for size in (1, 2):
        found = [
            group
            for group in combinations(useful, size)
            if _apart(moments, [codes[each] for each in group])
        ]
        if found:
            return min(
                found,
                key=lambda group: np.prod([counts[each] for each in group]),
            )
    return ()


def _codes(
    cells: Sequence[str], known: NDArray[np.bool_]
) -> NDArray[np.int64]:
    values: dict[str, int] = {}
    codes = np.fromiter(
        (values.setdefault(cell, len(values)) for cell in cells),
        np.int64,
        len(cells),
    )
    return codes[known]


def _apart(
    moments: NDArray[np.int64], codes: Sequence[NDArray[np.int64]]
) -> bool:
    keys = moments.astype(np.int64)
    for code in codes:
        keys = keys * (int(code.max(initial=0)) + 1) + code
    return np.unique(keys).size >= APART_ENOUGH * keys.size
