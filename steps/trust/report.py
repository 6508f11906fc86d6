"""The outcome of items, in a form for outputs."""

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
    """The outcome of an item.

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
    """The outcome of the items of a batch.

    Attributes:
        made: How many were made.
        there: How many were there already.
        failed: How many have failed.
        left: How many were not tried.
        unresolved: Those that failed or were left, as many as fit.
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
            reports: The outcome of each.
            stopped: Why no more items were tried.
            largest_bytes: How long the JSON of it may be.

        Returns:
            The sum; reasons are cut short, and at last left out with their
            items, where they do not fit.
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
