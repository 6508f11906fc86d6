"""Rules on cron workflows, and cron expressions as Argo reads them.

Argo takes what ``ParseStandard`` of github.com/robfig/cron takes. Libraries
for Python take more (seconds, ``L``, ``#``), which Argo refuses at run time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

from argo_offline.lint.rule import STRICT, Rule
from argo_offline.manifests.access import sequence, suggestion, text, words
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder

CRON_KINDS = frozenset({"CronWorkflow"})
# Go has this one beside the time zone database.
LOCAL_ZONE = "Local"
POLICIES = ("Allow", "Forbid", "Replace")
MACROS = words("@annually @daily @hourly @midnight @monthly @weekly @yearly")
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


def schedules(folder: Folder) -> Iterator[Finding]:
    """Refuse cron expressions that Argo refuses, one finding each."""
    for manifest in folder.of_kinds(CRON_KINDS):
        stated = sequence(manifest.spec.get("schedules"))
        if stated and manifest.spec.get("schedule"):
            message = "has schedule and schedules; keep 'schedules'"
            yield Finding(manifest.file, "spec", message)
        for index, schedule in enumerate(stated):
            problem = schedule_problem(text(schedule))
            if problem:
                message = f"schedule '{schedule}' {problem}"
                yield Finding(
                    manifest.file, f"spec.schedules.{index}", message
                )


def _no_schedule(folder: Folder) -> Iterator[Finding]:
    """Refuse cron workflows that never run."""
    for manifest in folder.of_kinds(CRON_KINDS):
        stated = sequence(manifest.spec.get("schedules"))
        if not stated and not manifest.spec.get("schedule"):
            message = "has no schedules; list cron expressions in 'schedules'"
            yield Finding(manifest.file, "spec", message)


def _cron_fields(folder: Folder) -> Iterator[Finding]:
    """Refuse time zones and policies that do not exist."""
    known = available_timezones() | {LOCAL_ZONE}
    for manifest in folder.of_kinds(CRON_KINDS):
        spec = manifest.spec
        zone = text(spec.get("timezone"))
        if zone and zone not in known:
            hint = suggestion(zone, known) or "; write it like Europe/Madrid"
            message = f"there is no time zone '{zone}'{hint}"
            yield Finding(manifest.file, "spec.timezone", message)
        policy = spec.get("concurrencyPolicy")
        if policy and policy not in POLICIES:
            hint = suggestion(str(policy), frozenset(POLICIES))
            message = f"'{policy}' is none of {', '.join(POLICIES)}{hint}"
            yield Finding(manifest.file, "spec.concurrencyPolicy", message)
        deadline = spec.get("startingDeadlineSeconds")
        if isinstance(deadline, int) and deadline < 0:
            message = f"startingDeadlineSeconds is {deadline}, below 0"
            yield Finding(manifest.file, "spec", message)


def schedule_problem(schedule: str) -> str:
    """Check a cron expression.

    Args:
        schedule: The expression.

    Returns:
        What is wrong, empty when nothing is.
    """
    if schedule.startswith(ZONE_PREFIXES):
        schedule = schedule.partition(" ")[2].strip()
    if schedule.startswith("@"):
        known = schedule in MACROS or EVERY.fullmatch(schedule)
        return "" if known else f"is none of {', '.join(sorted(MACROS))}"
    parts = schedule.split()
    if len(parts) != len(FIELDS):
        return f"has {len(parts)} fields, it needs {len(FIELDS)}"
    problems = [
        _field_problem(item, field)
        for part, field in zip(parts, FIELDS, strict=True)
        for item in part.split(",")
    ]
    return next(filter(None, problems), "")


def _field_problem(item: str, field: Field) -> str:
    span, slash, step = item.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        return f"{field.name} '{item}': the step has to be a number above 0"
    if span in ANY:
        return ""
    low, dash, high = span.partition("-")
    first = _value_of(low, field)
    last = _value_of(high, field) if dash else first
    if first is None or last is None:
        return f"{field.name} '{item}' is not within {field.low}-{field.high}"
    if first > last:
        return f"{field.name} '{item}' ends before it begins"
    return ""


def _value_of(word: str, field: Field) -> int | None:
    if word.lower() in field.words:
        return field.words.index(word.lower()) + field.low
    if not word.isdecimal() or not field.low <= int(word) <= field.high:
        return None
    return int(word)


RULES = (
    Rule("schedules", "cron expressions are valid", schedules),
    Rule("cron-fields", "time zones and policies exist", _cron_fields),
    Rule(
        "no-schedule", "cron workflows have a schedule", _no_schedule, STRICT
    ),
)
