"""Is a message valid, and which job is it about?

Any publisher to the queue can write anything into a message.
"""

import hashlib
from dataclasses import dataclass
from typing import Self

from steps.contract.errors import BadDataError
from steps.contract.message_id import message_id_of
from steps.matrix_profile.message import job_id_of, parse_message

LARGEST_MESSAGE_BYTES = 32 * 1024
KEPT_BYTES = 64 * 1024
LONGEST_REASON = 1_000
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class IncomingMessage:
    """As much of a message as is ever needed, so that none fills the memory.

    Attributes:
        start: The beginning of its body; all of it where it can be valid.
        size: The size of its body in bytes.
        message_id: The id by which it is followed.
    """

    start: bytes
    size: int
    message_id: str

    @classmethod
    def of(cls, body: bytes, own_id: object = None) -> Self:
        """Keeps what is needed of a message.

        Args:
            body: Its body.
            own_id: The id that its sender has given it, if any.

        Returns:
            The message.
        """
        start = body[:KEPT_BYTES]
        return cls(start, len(body), message_id_of(own_id, start))

    @property
    def key(self) -> bytes:
        """The same for the same body, with any id of its sender."""
        return hashlib.sha256(self.start).digest()

    @property
    def is_whole(self) -> bool:
        """Whether all of its body is kept."""
        return self.size == len(self.start)


@dataclass(frozen=True)
class Valid:
    """A message to forward.

    Attributes:
        job_id: The job that it asks for.
        text: Its body.
    """

    job_id: int
    text: str


@dataclass(frozen=True)
class Invalid:
    """A message that can never be run.

    Attributes:
        reason: Why, in one printable line.
        job_id: The job that it names all the same, if it does.
    """

    reason: str
    job_id: int | None = None


def triage(incoming: IncomingMessage) -> Valid | Invalid:
    """Validates a message.

    Args:
        incoming: The message.

    Returns:
        The message to forward, or why there is none.
    """
    if incoming.size > LARGEST_MESSAGE_BYTES:
        return Invalid(
            f"The message has {incoming.size:,} bytes; at most "
            f"{LARGEST_MESSAGE_BYTES:,} are read."
        )
    try:
        text = incoming.start.decode()
    except UnicodeDecodeError:
        return Invalid("The message is not UTF-8 text.")
    try:
        message = parse_message(text)
    except BadDataError as error:
        return Invalid(one_line(str(error)), job_id_of(text))
    return Valid(message.workflow_job_id, text)


def one_line(text: str) -> str:
    """Makes a text safe for a log, a header and a page.

    Args:
        text: Any text; parts of it may come from outside.

    Returns:
        Its beginning, without line breaks and control characters.
    """
    start = " ".join(text[:LONGEST_REASON].split())
    return "".join(
        character if character.isprintable() else REPLACEMENT
        for character in start
    )
