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


def test_the_application_points_at_the_version_s_tag() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    revision = application()["spec"]["source"]["targetRevision"]
    assert revision == f"v{chart['version']}"


def test_the_application_leaves_what_argo_s_controllers_write() -> None:
    ignored = {
        one["kind"]: one["jqPathExpressions"]
        for one in application()["spec"]["ignoreDifferences"]
    }
    assert all(".status" in paths for paths in ignored.values())
    assert ignored.keys() == {
        "CronWorkflow",
        "EventBus",
        "EventSource",
        "Sensor",
    }


def test_the_documents_name_the_same_versions_of_argo() -> None:
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert "Argo Workflows 3.7 or 4.1, and Argo Events 1.9" in readme
    assert "| Argo Workflows' controller | 3.7 or 4.1;" in DOCUMENTATION
    assert "| Argo Events' controller | 1.9; tested" in DOCUMENTATION


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
