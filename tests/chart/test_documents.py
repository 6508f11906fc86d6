"""The documents show what works."""

import json
import re
from typing import Any

import yaml

from checkout.paths import ROOT
from tests.chart.helm import CHART, default_values, service_names, template
from workflows.authoring.names import secret_name

DOCUMENTATION = (ROOT / "docs/deploy.md").read_text("utf-8")
APPLICATION = ROOT / "docs/argocd/application.yaml"
SECRET_ROW = re.compile(
    r"^\| `(moderate-workflows-[\w-]+)` \| (.+) \|$", re.MULTILINE
)
LIFECYCLE_RULE = re.compile(r"^    \{\n.*?^    \}\n", re.MULTILINE | re.DOTALL)


def application() -> dict[str, Any]:
    """Read the Application for Argo CD."""
    document: dict[str, Any] = yaml.safe_load(APPLICATION.read_text("utf-8"))
    return document


def test_the_application_points_at_the_chart() -> None:
    assert ROOT / application()["spec"]["source"]["path"] == CHART


def test_the_application_s_values_are_accepted() -> None:
    assert template(application()["spec"]["source"]["helm"]["valuesObject"])


def test_the_application_holds_no_credential() -> None:
    values = application()["spec"]["source"]["helm"]["valuesObject"]
    assert not any(
        service.get("secret") for service in values["services"].values()
    )


def test_every_secret_is_documented() -> None:
    services = default_values()["services"]
    documented = {name for name, _ in SECRET_ROW.findall(DOCUMENTATION)}
    assert documented == {
        secret_name(name)
        for name in service_names()
        if "secret" in services[name]
    }


def test_the_lifecycle_rule_is_json_about_the_logs() -> None:
    (text,) = LIFECYCLE_RULE.findall(DOCUMENTATION)
    (rule,) = json.loads(text)["Rules"]
    assert rule["Filter"]["Prefix"] == "workflow-logs/"
