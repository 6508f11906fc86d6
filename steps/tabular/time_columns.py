"""Which columns of a table hold the rows' times."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from steps.tabular.times import (
    TimeColumn,
    compose_times,
    evenness,
    looks_like_times,
    read_clock,
    read_times,
)

EVEN_ENOUGH = 0.5
DISTINCT_ENOUGH = 0.9
MOST_CHOICES = 4
PART_NAMES = {
    "year": r"year|yr|yyyy|jahr|ann[eéo]|año|ano|jaar|rok|år|vuosi|év|an|"
    r"έτος|godina|leto|aasta|gads|metai",
    "month": r"month|mon|mm|mo|monat|mese|mois|mes|mês|maand|miesi[aą]c|"
    r"månad|måned|kuukausi|kk|hónap|lun[aă]|m[eě]s[ií]c|mjesec|mesec",
    "day": r"day|dd|dy|tag|giorno|jour|d[ií]a|dag|dzie[nń]|p[aä]iv[aä]|pv|"
    r"nap|zi|den|dan|day ?of ?month",
    "doy": r"doy|(?:julian|j|year) ?day|day ?of ?(?:the ?)?year|jday",
    "hour": r"hour|hr|hh|he|stunde|std|ora|heure|hora|uur|godzina|timme|"
    r"time|tunti|óra|hodina|sat|ura",
    "period": r"(?:settlement|trading|market|half.?hour(?:ly)?|quarter.?hour)"
    r"[ _]?(?:period|interval)?|period|sp|interval|mtu|halbstunde|"
    r"viertelstunde",
    "minute": r"min|minute|minuten?|minuto|minuut|minuta|minut|mi|minuutti",
    "second": r"sec|second|sekunde|seconde|secondo|segundo|sekund|ss",
}
PART_PATTERNS = {
    part: re.compile(rf"(?:{names})s?\b\W*(?:\(\w+\)|\[\w+\])?", re.IGNORECASE)
    for part, names in PART_NAMES.items()
}
PART_LIMITS = {
    "year": (1800, 2200), "month": (1, 12), "day": (1, 31), "doy": (1, 366),
    "hour": (0, 25), "period": (0, 100), "minute": (0, 59), "second": (0, 59),
}  # fmt: skip
WHOLE = re.compile(r"\d{1,4}(?:\.0)?", re.ASCII)


@dataclass(frozen=True)
class TimeChoice:
    """Columns that together hold the rows' times.

    Attributes:
        columns: Their indices, by the part of a time in each; ``time`` where
            one column holds all.
    """

    columns: Mapping[str, int]

    def read(
        self, cells: Mapping[int, Sequence[str]], names: Sequence[str]
    ) -> TimeColumn | None:
        """Reads the times.

        Args:
            cells: Cells of each column, by its index.
            names: Names of all columns of the table.

        Returns:
            The times; None where the columns hold none.
        """
        if "time" in self.columns:
            column = self.columns["time"]
            return read_times(cells[column], names[column])
        return compose_times(
            {part: cells[column] for part, column in self.columns.items()},
            {part: names[column] for part, column in self.columns.items()},
        )


def time_choices(
    names: Sequence[str], sample: Sequence[Sequence[str]], but: int
) -> list[TimeChoice]:
    """Finds the columns that may hold the rows' times.

    Args:
        names: Names of all columns.
        sample: Some cells of each column, from consecutive rows.
        but: Index of a column that is something else.

    Returns:
        The choices, the likeliest first.
    """
    others = [index for index in range(len(names)) if index != but]
    known = {
        index: times
        for index in others
        if (times := read_times(sample[index], names[index])) is not None
    }
    choices = [TimeChoice({"time": index}) for index in known]
    clocks = [
        index
        for index in others
        if index not in known
        and read_clock(sample[index], names[index]) is not None
    ]
    periods = [
        index
        for part in ("period", "hour")
        for index in _named(names, sample, others, part)
        if index not in clocks
    ]
    for date, times in known.items():
        clock = times.clock[np.isfinite(times.clock)]
        if (clock % 86_400).any():
            continue
        for part, found in (("clock", clocks), ("period", periods)):
            if found:
                nearest = min(found, key=partial(_distance, date))
                choices.append(TimeChoice({"date": date, part: nearest}))
    choices += _in_parts(names, sample, others, clocks)
    ranked = [(_rank(each, names, sample), each) for each in choices]
    ranked = [each for each in ranked if each[0] is not None]
    ranked.sort(key=lambda each: each[0] or 0)
    return [choice for _, choice in ranked][:MOST_CHOICES]


def not_understood(
    names: Sequence[str], sample: Sequence[Sequence[str]], but: int
) -> tuple[int, str] | None:
    """Finds a column that looks like times, though it was not read so.

    Args:
        names: Names of all columns.
        sample: Some cells of each column.
        but: Index of a column that is something else.

    Returns:
        Its index and one cell; None where there is no such column.
    """
    for index, cells in enumerate(sample):
        if index != but:
            shown = looks_like_times(cells, names[index])
            if shown is not None:
                return index, shown
    return None


def _distance(date: int, clock: int) -> tuple[int, bool]:
    return abs(clock - date), clock < date


def _in_parts(
    names: Sequence[str],
    sample: Sequence[Sequence[str]],
    others: list[int],
    clocks: list[int],
) -> list[TimeChoice]:
    """Finds columns of year, month, day and so on."""
    parts: dict[str, int] = {}
    for part in PART_PATTERNS:
        for index in _named(names, sample, others, part):
            if part not in parts and index not in parts.values():
                parts[part] = index
    if "hour" in parts:
        parts.pop("period", None)
    day = parts.get("day", parts.get("doy"))
    if day is not None and not {"hour", "period"} & parts.keys() and clocks:
        parts["clock"] = min(clocks, key=partial(_distance, day))
    if "year" in parts and "doy" in parts:
        return [
            TimeChoice(
                {
                    part: column
                    for part, column in parts.items()
                    if part not in {"month", "day"}
                }
            )
        ]
    parts.pop("doy", None)
    if "month" in parts and ("day" in parts or "year" in parts):
        return [TimeChoice(parts)]
    if "year" in parts:
        return [TimeChoice({"year": parts["year"]})]
    return []


def _named(
    names: Sequence[str],
    sample: Sequence[Sequence[str]],
    others: list[int],
    part: str,
) -> list[int]:
    """Lists the columns that are named like a part, and hold such numbers."""
    return [
        index
        for index in others
        if PART_PATTERNS[part].fullmatch(names[index].strip())
        and _within(sample[index], *PART_LIMITS[part])
    ]


def _within(cells: Sequence[str], low: int, high: int) -> bool:
    filled = [cell for cell in cells if cell]
    fits = [
        cell
        for cell in filled
        if WHOLE.fullmatch(cell) and low <= float(cell) <= high
    ]
    return bool(fits) and len(fits) >= DISTINCT_ENOUGH * len(filled)


def _rank(
    choice: TimeChoice, names: Sequence[str], sample: Sequence[Sequence[str]]
) -> int | None:
    """Ranks a choice: first one by which rows differ; None for no times."""
    times = choice.read(dict(enumerate(sample)), names)
    if times is None:
        return None
    known = times.seconds[np.isfinite(times.seconds)]
    distinct = np.unique(known).size
    composed = "time" not in choice.columns and distinct > 1
    if composed and evenness(times.seconds)[0] < EVEN_ENOUGH:
        return None
    return 0 if distinct >= DISTINCT_ENOUGH * known.size else 1
