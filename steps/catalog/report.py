"""The outcome of the items of a batch, within a bounded size."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from steps.contract.reports import fit


class Outcome(StrEnum):
    """The outcome of an item."""

    FAILED = "failed"
    PARTIAL = "partial"
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
        unchanged: Those that have not changed since they were profiled, and
            were left out.
        warnings: What the framework warned of.
        seconds: How long it took.
        error: Why it, or some of its tables, failed; empty where all is well.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    outcome: Outcome
    tables: int = 0
    deleted: int = 0
    profiled: int = 0
    unchanged: int = 0
    warnings: int = 0
    seconds: float = 0
    error: str = ""


def faults_first(lines: Iterable[Line]) -> list[Line]:
    """Sorts lines: what failed, what is partial, and the others."""
    faults = [Outcome.FAILED, Outcome.PARTIAL]
    return sorted(
        lines,
        key=lambda line: (
            faults.index(line.outcome)
            if line.outcome in faults
            else len(faults)
        ),
    )


class Report(BaseModel):
    """The outcome of a batch's items.

    Attributes:
        done: How many items are in the catalog now.
        partial: How many are there, but for some of their tables.
        failed: How many are not.
        shown: How many were only shown.
        tables: The tables of all of them.
        unchanged: Those that were not profiled again.
        lines: The items, those with faults first, as many as fit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    done: int = 0
    partial: int = 0
    failed: int = 0
    shown: int = 0
    tables: int = 0
    unchanged: int = 0
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
        ordered = faults_first(lines)
        counts = {
            outcome.value: sum(line.outcome is outcome for line in ordered)
            for outcome in Outcome
        }
        report = cls(
            **counts,
            tables=sum(line.tables for line in ordered),
            unchanged=sum(line.unchanged for line in ordered),
            lines=ordered,
        )
        return fit(report, longest, texts={"item", "error"}, rows="lines")
