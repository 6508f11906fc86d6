"""The dashboard is one that Grafana shows."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from moderate.render import render_monitoring
from monitoring.dashboard import FILE
from tests.monitoring.promtool import promtool

DASHBOARD: dict[str, Any] = json.loads(render_monitoring()[FILE])
PANELS = [one for one in DASHBOARD["panels"] if one["type"] != "row"]
WIDTH = 24
# Grafana fills these in.
FILLED_IN = {"$__rate_interval": "5m", "$__range": "1d"}

every_panel = pytest.mark.parametrize(
    "panel", PANELS, ids=[one["title"] for one in PANELS]
)


def test_the_dashboard_can_be_found_again() -> None:
    assert DASHBOARD["uid"] == "moderate-workflows"
    assert DASHBOARD["title"]


def test_the_viewer_chooses_the_prometheus() -> None:
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["type"], variable["query"]) == (
        "datasource",
        "prometheus",
    )


@every_panel
def test_a_panel_asks_the_chosen_prometheus(panel: dict[str, Any]) -> None:
    (variable,) = DASHBOARD["templating"]["list"]
    chosen = {"type": "prometheus", "uid": f"${{{variable['name']}}}"}
    assert panel["datasource"] == chosen
    assert all(one["datasource"] == chosen for one in panel["targets"])


@every_panel
def test_a_panel_describes_what_it_shows(panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert panel["description"].endswith(".")


def test_panels_lie_within_the_grid_and_on_no_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= WIDTH
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


def test_prometheus_takes_every_question(tmp_path: Path) -> None:
    asked = [target["expr"] for panel in PANELS for target in panel["targets"]]
    for name, value in FILLED_IN.items():
        asked = [one.replace(name, value) for one in asked]
    records = [
        {"record": f"question:{number}", "expr": expression}
        for number, expression in enumerate(asked)
    ]
    file = tmp_path / "questions.yaml"
    groups = [{"name": "questions", "rules": records}]
    file.write_text(yaml.safe_dump({"groups": groups}), "utf-8")
    promtool("check", "rules", str(file))
