"""The z-normalised windows of a series, in blocks of bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

BLOCK_VALUES = 1 << 20
EXCLUSION_DIVISOR = 4


@dataclass(frozen=True, eq=False)
class Windows:
    """All windows of one length of a series.

    Attributes:
        values: The series, centred; NaN where a value is missing.
        length: Samples in a window.
    """

    values: Floats
    length: int

    @property
    def count(self) -> int:
        """How many windows there are."""
        return self.values.size - self.length + 1

    @property
    def exclusion(self) -> int:
        """Windows no further apart than this are trivial matches."""
        return -(-self.length // EXCLUSION_DIVISOR)

    @property
    def block(self) -> int:
        """How many windows to hold in memory at once."""
        return max(1, BLOCK_VALUES // self.length)

    @cached_property
    def complete(self) -> Booleans:
        """Which windows have no missing value."""
        return self._windows_without(np.isnan(self.values), self.length)

    @cached_property
    def constant(self) -> Booleans:
        """Which complete windows hold one value only."""
        changes = self.values[1:] != self.values[:-1]
        same = self._windows_without(changes, self.length - 1)
        constant: Booleans = same & self.complete
        return constant

    @cached_property
    def ordinary(self) -> Booleans:
        """Which windows are complete and not constant."""
        return self.complete & ~self.constant

    @cached_property
    def spread(self) -> Floats:
        """The norm of each centred window; NaN where a value is missing."""
        found = np.empty(self.count)
        for starts in self.blocks(np.arange(self.count)):
            rows = self._rows(starts)
            centred = rows - rows.mean(axis=1, keepdims=True)
            found[starts] = np.linalg.norm(centred, axis=1)
        return found

    @cached_property
    def largest(self) -> Floats:
        """The largest absolute value of each window."""
        found = np.empty(self.count)
        for starts in self.blocks(np.arange(self.count)):
            found[starts] = np.abs(self._rows(starts)).max(axis=1)
        return found

    def _rows(self, starts: Integers) -> Floats:
        return sliding_window_view(self.values, self.length)[starts]

    @staticmethod
    def _windows_without(marks: Booleans, length: int) -> Booleans:
        before = np.concatenate(([0], np.cumsum(marks)))
        without: Booleans = before[length:] == before[:-length]
        return without

    def normalised(self, starts: Integers) -> Floats:
        """Centres windows and scales them to unit length.

        Args:
            starts: Where the windows start; none of them constant or with
                a missing value.

        Returns:
            One window a row; the inner product of two rows is their
            Pearson correlation.
        """
        rows = self._rows(starts)
        centred: Floats = rows - rows.mean(axis=1, keepdims=True)
        centred /= np.linalg.norm(centred, axis=1, keepdims=True)
        return centred

    def blocks(self, starts: Integers) -> Iterator[Integers]:
        """Splits window starts into blocks that fit into memory.

        Args:
            starts: Where the windows start.

        Yields:
            The next starts.
        """
        for first in range(0, starts.size, self.block):
            yield starts[first : first + self.block]

    def distances(self, starts: Integers, others: Integers) -> Floats:
        """Computes the z-normalised Euclidean distances of pairs.

        Args:
            starts: Where the first windows of the pairs start.
            others: Where the second ones start.

        Returns:
            One distance a pair, in units of the standard deviation.
        """
        lengths = np.empty(starts.size)
        for first in range(0, starts.size, self.block):
            part = slice(first, first + self.block)
            difference = self.normalised(starts[part]) - self.normalised(
                others[part]
            )
            lengths[part] = np.linalg.norm(difference, axis=1)
        return lengths * float(np.sqrt(self.length))

    def distance_of(self, correlations: Floats) -> Floats:
        """Converts correlations of windows to their distances.

        Args:
            correlations: Pearson correlations; -inf where there is none.

        Returns:
            z-normalised Euclidean distances.
        """
        squares = 2 * self.length * (1 - correlations)
        distances: Floats = np.sqrt(np.maximum(squares, 0))
        return distances
