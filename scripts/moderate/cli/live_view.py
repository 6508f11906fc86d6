"""Watching a run in a terminal, and its summary at the end."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from rich.console import Console, ConsoleRenderable, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from argo_offline.run.cluster import LocalImage
from argo_offline.run.nodes import NodeType, Phase
from argo_offline.run.results import (
    Listener,
    NodeEvent,
    NodeRecord,
    WorkflowResult,
)
from checkout.images import Image, environment_of
from moderate.local_images import local_image

REFRESHES_PER_SECOND = 8
SHOWN_NODES = 30
MESSAGE_LENGTH = 200
SIGNS = {
    Phase.PENDING: ("◷", "yellow"),
    Phase.RUNNING: ("●", "cyan"),
    Phase.SUCCEEDED: ("✔", "green"),
    Phase.SKIPPED: ("○", "dim"),
    Phase.OMITTED: ("○", "dim"),
    Phase.FAILED: ("✖", "red"),
    Phase.ERROR: ("⚠", "red"),
}


class _Nodes:
    """The nodes of a run as the terminal shows them."""

    def __init__(self) -> None:
        self.records: dict[str, NodeRecord] = {}

    def __rich__(self) -> ConsoleRenderable:
        return nodes_table(tuple(self.records.values())[-SHOWN_NODES:])


def installed_images(
    console: Console, images: Iterable[Image]
) -> dict[str, LocalImage]:
    """Sets up images' environments while a person watches.

    Args:
        console: Where to print it.
        images: The images.

    Returns:
        The environments by the images' local references.
    """
    found = {}
    for image in images:
        if not environment_of(image).exists():
            console.print(
                f"Installing what the image {image.name} holds, this once"
            )
        with console.status(f"Setting up {image.name}"):
            found[image.local_reference] = local_image(image)
    return found


@contextmanager
def watched(console: Console) -> Iterator[Listener]:
    """Shows the nodes of a run while it lasts.

    A terminal gets a table that changes; anything else a line for each
    change of a phase.

    Args:
        console: Where to show it.

    Yields:
        What to call with each event.
    """
    if not console.is_terminal:
        yield _Lines(console)
        return
    nodes = _Nodes()

    def on_event(event: NodeEvent) -> None:
        nodes.records[event.node.name] = event.node

    with Live(nodes, console=console, refresh_per_second=REFRESHES_PER_SECOND):
        yield on_event


class _Lines:
    """Prints a line for each change of a phase."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._phases: dict[str, Phase] = {}

    def __call__(self, event: NodeEvent) -> None:
        node = event.node
        if self._phases.get(node.name) is node.phase:
            return
        self._phases[node.name] = node.phase
        message = f" {_short(node.message)}" if node.message else ""
        self._console.print(
            f"{datetime.now(UTC):%H:%M:%S} {node.phase:<9} "
            f"{escape(node.display_name)}{escape(message)}",
            soft_wrap=True,
        )


def nodes_table(nodes: tuple[NodeRecord, ...]) -> Table:
    """Draws nodes as a table.

    Args:
        nodes: The nodes, oldest first.

    Returns:
        One row per node.
    """
    table = Table(box=None, pad_edge=False)
    for column in ("", "node", "template", "time", "progress", "message"):
        table.add_column(column, no_wrap=column != "message")
    for node in nodes:
        sign, style = SIGNS[node.phase]
        table.add_row(
            Text(sign, style),
            Text(node.display_name),
            Text(node.template, "dim"),
            _duration(node.started, node.finished),
            node.progress if node.type is NodeType.POD else "",
            Text(_short(node.message), "dim"),
        )
    return table


def summary(result: WorkflowResult) -> ConsoleRenderable:
    """Returns how a run ended and where its parts are.

    Args:
        result: The result.

    Returns:
        Phase, duration, the message if any, and the run's folder.
    """
    sign, style = SIGNS[result.phase]
    lines = [
        Text.assemble(
            (f"{sign} {result.name} {result.phase}", f"bold {style}"),
            f" in {_duration(result.started, result.finished)}",
        )
    ]
    if result.message:
        lines.append(Text(_short(result.message)))
    lines += [
        Text(f"  {name}: {value}") for name, value in result.outputs.items()
    ]
    if result.folder:
        lines.append(Text(f"Inputs, outputs and logs: {result.folder}"))
    return Group(*lines)


def _duration(started: datetime, finished: datetime | None) -> str:
    lasted = (finished or datetime.now(UTC)) - started
    return f"{max(lasted, timedelta()).total_seconds():.1f} s"


def _short(message: str) -> str:
    line = " ".join(message.split())
    if len(line) <= MESSAGE_LENGTH:
        return line
    return line[: MESSAGE_LENGTH - 1] + "…"
