"""The metrics that the documentation lists."""

import re
from dataclasses import dataclass

from checkout.paths import ROOT

ROW = re.compile(
    r"^\| `(\w+)` \| (counter|gauge|histogram) \| (.*?) ?\| (.+) \|$",
    re.MULTILINE,
)
NAME = re.compile(r"`(\w+)`")


@dataclass(frozen=True)
class Metric:
    """A metric.

    Attributes:
        name: Its name, as Prometheus has it.
        type: Its type.
        labels: The labels that it always has.
        meaning: What it shows.
    """

    name: str
    type: str
    labels: frozenset[str]
    meaning: str


def documented() -> dict[str, Metric]:
    """Reads the tables of metrics, by the metrics' names."""
    text = (ROOT / "docs/metrics.md").read_text("utf-8")
    return {
        name: Metric(name, kind, frozenset(NAME.findall(labels)), meaning)
        for name, kind, labels, meaning in ROW.findall(text)
    }
