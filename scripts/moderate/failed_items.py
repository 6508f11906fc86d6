"""The items of the trust pipelines that have failed."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from moderate.settings import from_this_machine
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.errors import WrongUseError
from steps.state.items import FailedItem, ItemStatus
from steps.state.state import State
from steps.trust.inputs import OBJECTS, USERS

PIPELINES = (USERS, OBJECTS)

T = TypeVar("T")


class FailedRow(BaseModel):
    """An item that has failed and is not done.

    Attributes:
        pipeline: Whose item it is.
        item: A username, or the number of an asset object.
        state: Whether it waits for its next try, is due, or is set aside.
        failures: How often it has failed.
        next_try: Before when it is not tried again, where it waits.
        why: Why it has failed the last time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pipeline: str
    item: str
    state: ItemStatus
    failures: int
    next_try: datetime | None
    why: str


def failed_rows() -> list[FailedRow]:
    """Lists what has failed and is not done.

    Returns:
        The items of each pipeline, those set aside first.

    Raises:
        ModerateError: The state cannot be read.
    """
    return [
        _row(pipeline, item)
        for pipeline in PIPELINES
        for item in _ask(pipeline, State.failed_items)
    ]


def chosen_rows(
    items: Collection[str], *, everything: bool
) -> list[FailedRow]:
    """Chooses among the items that have failed.

    Args:
        items: Their names; one of both pipelines means both.
        everything: Whether to take all of them.

    Returns:
        The chosen items.

    Raises:
        WrongUseError: One of them has not failed.
        ModerateError: The state cannot be read.
    """
    rows = failed_rows()
    unknown = sorted(set(items) - {row.item for row in rows})
    if unknown:
        raise WrongUseError(
            f"These have not failed: {', '.join(map(repr, unknown))}. "
            "`moderate trust failed` lists those that have."
        )
    return [row for row in rows if everything or row.item in items]


def release(row: FailedRow) -> bool:
    """Makes an item due now, as if it had never failed.

    Args:
        row: The item.

    Returns:
        Whether it was released; it is not while a run works on it.

    Raises:
        ModerateError: The state cannot be written.
    """
    return _ask(row.pipeline, lambda state: state.release(row.item))


def _row(pipeline: str, item: FailedItem) -> FailedRow:
    waiting = ItemStatus.WAITING if item.next_try else ItemStatus.DUE
    return FailedRow(
        pipeline=pipeline,
        item=item.key,
        state=ItemStatus.SET_ASIDE if item.set_aside else waiting,
        failures=item.failures,
        next_try=item.next_try and item.next_try.replace(microsecond=0),
        why=item.last_error,
    )


def _ask(pipeline: str, question: Callable[[State], T]) -> T:
    with _open(pipeline) as state:
        return question(state)


@contextmanager
def _open(pipeline: str) -> Iterator[State]:
    settings = PostgresSettings.of(from_this_machine())
    with State(settings, pipeline) as state:
        yield state
