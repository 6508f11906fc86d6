"""What has come of items, in words that travel."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from steps.contract.reports import fit


class Outcome(StrEnum):
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


class ItemReport(BaseModel):
    """What has come of an item.

    Attributes:
        item: Its exact key.
        end: How it went.
        reason: Why, where it is not done.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    end: Outcome
    reason: str = ""


class TrustReport(BaseModel):
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
    unresolved: list[ItemReport]
    stopped: str = ""

    @classmethod
    def of(
        cls,
        reports: Sequence[ItemReport],
        *,
        stopped: str,
        largest_bytes: int,
    ) -> "TrustReport":
        """Sums items up within a bounded size.

        Args:
            reports: What has come of each.
            stopped: Why no more items were tried.
            largest_bytes: How long the JSON of it may be.

        Returns:
            The sum; reasons are cut short, and at last left out with their
            items, where there is no room.
        """
        unresolved = [
            finding
            for finding in reports
            if finding.end in {Outcome.FAILED, Outcome.LEFT}
        ]
        ends = [finding.end for finding in reports]
        whole = cls(
            made=ends.count(Outcome.MADE),
            there=ends.count(Outcome.THERE),
            failed=ends.count(Outcome.FAILED),
            left=ends.count(Outcome.LEFT),
            unresolved=unresolved,
            stopped=stopped,
        )
        return fit(
            whole,
            largest_bytes,
            texts={"reason", "stopped"},
            rows="unresolved",
        )
