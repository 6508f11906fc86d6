"""The table of cases, and what was observed when they ran."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).with_name("cases")
NAMESPACE = "local-run"
IMAGE = "steps"
ANYTHING = "*"
REFUSED = "Refused"


@dataclass(frozen=True)
class Case:
    """One file of the table.

    Attributes:
        name: The file's name without its ending.
        description: What the case is about.
        manifests: The WorkflowTemplate to run first, then what it needs.
        runs: Arguments and expectation of each run.
        at_once: Whether the runs start at the same time.
        together: Pairs of nodes that ran at the same time.
        apart: Pairs of nodes that did not.
        at_most: How many of which nodes ran at the same time.
    """

    name: str
    description: str
    manifests: list[dict[str, Any]]
    runs: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    at_once: bool = False
    together: list[list[str]] = field(default_factory=list)
    apart: list[list[str]] = field(default_factory=list)
    at_most: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ObservedNode:
    """A node as it ended.

    Attributes:
        type: The kind of node.
        phase: Its phase.
        message: Its message, without what differs from run to run.
        inputs: Its input parameters.
        outputs: Its output parameters.
        result: Its standard output, when something refers to it.
        exit_code: Its exit code.
        tries: How often it was tried.
    """

    type: str
    phase: str
    message: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    result: str | None = None
    exit_code: int | None = None
    tries: int = 1


@dataclass(frozen=True)
class Observation:
    """A run as it ended.

    Attributes:
        phase: The workflow's phase; ``Refused`` when it never started.
        message: The workflow's message.
        outputs: The workflow's outputs.
        nodes: Its nodes by name, the workflow's own name being ``wf``.
    """

    phase: str
    message: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    nodes: Mapping[str, ObservedNode] = field(default_factory=dict)

    def written(self) -> dict[str, Any]:
        """Writes the observation as the table does, defaults left out.

        Why a run was refused is everybody's own sentence and left out too.
        """
        if self.phase == REFUSED:
            return {"phase": REFUSED}
        found = {k: v for k, v in asdict(self).items() if v and k != "nodes"}
        nodes = {
            name: {
                key: value
                for key, value in asdict(node).items()
                if value not in ({}, None, "") and (key, value) != ("tries", 1)
            }
            for name, node in sorted(self.nodes.items())
        }
        return {**found, "nodes": nodes} if nodes else found

    def differences(self, expected: dict[str, Any]) -> list[str]:
        """Compares the observation with a run's expectation.

        Args:
            expected: The expectation; with ``phases``, which counts nodes
                by phase, it need not list all nodes.

        Returns:
            One sentence per difference.
        """
        observed, wanted = self.written(), dict(expected)
        phases = wanted.pop("phases", None)
        if phases is None:
            return differences(wanted, observed)
        counted = Counter(node.phase for node in self.nodes.values())
        nodes = observed["nodes"]
        observed["nodes"] = {k: nodes.get(k) for k in wanted["nodes"]}
        return [
            *differences(phases, dict(counted), "phases"),
            *differences(wanted, observed),
        ]


def load_case(path: Path) -> Case:
    """Reads a file of the table."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Case(name=path.stem, **content)


def load_cases() -> list[Case]:
    """Reads the table."""
    return [load_case(path) for path in sorted(CASES.glob("*.yaml"))]


def with_image(value: object, image: str) -> Any:
    """Replaces the image ``steps`` in manifests."""
    if isinstance(value, dict):
        return {
            key: image
            if key == "image" and item == IMAGE
            else with_image(item, image)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [with_image(item, image) for item in value]
    return value


def plain(message: str, workflow: str) -> str:
    """Removes from a message what differs from run to run."""
    message = message.replace(workflow, "wf")
    message = re.sub(r"\bwf(-[a-z-]+)?-\d{5,}\b", "wf-ID", message)
    message = re.sub(r'time="[^"]*"', 'time="TIME"', message)
    return re.sub(
        r"\d{4}-\d\d-\d\d[ T][\d:.]+\S* ?(\+0000 UTC)?", "TIME", message
    )


def differences(expected: Any, observed: Any, place: str = "") -> list[str]:
    """Compares an expectation with an observation.

    Args:
        expected: A part of a case's expectation.
        observed: The same part as it was observed.
        place: Where the part is, for messages.

    Returns:
        One sentence per difference.
    """
    if _is_open(expected) and isinstance(observed, str):
        expected = expected.removesuffix(ANYTHING)
        observed = observed[: len(expected)]
    if isinstance(expected, dict) and isinstance(observed, dict):
        return [
            difference
            for key in sorted({*expected, *observed})
            for difference in differences(
                expected.get(key), observed.get(key), f"{place}.{key}"
            )
        ]
    if expected == observed:
        return []
    return [f"{place}: expected {expected!r}, observed {observed!r}"]


def _is_open(expected: object) -> bool:
    return isinstance(expected, str) and expected.endswith(ANYTHING)


def overlap_differences(
    case: Case, observations: list[Observation]
) -> list[str]:
    """Checks which nodes ran at the same time.

    Args:
        case: The case.
        observations: Its runs; a node's output ``span`` is its time.

    Returns:
        One sentence per difference.
    """
    wrong = [
        f"{first} and {second} did not run at the same time"
        for first, second in case.together
        if not _overlap(observations, first, second)
    ]
    wrong += [
        f"{first} and {second} ran at the same time"
        for first, second in case.apart
        if _overlap(observations, first, second)
    ]
    if case.at_most:
        spans = [_span(observations, name) for name in case.at_most["of"]]
        most = max(
            sum(1 for start, end in spans if start <= moment < end)
            for moment, _ in spans
        )
        if most > case.at_most["count"]:
            wrong.append(f"{most} of {case.at_most['of']} ran at once")
    return wrong


def _overlap(observations: list[Observation], one: str, other: str) -> bool:
    first, second = _span(observations, one), _span(observations, other)
    return first[0] < second[1] and second[0] < first[1]


def _span(observations: list[Observation], place: str) -> tuple[float, float]:
    run, _, name = place.rpartition("/") if "/" in place else ("0", "", place)
    start, end = observations[int(run)].nodes[name].outputs["span"].split()
    return float(start), float(end)
