"""The rendered pipeline with little work, for hundreds of messages."""

from collections.abc import Sequence
from typing import Any

from tests.cluster.installation import template_of

LOST_AFTER_SECONDS = 900
AGAIN_AFTER_SECONDS = 1800
GIVEN_UP_AFTER_SECONDS = 604800
EVERY_MINUTE = "* * * * *"


def without_work(objects: Sequence[dict[str, Any]]) -> None:
    """Makes a matrix profile's Workflow report only.

    Everything but its entrypoint stays as it is rendered: parameters, mutex,
    exit handler.

    Args:
        objects: The rendered objects; the WorkflowTemplate is changed.
    """
    spec = _find(objects, "WorkflowTemplate", "matrix-profile")["spec"]
    spec["templates"] = [
        {"name": "main", "suspend": {"duration": "0"}},
        *(template_of(spec, name) for name in ("report", "exit")),
    ]


def with_busy_catch_up(objects: Sequence[dict[str, Any]]) -> None:
    """Makes the catch-up run every minute and wait for less.

    Args:
        objects: The rendered objects; two of them are changed.
    """
    name = "matrix-profile-catch-up"
    cron = _find(objects, "CronWorkflow", name)["spec"]
    cron["schedules"] = [EVERY_MINUTE]
    spec = _find(objects, "WorkflowTemplate", name)["spec"]
    template_of(spec, "catch-up")["container"]["args"] = [
        f"--lost_after_seconds={LOST_AFTER_SECONDS}",
        f"--again_after_seconds={AGAIN_AFTER_SECONDS}",
        f"--given_up_after_seconds={GIVEN_UP_AFTER_SECONDS}",
    ]


def _find(
    objects: Sequence[dict[str, Any]], kind: str, name: str
) -> dict[str, Any]:
    (found,) = (
        item
        for item in objects
        if item["kind"] == kind and item["metadata"]["name"] == name
    )
    return found
