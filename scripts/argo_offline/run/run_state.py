"""The state of one workflow while it runs."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argo_offline.run.cluster import LocalCluster
from argo_offline.run.locks import Locks
from argo_offline.run.manifest import TemplateIndex
from argo_offline.run.nodes import (
    Json,
    Node,
    Nodes,
    NodeType,
    Outputs,
    Phase,
)
from argo_offline.run.pod import Pod
from argo_offline.run.results import Listener, NodeEvent, record

_SEPARATOR = re.compile(r"^(\[\d+\])?\.")


@dataclass(frozen=True)
class Call:
    """The execution of a template as one node.

    Attributes:
        node: The node's name.
        task: The task or step that names the template.
        index: Where the template is looked up.
        boundary: Name of the DAG or steps node around it.
        kind: ``tasks`` or ``steps``; empty for the entry point.
        arguments: The parameters that it is called with.
        exit_handler: Whether it belongs to the exit handler.
        hooked: Whether it is the exit handler's root.
        end: When a process of it has to end, before its own deadline.
    """

    node: str
    task: Json
    index: TemplateIndex
    boundary: str
    kind: str
    arguments: list[Json] = field(default_factory=list)
    exit_handler: bool = False
    hooked: bool = False
    end: datetime | None = None


@dataclass
class RunState:
    """The state of a workflow that runs.

    Attributes:
        name: The workflow's name.
        uid: Its unique id.
        spec: Its spec, tags outside of templates replaced.
        index: Its templates.
        cluster: What it finds around it.
        folder: The run's folder.
        variables: The workflow's variables by dotted name.
        listener: Called at every change of a node.
        volume_token: Stands for a node's folder of volumes in templates.
        created: When it was submitted.
        nodes: Its nodes.
        outputs: Its output parameters.
        stopped: Whether it has been stopped.
        locks: The locks that it holds.
        prepared: Templates with their tags replaced, by node name.
        resolved: Tasks and steps after fan-out, by node name.
        outbound: Names of the last nodes inside a DAG or steps node.
        missing: What tasks and steps wait for that is not there.
    """

    name: str
    uid: str
    spec: Json
    index: TemplateIndex
    cluster: LocalCluster
    folder: Path
    variables: dict[str, str]
    listener: Listener
    volume_token: str
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    outputs: dict[str, str] = field(default_factory=dict)
    stopped: bool = False
    prepared: dict[str, Json] = field(default_factory=dict)
    resolved: dict[str, list[Json]] = field(default_factory=dict)
    outbound: dict[str, list[str]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Creates what belongs to this run alone."""
        self.nodes = Nodes(self.name)
        self.locks = Locks(self.cluster.lock_folder)
        self.changed = asyncio.Event()
        self.next_poll: datetime | None = None
        self.pods: dict[str, Pod] = {}
        self.slots = asyncio.Semaphore(self.cluster.pod_slots)
        self._evictions = dict(self.cluster.evictions)

    @property
    def deadline(self) -> datetime | None:
        """The moment at which the workflow has to end."""
        seconds = self.spec.get("activeDeadlineSeconds")
        if seconds is None:
            return None
        return self.created + timedelta(seconds=int(seconds))

    @property
    def past_deadline(self) -> bool:
        """Returns whether the workflow has used up its time."""
        return self.deadline is not None and datetime.now(UTC) > self.deadline

    def active_pods(self, boundary: str = "") -> int:
        """Counts the pods that have not ended.

        Args:
            boundary: Only those of this DAG or steps node; empty for all.

        Returns:
            Their number.
        """
        return sum(
            not pod.node.phase.fulfilled
            and boundary in {"", pod.node.boundary}
            for pod in self.pods.values()
        )

    def evicts(self, template: str) -> bool:
        """Decides whether a pod of a template is evicted, and counts it."""
        left = self._evictions.get(template, 0)
        self._evictions[template] = left - 1
        return left > 0

    def poll_at(self, moment: datetime) -> None:
        """Asks for another poll of the workflow at a moment."""
        if self.next_poll is None or moment < self.next_poll:
            self.next_poll = moment

    def initialise(
        self,
        call: Call,
        node_type: NodeType,
        phase: Phase,
        *,
        message: str = "",
        inputs: dict[str, str] | None = None,
        retried: bool = False,
    ) -> Node:
        """Creates a node.

        Args:
            call: The execution that it stands for.
            node_type: The kind of node.
            phase: Its first phase.
            message: Why it is in this phase.
            inputs: Its input parameters.
            retried: Whether it is one try of a retry node.

        Returns:
            The node.
        """
        node = Node(
            name=call.node,
            id=self.nodes.id(call.node),
            display_name=_display_name(call.node, call.boundary),
            type=node_type,
            template=_template_name(call.task),
            boundary=call.boundary,
            phase=phase,
            message=message,
            inputs=inputs or {},
            retried=retried,
            hooked=call.hooked and not retried,
        )
        if phase.fulfilled:
            node.finished = node.started
        self.nodes.add(node)
        self.notify(node)
        return node

    def mark(
        self, node: Node, phase: Phase, message: str | None = None
    ) -> Node:
        """Moves a node to a phase.

        Args:
            node: The node.
            phase: The phase.
            message: Why; None keeps the message.

        Returns:
            The node.
        """
        before = (node.phase, node.message)
        node.phase = phase
        if message is not None:
            node.message = message
        if phase.fulfilled and node.finished is None:
            node.finished = datetime.now(UTC)
        if (node.phase, node.message) != before:
            self.notify(node)
            self.changed.set()
        return node

    def notify(self, node: Node) -> None:
        """Calls the listener with a node's state."""
        self.listener(NodeEvent(self.name, record(node, self.nodes)))

    def export(self, outputs: Outputs | None) -> None:
        """Adds outputs that have a global name to the workflow's own."""
        if outputs is None:
            return
        for name, target in outputs.global_names.items():
            if name in outputs.parameters:
                value = outputs.parameters[name]
                self.outputs[target] = value
                self.variables[f"workflow.outputs.parameters.{target}"] = value


def _display_name(node: str, boundary: str) -> str:
    if not boundary:
        return node
    return _SEPARATOR.sub("", node.removeprefix(boundary))


def _template_name(task: Json) -> str:
    reference = task.get("templateRef", {})
    return str(task.get("template") or reference.get("template", ""))
