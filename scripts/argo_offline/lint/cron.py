"""Cron expressions as Argo reads them (standard five fields, macros).

Argo takes what ``ParseStandard`` of github.com/robfig/cron takes. Libraries
for Python take more (seconds, ``L``, ``#``), which Argo refuses at run time.
"""

import re
from dataclasses import dataclass

MACROS = frozenset(
    {
        "@annually",
        "@daily",
        "@hourly",
        "@midnight",
        "@monthly",
        "@weekly",
        "@yearly",
    }
)
EVERY = re.compile(r"@every ([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+")
ZONE_PREFIXES = ("CRON_TZ=", "TZ=")
ANY = frozenset({"*", "?"})
# fmt: off
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun",
          "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# fmt: on


@dataclass(frozen=True)
class Field:
    """One field of a cron expression.

    Attributes:
        name: What it states.
        low: Its smallest value.
        high: Its largest value.
        words: Words for its values, the first one for the smallest.
    """

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of week", 0, 6, DAYS),
)


def schedule_problem(schedule: str) -> str:
    """Check a cron expression.

    Args:
        schedule: The expression.

    Returns:
        What is wrong, empty when nothing is.
    """
    if schedule.startswith(ZONE_PREFIXES):
        return "states a time zone; use the field 'timezone' for it"
    if schedule.startswith("@"):
        known = schedule in MACROS or EVERY.fullmatch(schedule)
        return "" if known else f"is none of {', '.join(sorted(MACROS))}"
    parts = schedule.split()
    if len(parts) != len(FIELDS):
        return f"has {len(parts)} fields, it needs {len(FIELDS)}"
    problems = [
        field_problem(item, field)
        for part, field in zip(parts, FIELDS, strict=True)
        for item in part.split(",")
    ]
    return next(filter(None, problems), "")


def field_problem(item: str, field: Field) -> str:
    """Check one item of a field's list.

    Args:
        item: A value, a range or ``*``, with a step or without.
        field: The field.

    Returns:
        What is wrong, empty when nothing is.
    """
    span, slash, step = item.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        return f"{field.name} '{item}': the step has to be a number above 0"
    if span in ANY:
        return ""
    low, dash, high = span.partition("-")
    first = value_of(low, field)
    last = value_of(high, field) if dash else first
    if first is None or last is None:
        return f"{field.name} '{item}' is not within {field.low}-{field.high}"
    if first > last:
        return f"{field.name} '{item}' ends before it begins"
    return ""


def value_of(word: str, field: Field) -> int | None:
    """Read one value of a field.

    Args:
        word: A number or a word.
        field: The field.

    Returns:
        The value, or None when it is none.
    """
    if word.lower() in field.words:
        return field.words.index(word.lower()) + field.low
    if not word.isdecimal() or not field.low <= int(word) <= field.high:
        return None
    return int(word)
