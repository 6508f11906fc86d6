"""What becomes of a message."""

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """The outcome of a message."""

    FORWARDED = "the EventBus has it"
    DEAD = "it can never be run"
    GIVEN_UP = "it has failed too often while others passed"
    KEPT = "it is to be tried again"


@dataclass(frozen=True)
class Disposition:
    """The outcome of a message, and why.

    Attributes:
        outcome: Its outcome.
        reason: Why, where it goes to the dead-letter queue.
    """

    outcome: Outcome
    reason: str = ""
