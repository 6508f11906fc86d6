"""Prometheus' own tool, on the rendered alerts."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from moderate.render import render_monitoring
from tests.requirements import PROMTOOL, require

Labels = Mapping[str, str]


@cache
def groups() -> tuple[dict[str, Any], ...]:
    """Reads the groups of all rendered alerts."""
    return tuple(
        group
        for name, text in render_monitoring().items()
        if name.endswith(".yaml")
        for group in yaml.safe_load(text)["spec"]["groups"]
    )


def rules() -> list[dict[str, Any]]:
    """Lists all rendered alerts."""
    return [rule for group in groups() for rule in group["rules"]]


def write_rules(folder: Path, alert: str = "") -> Path:
    """Writes alerts as Prometheus reads them.

    Args:
        folder: Where to.
        alert: The only alert to write; all of them where empty.

    Returns:
        The file.
    """
    file = folder / "rules.yaml"
    wanted = [
        {
            **group,
            "rules": [
                rule for rule in group["rules"] if alert in {"", rule["alert"]}
            ],
        }
        for group in groups()
    ]
    file.write_text(yaml.safe_dump({"groups": wanted}), "utf-8")
    return file


def promtool(*arguments: str, stdin: str = "") -> str:
    """Runs promtool; fails the test with its output."""
    require(PROMTOOL)
    done = subprocess.run(
        ["promtool", *arguments],
        capture_output=True,
        check=False,
        input=stdin,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Case:
    """What was scraped, and when an alert has to fire.

    Attributes:
        alert: The alert.
        about: What happens, in a few words.
        series: Values by series, one an interval, in promtool's notation.
        firing: The labels of what fires, by the time in minutes; besides
            the severity.
        interval: The time from one scrape to the next.
    """

    alert: str
    about: str
    series: Mapping[str, str]
    firing: Mapping[int, Sequence[Labels]] = field(default_factory=dict)
    interval: str = "1m"

    def __str__(self) -> str:
        """Returns how a person calls it."""
        return f"{self.alert}: {self.about}"

    def check(self, folder: Path) -> None:
        """Fails the test where Prometheus evaluates to something else."""
        file = folder / "case.yaml"
        document = {
            "rule_files": [str(write_rules(folder, self.alert))],
            "evaluation_interval": self.interval,
            "tests": [
                {
                    "interval": self.interval,
                    "input_series": [
                        {"series": name, "values": values}
                        for name, values in self.series.items()
                    ],
                    "promql_expr_test": [
                        self._expected(minute, labels)
                        for minute, labels in self.firing.items()
                    ],
                }
            ],
        }
        file.write_text(yaml.safe_dump(document), "utf-8")
        promtool("test", "rules", str(file))

    def _expected(
        self, minute: int, fired: Sequence[Labels]
    ) -> dict[str, Any]:
        return {
            "expr": (
                "count without (severity) (ALERTS{"
                f'alertname="{self.alert}",alertstate="firing"}})'
            ),
            "eval_time": f"{minute}m",
            "exp_samples": [
                {"labels": _written(self.alert, labels), "value": 1}
                for labels in fired
            ],
        }


def _written(alert: str, labels: Labels) -> str:
    all_labels = {
        "alertname": alert,
        "alertstate": "firing",
        **labels,
    }
    pairs = ",".join(f'{key}="{value}"' for key, value in all_labels.items())
    return f"{{{pairs}}}"
