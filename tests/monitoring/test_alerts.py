"""The alerts fire when they should, and name what to do."""

import re
from pathlib import Path
from typing import Any

import pytest

from checkout.paths import ROOT
from monitoring.alert import Severity
from tests.monitoring.cases import CASES
from tests.monitoring.promtool import Case, promtool, rules, write_rules

DOCUMENT = ROOT / "docs/alerts.md"
SECTION = re.compile(r"^## (\w+)$", re.MULTILINE)
LONGEST_SUMMARY = 80

every_rule = pytest.mark.parametrize(
    "rule", rules(), ids=[rule["alert"] for rule in rules()]
)


def test_prometheus_takes_the_rules(tmp_path: Path) -> None:
    file = write_rules(tmp_path)
    promtool("check", "rules", "--lint=all", "--lint-fatal", str(file))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_alert_fires_when_it_should(case: Case, tmp_path: Path) -> None:
    case.check(tmp_path)


def test_every_alert_is_seen_to_fire_by_some_case() -> None:
    fired = {case.alert for case in CASES if any(case.firing.values())}
    assert fired == {rule["alert"] for rule in rules()}


def test_every_alert_is_seen_to_be_silent_by_some_case() -> None:
    silent = {
        case.alert
        for case in CASES
        if any(not labels for labels in case.firing.values())
    }
    assert silent == {rule["alert"] for rule in rules()}


@every_rule
def test_an_alert_has_a_severity(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in set(Severity)


@every_rule
def test_an_alert_describes_what_happened_in_a_sentence(
    rule: dict[str, Any],
) -> None:
    summary = rule["annotations"]["summary"]
    assert summary.endswith(".")
    assert len(summary) <= LONGEST_SUMMARY


@every_rule
def test_an_alert_leads_to_its_section(rule: dict[str, Any]) -> None:
    file, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert file.endswith("/docs/alerts.md")
    assert anchor == rule["alert"].lower()


def test_every_alert_has_a_section_and_every_section_an_alert() -> None:
    sections = SECTION.findall(DOCUMENT.read_text("utf-8"))
    alerts = {rule["alert"] for rule in rules()}
    assert sorted(sections) == sorted(alerts)
