"""What has come of items, in words that travel."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

REASON_LENGTHS = (400, 160, 60, 0)
ELLIPSIS = "…"


class End(StrEnum):
    """How it went with an item.

    Attributes:
        MADE: It was made now.
        THERE: It was there already.
        FAILED: It is tried again later, or set aside.
        LEFT: It was not tried.
    """

    MADE = "made"
    THERE = "there"
    FAILED = "failed"
    LEFT = "left"


class Finding(BaseModel):
    """What has come of an item.

    Attributes:
        item: Its exact key.
        end: How it went.
        reason: Why, where it is not done.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    end: End
    reason: str = ""


class Findings(BaseModel):
    """What has come of the items of a batch.

    Attributes:
        made: How many were made.
        there: How many were there already.
        failed: How many have failed.
        left: How many were not tried.
        unresolved: Those that failed or were left, as many as there is room
            for.
        stopped: Why no more items were tried; empty where all were.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    made: int
    there: int
    failed: int
    left: int
    unresolved: list[Finding]
    stopped: str = ""

    @classmethod
    def of(
        cls,
        findings: Sequence[Finding],
        *,
        stopped: str,
        largest_bytes: int,
    ) -> "Findings":
        """Sums items up within a bounded size.

        Args:
            findings: What has come of each.
            stopped: Why no more items were tried.
            largest_bytes: How long the JSON of it may be.

        Returns:
            The sum; reasons are cut short, and at last left out with their
            items, where there is no room.
        """
        unresolved = [
            finding
            for finding in findings
            if finding.end in {End.FAILED, End.LEFT}
        ]
        ends = [finding.end for finding in findings]
        whole = cls(
            made=ends.count(End.MADE),
            there=ends.count(End.THERE),
            failed=ends.count(End.FAILED),
            left=ends.count(End.LEFT),
            unresolved=unresolved,
            stopped=_cut(stopped, REASON_LENGTHS[0]),
        )
        return whole.within(largest_bytes)

    def within(self, largest_bytes: int) -> "Findings":
        """Says less where there is no room for all.

        Args:
            largest_bytes: How long the JSON of it may be.

        Returns:
            The same counts, with shorter reasons or fewer items.
        """
        fitting = self
        for length in REASON_LENGTHS:
            fitting = self.model_copy(
                update={
                    "unresolved": [
                        one.model_copy(
                            update={"reason": _cut(one.reason, length)}
                        )
                        for one in self.unresolved
                    ]
                }
            )
            if _size(fitting) <= largest_bytes:
                return fitting
        while fitting.unresolved and _size(fitting) > largest_bytes:
            fewer = fitting.unresolved[: len(fitting.unresolved) // 2]
            fitting = fitting.model_copy(update={"unresolved": fewer})
        return fitting


def _size(findings: Findings) -> int:
    return len(findings.model_dump_json().encode())


def _cut(text: str, length: int) -> str:
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length] + ELLIPSIS
