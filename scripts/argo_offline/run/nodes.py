"""Nodes of a run: one per template that was executed or left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_FNV_OFFSET = 0x811C9DC5
_FNV_PRIME = 0x01000193
_FNV_MASK = 0xFFFFFFFF
_POD_NAME_PREFIX_LENGTH = 242
_HOOKED = "onExit"


class Phase(StrEnum):
    """Phases of a node and of a workflow."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    SKIPPED = "Skipped"
    FAILED = "Failed"
    ERROR = "Error"
    OMITTED = "Omitted"

    @property
    def failed_or_error(self) -> bool:
        """Returns whether the phase is Failed or Error."""
        return self in {Phase.FAILED, Phase.ERROR}

    @property
    def completed(self) -> bool:
        """Returns whether something ran to its end."""
        return self.failed_or_error or self is Phase.SUCCEEDED

    @property
    def fulfilled(self) -> bool:
        """Returns whether nothing more will happen."""
        return self.completed or self in {Phase.SKIPPED, Phase.OMITTED}


class NodeType(StrEnum):
    """Kinds of nodes, as Argo names them."""

    POD = "Pod"
    DAG = "DAG"
    STEPS = "Steps"
    STEP_GROUP = "StepGroup"
    TASK_GROUP = "TaskGroup"
    RETRY = "Retry"
    SKIPPED = "Skipped"


@dataclass(frozen=True)
class Outputs:
    """The outputs of a node.

    Attributes:
        parameters: Values by name, in the template's order.
        result: Standard output, when something refers to it.
        exit_code: The main container's exit code, as text.
        global_names: Names in the workflow's outputs by parameter name.
    """

    parameters: dict[str, str] = field(default_factory=dict)
    result: str | None = None
    exit_code: str | None = None
    global_names: dict[str, str] = field(default_factory=dict)


@dataclass
class Node:
    """The state of one node while the workflow runs.

    Attributes:
        name: Unique name, for example ``wf.task(0:a)``.
        id: The id that Argo gives to this name.
        display_name: The name inside its boundary.
        type: The kind of node.
        template: Name of the template.
        boundary: Name of the DAG or steps node that it belongs to.
        phase: Its phase.
        message: Why it is in this phase.
        inputs: Input parameters by name.
        outputs: What it handed on; None before it ran.
        children: Names of the nodes after it.
        started: When it was created.
        finished: When it was fulfilled.
        progress: ``N/M`` as the container reported it.
        folder: The node's folder, when it is a pod.
        retried: Whether it is one try of a retry node.
        hooked: Whether it is an exit handler's root.
        waiting_for: The lock that it waits for.
    """

    name: str
    id: str
    display_name: str
    type: NodeType
    template: str
    boundary: str
    phase: Phase
    message: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: Outputs | None = None
    children: list[str] = field(default_factory=list)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished: datetime | None = None
    progress: str = ""
    folder: Path | None = None
    retried: bool = False
    hooked: bool = False
    waiting_for: str = ""

    @property
    def duration(self) -> float:
        """Seconds between start and end, of whole seconds as in Argo."""
        if self.finished is None:
            return 0.0
        end = self.finished.replace(microsecond=0)
        return (end - self.started.replace(microsecond=0)).total_seconds()

    def is_exit_handler(self) -> bool:
        """Returns whether the node belongs to the exit handler."""
        return f".{_HOOKED}" in self.name


class Nodes:
    """The nodes of one workflow, in the order of their creation."""

    def __init__(self, workflow: str) -> None:
        """Starts empty.

        Args:
            workflow: The workflow's name, the root of all node names.
        """
        self._workflow = workflow
        self._nodes: dict[str, Node] = {}

    def __iter__(self) -> Iterator[Node]:
        """Iterates over the nodes, oldest first."""
        return iter(self._nodes.values())

    def get(self, name: str) -> Node | None:
        """Finds a node by name."""
        return self._nodes.get(name)

    def __getitem__(self, name: str) -> Node:
        """Returns the node of that name."""
        return self._nodes[name]

    def add(self, node: Node) -> Node:
        """Adds a node that must be new."""
        if node.name in self._nodes:
            raise ValueError(f"node {node.name} already initialised")
        self._nodes[node.name] = node
        return node

    def connect(self, parent: str, child: str) -> None:
        """Makes one node the child of another, once."""
        children = self._nodes[parent].children
        if child not in children:
            children.append(child)

    def id(self, name: str) -> str:
        """Returns the id that Argo gives to a node of that name."""
        if name == self._workflow:
            return name
        return f"{self._workflow}-{_fnv32a(name)}"

    def pod_name(self, name: str, template: str) -> str:
        """Returns the name that Argo gives to the node's pod."""
        if name == self._workflow:
            return name
        prefix = f"{self._workflow}-{template}" if template else self._workflow
        return f"{prefix[:_POD_NAME_PREFIX_LENGTH]}-{_fnv32a(name)}"

    def in_boundary(self, boundary: str) -> list[Node]:
        """Lists the nodes that belong to a DAG or steps node."""
        return [node for node in self if node.boundary == boundary]


def rfc3339(moment: datetime) -> str:
    """Writes a moment as Kubernetes does: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _fnv32a(text: str) -> int:
    value = _FNV_OFFSET
    for byte in text.encode():
        value = ((value ^ byte) * _FNV_PRIME) & _FNV_MASK
    return value
