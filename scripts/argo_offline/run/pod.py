"""A pod: the process that stands for a container node."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from argo_offline.run.nodes import Json, Node
from argo_offline.run.process import RunningProcess


@dataclass
class Pod:
    """A pod that was created.

    Attributes:
        node: Its node.
        template: Its template, ready to run.
        exit_handler: Whether it belongs to the exit handler.
        capture: Whether something refers to its standard output.
        end: When all tries of its node end.
        task: What runs it.
        process: Its process, once it runs.
        ending: Whether it was asked to end.
        killed: Whether it was asked to end at once.
    """

    node: Node
    template: Json
    exit_handler: bool
    capture: bool
    end: datetime | None
    task: asyncio.Task[None] | None = None
    process: RunningProcess | None = None
    ending: bool = False
    killed: bool = False
