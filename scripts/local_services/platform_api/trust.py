"""The double's trust service: DIDs, proofs, and the ledger they cost.

Tasks end by themselves, some time after they were asked for; nothing runs in
the meantime. As on the platform, a task is lost when the API is killed, or has
no database connection left for it, and asking twice before the first task has
ended costs two ledger entries.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from threading import RLock
from typing import Any

from local_services.platform_api.objects import PlatformObject

CONNECTIONS = 15


class Kind(Enum):
    """What a task makes."""

    DID = "did"
    PROOF = "proof"


Item = tuple[Kind, str | int]
"""A username's DID or an object's proof."""


@dataclass
class TrustTask:
    """Work that the API has begun.

    Attributes:
        id: Its number.
        item: What it makes.
        owner: Whose DID a proof needs; the user of a DID.
        asker: The account that asked for it.
        starts: When it begins, by the monotonic clock, in seconds.
        ends: When it has ended.
        begun: Whether it has begun.
        result: What it has made, None until then.
        error: Why it failed, None where it did not.
        lost: Whether the API was killed meanwhile, or had no connection.
        created_at: When it was asked for.
        finished_at: When it ended, None until then.
    """

    id: int
    item: Item
    owner: str
    asker: str
    starts: float
    ends: float
    begun: bool = False
    result: dict[str, Any] | None = None
    error: str | None = None
    lost: bool = False
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    finished_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it runs, or waits to."""
        return not self.lost and self.finished_at is None

    def document(self) -> dict[str, Any]:
        """Returns the task as the platform shows it."""
        return {
            "id": self.id,
            "result": self.result,
            "error": self.error,
            "created_at": self.created_at.replace(tzinfo=None),
            "finished_at": self.finished_at,
        }


@dataclass
class PlatformTrust:
    """The trust service's state.

    Attributes:
        objects: The asset objects by number.
        configured: Whether the API has a trust service.
        seconds_before: How long a task waits before it begins.
        seconds: How long a task takes.
        connections: How many database connections the API has; a task that
            has begun holds one.
        users: The users that the platform has, besides those with a DID.
        errors: What the tasks of an item end in, where they fail.
        dids: The DIDs by username.
        ledger: What was written to the ledger, in order.
        tasks: All tasks by number.
        most_at_once: The most tasks that were open at once.
    """

    objects: Mapping[int, PlatformObject]
    configured: bool = True
    seconds_before: float = 0
    seconds: float = 0
    connections: int = CONNECTIONS
    users: set[str] = field(default_factory=set)
    errors: dict[Item, str] = field(default_factory=dict)
    dids: dict[str, str] = field(default_factory=dict)
    ledger: list[Item] = field(default_factory=list)
    tasks: dict[int, TrustTask] = field(default_factory=dict)
    most_at_once: int = 0
    _lock: RLock = field(default_factory=RLock, repr=False)

    def reset(self) -> None:
        """Deletes everything but the asset objects."""
        with self._lock:
            self.configured = True
            self.seconds_before = self.seconds = 0
            self.most_at_once = 0
            self.connections = CONNECTIONS
            self.users.clear()
            for kept in (self.errors, self.dids, self.ledger, self.tasks):
                kept.clear()

    def restart(self) -> None:
        """Loses the tasks that are open, as SIGKILL does."""
        with self._lock:
            self.settle()
            for task in self.tasks.values():
                task.lost = task.is_open

    def terminate(self) -> None:
        """Lets the tasks that are open end, as SIGTERM does."""
        with self._lock:
            for task in self.open_tasks():
                task.starts = task.ends = time.monotonic()
            self.settle()

    def open_tasks(self) -> list[TrustTask]:
        """Lists the tasks that have not ended.

        Returns:
            The tasks.
        """
        with self._lock:
            self.settle()
            return [task for task in self.tasks.values() if task.is_open]

    def known_users(self) -> set[str]:
        """Lists the users that the platform has."""
        return self.users | self.dids.keys()

    def ask(self, item: Item, owner: str, asker: str) -> TrustTask:
        """Begins a task.

        Args:
            item: What it is to make.
            owner: Whose DID a proof needs; the user of a DID.
            asker: The account that asks.

        Returns:
            The task; one that finds no connection never ends.
        """
        with self._lock:
            self.settle()
            starts = time.monotonic() + self.seconds_before
            ends = starts + self.seconds
            task = TrustTask(
                len(self.tasks) + 1, item, owner, asker, starts, ends
            )
            task.lost = len(self.open_tasks()) >= self.connections
            self.tasks[task.id] = task
            self.most_at_once = max(self.most_at_once, len(self.open_tasks()))
            return task

    def settle(self) -> None:
        """Brings every task to where it is by now, in the order of time."""
        with self._lock:
            now = time.monotonic()
            steps = [
                step
                for task in self.tasks.values()
                if task.is_open
                for step in (
                    (task.starts, task.id, self._begin),
                    (task.ends, task.id, self._end),
                )
            ]
            for moment, number, advance in sorted(
                steps, key=lambda step: step[:2]
            ):
                task = self.tasks[number]
                if moment <= now and task.is_open:
                    advance(task)

    def made(self, item: Item) -> str | None:
        """Returns a user's DID or an object's proof, None without one."""
        kind, key = item
        if kind is Kind.DID:
            return self.dids.get(str(key))
        return self.objects[int(key)].proof_id

    def _begin(self, task: TrustTask) -> None:
        if task.begun:
            return
        task.begun = True
        kind, key = task.item
        if self.made(task.item):
            _fail(task, f"{key} already has a {kind.value}")
        elif kind is Kind.PROOF and task.owner not in self.dids:
            _fail(task, f"User {task.owner} does not have a DID")

    def _end(self, task: TrustTask) -> None:
        if task.item in self.errors:
            _fail(task, self.errors[task.item])
            return
        self.ledger.append(task.item)
        kind, key = task.item
        if self.made(task.item):
            _fail(task, f"The {kind.value} of {key} was made in the meantime")
            return
        made = f"{kind.value}:example:{len(self.ledger)}"
        if kind is Kind.DID:
            self.dids[str(key)] = made
            task.result = {"username": key, "trust_did": made}
        else:
            stored = self.objects[int(key)]
            stored.proof_id = made
            task.result = stored.document()
        task.finished_at = datetime.now(UTC)


def _fail(task: TrustTask, error: str) -> None:
    task.error = error
    task.finished_at = datetime.now(UTC)
