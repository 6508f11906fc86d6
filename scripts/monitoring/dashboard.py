"""The dashboard of Grafana: what the alerts ask for, over time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import prometheus, stat, timeseries
from grafana_foundation_sdk.builders.common import (
    ReduceDataOptions,
    VizLegendOptions,
)
from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DatasourceVariable,
    Row,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    LegendDisplayMode,
    LegendPlacement,
)
from grafana_foundation_sdk.models.dashboard import DataSourceRef, GridPos

from monitoring.panels import GLANCE, ROWS, Panel
from workflows.authoring.names import PROJECT

TITLE = "MODERATE workflows"
FILE = f"{PROJECT}.dashboard.json"
DATASOURCE = "datasource"
PROMETHEUS = "prometheus"
WIDTH = 24
GLANCE_HEIGHT = 4
PANEL_WIDTH = 12
PANEL_HEIGHT = 8
INDENT = 2
LEGEND = (
    VizLegendOptions()
    .show_legend(True)
    .display_mode(LegendDisplayMode.LIST)
    .placement(LegendPlacement.BOTTOM)
)
SOURCE = DataSourceRef(type_val=PROMETHEUS, uid=f"${{{DATASOURCE}}}")


@dataclass
class Layout:
    """Where the next panel goes.

    Attributes:
        left: How far from the left.
        top: How far from the top.
    """

    left: int = 0
    top: int = 0

    def take(self, width: int, height: int) -> GridPos:
        """Takes the next place, in a new line where it does not fit."""
        if self.left + width > WIDTH:
            self.left = 0
            self.top += height
        place = GridPos(h=height, w=width, x=self.left, y=self.top)
        self.left += width
        return place

    def break_line(self, height: int) -> None:
        """Ends a line of panels of a height."""
        self.left = 0
        self.top += height


def dashboard() -> str:
    """Builds the dashboard.

    Returns:
        Its JSON, as Grafana imports it.
    """
    built = (
        Dashboard(TITLE)
        .uid(PROJECT)
        .tags([PROJECT])
        .timezone("browser")
        .refresh("1m")
        .time("now-24h", "now")
        .with_variable(
            DatasourceVariable(DATASOURCE).label("Prometheus").type(PROMETHEUS)
        )
    )
    layout = Layout()
    _add_glance(built, layout)
    for title, panels in ROWS.items():
        _add_row(built, layout, title, panels)
    return (
        json.dumps(
            built.build(), cls=JSONEncoder, sort_keys=True, indent=INDENT
        )
        + "\n"
    )


def _add_glance(built: Dashboard, layout: Layout) -> None:
    width = WIDTH // len(GLANCE)
    for panel in GLANCE:
        made = (
            stat.Panel()
            .title(panel.title)
            .description(panel.description)
            .unit(panel.unit)
            .no_value("-")
            .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
            .datasource(SOURCE)
            .grid_pos(layout.take(width, GLANCE_HEIGHT))
        )
        for target in _targets(panel):
            made.with_target(target)
        built.with_panel(made)
    layout.break_line(GLANCE_HEIGHT)


def _add_row(
    built: Dashboard, layout: Layout, title: str, panels: Sequence[Panel]
) -> None:
    built.with_row(Row(title).grid_pos(layout.take(WIDTH, 1)))
    layout.break_line(1)
    for panel in panels:
        made = (
            timeseries.Panel()
            .title(panel.title)
            .description(panel.description)
            .unit(panel.unit)
            .min(0)
            .legend(LEGEND)
            .datasource(SOURCE)
            .grid_pos(layout.take(PANEL_WIDTH, PANEL_HEIGHT))
        )
        for target in _targets(panel):
            made.with_target(target)
        built.with_panel(made)
    layout.break_line(PANEL_HEIGHT)


def _targets(panel: Panel) -> list[prometheus.Dataquery]:
    return [
        prometheus.Dataquery()
        .ref_id(chr(ord("A") + number))
        .expr(query.expression)
        .legend_format(query.legend)
        .datasource(SOURCE)
        for number, query in enumerate(panel.queries)
    ]
