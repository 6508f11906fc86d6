"""The outcome of the items of a batch, within a bounded size."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from steps.contract.reports import fit


class Outcome(StrEnum):
    """The outcome of an item."""

    FAILED = "failed"
    DONE = "done"
    SHOWN = "shown"


class Line(BaseModel):
    """The outcome of one item.

    Attributes:
        item: The database's or prefix's name.
        outcome: Whether it is in the catalog now.
        tables: The tables that the server has of it.
        deleted: Those that the source no longer has, and that are marked as
            deleted now.
        profiled: Those of them with a profile of this run.
        warnings: What the framework warned of.
        seconds: How long it took.
        error: Why it failed, and what to do; empty where it did not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    outcome: Outcome
    tables: int = 0
    deleted: int = 0
    profiled: int = 0
    warnings: int = 0
    seconds: float = 0
    error: str = ""


class Report(BaseModel):
    """The outcome of a batch's items.

    Attributes:
        done: How many items are in the catalog now.
        failed: How many are not.
        shown: How many were only shown.
        tables: The tables of all of them.
        lines: The items, those that failed first, as many as fit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    done: int = 0
    failed: int = 0
    shown: int = 0
    tables: int = 0
    lines: list[Line] = []

    @classmethod
    def of(cls, lines: Iterable[Line], longest: int) -> "Report":
        """Makes a report, failures first.

        Args:
            lines: The outcome of each item.
            longest: How long the report's JSON may be, in bytes.

        Returns:
            The report, with as many lines as fit.
        """
        ordered = sorted(
            lines, key=lambda line: line.outcome is not Outcome.FAILED
        )
        counts = {
            outcome.value: sum(line.outcome is outcome for line in ordered)
            for outcome in Outcome
        }
        report = cls(
            **counts,
            tables=sum(line.tables for line in ordered),
            lines=ordered,
        )
        return fit(report, longest, texts={"item", "error"}, rows="lines")
