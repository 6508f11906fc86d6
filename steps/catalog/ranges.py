"""Batches of sorted names, as small as two names each."""

import math
from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from steps.contract.batches import (
    LARGEST_ARGUMENT_BYTES,
    MOST_BATCHES,
    Batch,
    batches,
    largest_report,
)
from steps.contract.wire import label_for


class Range(BaseModel):
    """The names of one batch.

    Attributes:
        first: The first name.
        last: The last name.
        count: How many there were when they were listed.
        report_bytes: How long the batch's report may be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: str
    last: str
    count: int
    report_bytes: int

    def of(self, names: Iterable[str]) -> list[str]:
        """Picks the batch's names out of a newer list.

        Args:
            names: All names that take part.

        Returns:
            Those within the range, in order.
        """
        return sorted(
            name for name in names if self.first <= name <= self.last
        )


def make_batches(
    names: Sequence[str], *, size: int, slots: int
) -> list[Batch]:
    """Cuts names into batches.

    Where there would be too many batches, or they would be too long for
    an argument, they get larger.

    Args:
        names: The names, sorted.
        size: How many names a batch has at least.
        slots: How many batches may run at a time.

    Returns:
        The batches.
    """
    size = max(size, math.ceil(len(names) / MOST_BATCHES))
    while True:
        ranges = list(_cut(names, size))
        contents = [one.model_dump_json() for one in ranges]
        if len(ranges) <= 1 or _wire_size(contents) < LARGEST_ARGUMENT_BYTES:
            return batches(contents, map(_label, ranges), slots=slots)
        size *= 2


def _cut(names: Sequence[str], size: int) -> Iterator[Range]:
    starts = range(0, len(names), size)
    for start in starts:
        some = names[start : start + size]
        yield Range(
            first=some[0],
            last=some[-1],
            count=len(some),
            report_bytes=largest_report(len(starts)),
        )


def _wire_size(contents: Iterable[str]) -> int:
    batched = (
        Batch(
            number=MOST_BATCHES,
            slot=MOST_BATCHES,
            about="x" * 63,
            content=content,
        )
        for content in contents
    )
    return sum(len(batch.model_dump_json()) + 1 for batch in batched)


def _label(names: Range) -> str:
    return label_for(f"{names.first[:28]} - {names.last[:28]}")
