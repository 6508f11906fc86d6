"""Rules on the schedules of cron workflows."""

from collections.abc import Iterator
from zoneinfo import available_timezones

from argo_offline.lint.cron import schedule_problem
from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import sequence, suggestion, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder

CRON_KINDS = frozenset({"CronWorkflow"})
# Go knows this one on top of the time zone database.
LOCAL_ZONE = "Local"


def schedules(folder: Folder) -> Iterator[Finding]:
    """Refuse cron workflows without valid schedules.

    Args:
        folder: The files.

    Yields:
        One finding per schedule.
    """
    for manifest in folder.of_kinds(CRON_KINDS):
        stated = sequence(manifest.spec.get("schedules"))
        if not stated and "schedule" not in manifest.spec:
            message = "has no schedules; list cron expressions in 'schedules'"
            yield Finding(manifest.file, "spec", message)
        for index, schedule in enumerate(stated):
            problem = schedule_problem(text(schedule))
            if problem:
                message = f"schedule '{schedule}' {problem}"
                yield Finding(
                    manifest.file, f"spec.schedules.{index}", message
                )


def timezones(folder: Folder) -> Iterator[Finding]:
    """Refuse time zones that do not exist.

    Args:
        folder: The files.

    Yields:
        One finding per cron workflow.
    """
    known = available_timezones() | {LOCAL_ZONE}
    for manifest in folder.of_kinds(CRON_KINDS):
        zone = text(manifest.spec.get("timezone"))
        if zone and zone not in known:
            hint = suggestion(zone, known) or "; write it like Europe/Madrid"
            message = f"there is no time zone '{zone}'{hint}"
            yield Finding(manifest.file, "spec.timezone", message)


RULES = (
    Rule("schedules", "cron expressions are valid", schedules),
    Rule("timezones", "time zones exist", timezones),
)
