"""Broken schedules of cron workflows."""

import pytest

from argo_offline.lint.schedules import schedule_problem
from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.findings import only
from tests.argo_offline.lint.good import Good


@pytest.mark.parametrize(
    "schedule",
    [
        "* * * * *",
        "*/15 0-6,18 1 jan-mar MON",
        "0 0,12 * * ?",
        "5/10 * * * *",
        "@daily",
        "@every 1h30m",
        "CRON_TZ=UTC 0 0 * * *",
    ],
)
def test_schedule_that_argo_takes(schedule: str) -> None:
    assert schedule_problem(schedule) == ""


@pytest.mark.parametrize(
    ("schedule", "problem"),
    [
        ("60 * * * *", "minute '60' is not within 0-59"),
        ("* 24 * * *", "hour '24'"),
        ("* * 0 * *", "day of month '0'"),
        ("* * * 13 *", "month '13'"),
        ("* * * * 7", "day of week '7'"),
        ("* * * * lun", "day of week 'lun'"),
        ("*/0 * * * *", "the step has to be a number above 0"),
        ("30-10 * * * *", "ends before it begins"),
        ("1-2-3 * * * *", "minute '1-2-3'"),
        ("* * * *", "has 4 fields, it needs 5"),
        ("0 0 * * * *", "has 6 fields"),
        ("@dayly", "is none of"),
        ("@every soon", "is none of"),
        ("", "has 0 fields"),
    ],
)
def test_schedule_that_argo_refuses(schedule: str, problem: str) -> None:
    assert problem in schedule_problem(schedule)


def test_bad_schedule_is_found_in_its_place(check: Check) -> None:
    def change(good: Good) -> None:
        good.cron["spec"]["schedules"] = ["@daily", "61 * * * *"]

    assert only(check(change), "schedules").startswith("spec.schedules.1: ")


def test_cron_workflow_without_schedules(check: Check) -> None:
    findings = check(lambda good: good.cron["spec"].update(schedules=[]))
    assert "has no schedules" in only(findings, "no-schedule")


def test_time_zone_that_does_not_exist(check: Check) -> None:
    zone = "Europe/Madird"
    findings = check(lambda good: good.cron["spec"].update(timezone=zone))
    assert "did you mean 'Europe/Madrid'?" in only(findings, "cron-fields")
