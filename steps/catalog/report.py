"""What came of the items of a batch, within a bounded size."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

LONGEST_TEXT = 400
SHORTEST_TEXT = 40


class Outcome(StrEnum):
    """What came of an item."""

    FAILED = "failed"
    DONE = "done"
    SHOWN = "shown"


class Line(BaseModel):
    """What came of one item.

    Attributes:
        item: The database's or prefix's name.
        outcome: Whether it is in the catalog now.
        tables: The tables that the server has of it.
        profiled: Those of them with a profile of this run.
        warnings: What the framework warned of.
        seconds: How long it took.
        error: Why it failed, and what to do; empty where it did not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    outcome: Outcome
    tables: int = 0
    profiled: int = 0
    warnings: int = 0
    seconds: float = 0
    error: str = ""

    def shortened(self, longest: int) -> "Line":
        """Returns the line with texts of a bounded length.

        Args:
            longest: The most bytes of its name, and of its error.
        """
        return self.model_copy(
            update={
                "item": _cut(self.item, longest),
                "error": _cut(self.error, longest),
            }
        )


class Report(BaseModel):
    """What came of a batch's items.

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
            lines: What came of each item.
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
        report = cls(**counts, tables=sum(line.tables for line in ordered))
        left = longest - len(report.written().encode())
        kept: list[Line] = []
        for line in ordered:
            fitting = _fitting(line, left)
            if fitting is None:
                break
            kept.append(fitting)
            left -= _size(fitting)
        return report.model_copy(update={"lines": kept})

    def written(self) -> str:
        """Returns the report's JSON, without what says nothing."""
        return self.model_dump_json(exclude_defaults=True)


def _fitting(line: Line, left: int) -> Line | None:
    """Shortens a line until it fits, if it can."""
    for longest in (LONGEST_TEXT, SHORTEST_TEXT):
        short = line.shortened(longest)
        if _size(short) <= left:
            return short
    return None


def _size(line: Line) -> int:
    report = Report(lines=[line])
    return len(report.written().encode())


def _cut(text: str, longest: int) -> str:
    content = text.encode()
    if len(content) <= longest:
        return text
    return content[:longest].decode(errors="ignore") + "…"
