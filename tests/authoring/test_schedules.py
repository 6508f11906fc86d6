"""CronWorkflows make up for a controller that was down."""

from typing import Any

import pytest

from monitoring.pipelines import interval_seconds
from tests.rendered import objects

WEEK_SECONDS = 7 * 24 * 60 * 60
DAY_SECONDS = 24 * 60 * 60


@pytest.mark.parametrize(
    "cron",
    [one["spec"] for one in objects() if one["kind"] == "CronWorkflow"],
    ids=lambda spec: spec["schedules"][0],
)
def test_a_missed_run_is_made_up_for_up_to_half_the_interval_later(
    cron: dict[str, Any],
) -> None:
    interval = interval_seconds(cron["schedules"])
    latest = cron["startingDeadlineSeconds"]
    assert latest == interval // 2
    assert interval < WEEK_SECONDS or latest >= DAY_SECONDS
