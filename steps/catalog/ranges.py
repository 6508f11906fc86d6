"""Portions of sorted names, as small as two names each."""

import math
from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from steps.contract.portions import (
    LARGEST_ARGUMENT_BYTES,
    MOST_PORTIONS,
    Portion,
    largest_report,
    portions,
)
from steps.contract.wire import label_for


class Range(BaseModel):
    """The names of one portion.

    Attributes:
        first: The first name.
        last: The last name.
        count: How many there were when they were listed.
        report_bytes: How long the portion's report may be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: str
    last: str
    count: int
    report_bytes: int

    def of(self, names: Iterable[str]) -> list[str]:
        """Picks the portion's names out of a newer list.

        Args:
            names: All names that take part.

        Returns:
            Those within the range, in order.
        """
        return sorted(
            name for name in names if self.first <= name <= self.last
        )


def deal(names: Sequence[str], *, size: int, lanes: int) -> list[Portion]:
    """Cuts names into portions.

    Where there would be too many portions, or they would be too long to hand
    out, they get larger.

    Args:
        names: The names, sorted.
        size: How many names a portion has at least.
        lanes: How many portions may run at a time.

    Returns:
        The portions.
    """
    size = max(size, math.ceil(len(names) / MOST_PORTIONS))
    while True:
        ranges = list(_cut(names, size))
        contents = [one.model_dump_json() for one in ranges]
        if len(ranges) <= 1 or _wire_size(contents) < LARGEST_ARGUMENT_BYTES:
            return portions(contents, map(_label, ranges), lanes=lanes)
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
    dealt = (
        Portion(
            number=MOST_PORTIONS,
            lane=MOST_PORTIONS,
            label="x" * 63,
            content=content,
        )
        for content in contents
    )
    return sum(len(portion.model_dump_json()) + 1 for portion in dealt)


def _label(names: Range) -> str:
    return label_for(f"{names.first[:28]} - {names.last[:28]}")
