"""What is known of the items that pods claim."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ItemStatus(StrEnum):
    """Where an item stands.

    Attributes:
        DUE: Anybody may claim it now; it may have failed before.
        CLAIMED: Somebody works on it.
        WAITING: It failed, and its next try has not come.
        SET_ASIDE: It failed too often; a person has to release it.
        DONE: It is done.
    """

    DUE = "due"
    CLAIMED = "claimed"
    WAITING = "waiting"
    SET_ASIDE = "set aside"
    DONE = "done"


@dataclass(frozen=True)
class Claim:
    """The right to work on an item, until its lease runs out.

    Attributes:
        key: The item's key.
        token: Distinguishes this claim from all others of the item.
        failures: How often the item has failed before.
    """

    key: str
    token: UUID
    failures: int = 0


@dataclass(frozen=True)
class FailedItem:
    """An item that has failed and is not done.

    Attributes:
        key: Its key.
        failures: How often it has failed.
        last_error: Why, the last time.
        next_try: When it is due again; None once it is set aside or a
            claim's lease ran out.
        set_aside: Whether a person has to release it.
    """

    key: str
    failures: int
    last_error: str
    next_try: datetime | None
    set_aside: bool


@dataclass(frozen=True)
class RetryPolicy:
    """How failures are answered.

    Attributes:
        first_pause_seconds: The pause after the first failure; each further
            one is twice as long as the one before.
        longest_pause_seconds: The longest pause.
        most_failures: After how many an item is set aside.
    """

    first_pause_seconds: float = 5 * 60
    longest_pause_seconds: float = 6 * 60 * 60
    most_failures: int = 10
