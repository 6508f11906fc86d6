"""What could not become a workflow, wherever it is kept."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from steps.relay.triage import one_line

SHOWN_CHARACTERS = 200


class Place(StrEnum):
    """Where dead letters are kept.

    Attributes:
        QUEUE: The relay's dead-letter queue in RabbitMQ.
        CLUSTER: Workflows called ``dead-letter``.
    """

    QUEUE = "queue"
    CLUSTER = "cluster"


class DeadLetter(BaseModel):
    """A message or an event that could not become a workflow.

    Attributes:
        place: Where it is kept.
        name: The workflow that keeps it; empty for a message in the queue.
        job_id: The job that it names, if it does.
        why: Why it could not become a workflow.
        bytes: How large it is.
        whole: Whether all of it has been kept.
        start: Its beginning, in one printable line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: Place
    name: str = ""
    job_id: int | None = None
    why: str
    bytes: int
    whole: bool = True
    start: str

    @property
    def title(self) -> str:
        """Its title for people."""
        if self.name:
            return self.name
        if self.job_id is not None:
            return f"the message of job {self.job_id}"
        return f"a message without a job ({self.start[:40]!r})"

    def is_called(self, item: str) -> bool:
        """Returns whether an argument names it.

        Args:
            item: A job's number, or a workflow's name.

        Returns:
            Whether it is of this job, or has this name.
        """
        if self.job_id is not None and item == str(self.job_id):
            return True
        return bool(item) and item == self.name


class Replay(BaseModel):
    """The outcome of a replay.

    Attributes:
        dead_letter: The message or event.
        replayed: Whether it has been published again.
        why_not: Why it has not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dead_letter: DeadLetter
    replayed: bool
    why_not: str = ""


def beginning_of(text: str) -> str:
    """Shows a text's beginning.

    Args:
        text: Any text; it may come from outside.

    Returns:
        One printable line.
    """
    return one_line(text[:SHOWN_CHARACTERS])
