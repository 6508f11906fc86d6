"""The queue message that asks for a matrix profile.

Any publisher to the queue can write anything into it.
"""

import json
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic import ValidationError as InvalidMessage

from steps.contract.errors import BadDataError
from steps.contract.platform_id import LARGEST_ID, PlatformId

LONGEST_NAME = 1_000
LONGEST_KEY_BYTES = 1_024
DOT_SEGMENTS = frozenset({".", ".."})
BASIC_PSLOT_END = 0x10000
PLAIN_CONTROLS = "\t\n\r"
FIRST_PRINTABLE = " "
DELETE = "\x7f"
IMAGE = re.compile(r"[a-z0-9]+(?:[._:/@-]+[a-z0-9]+)*")
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


def _portable(text: str) -> str:
    """Refuses the few characters that Argo cannot put into a template."""
    for character in text:
        control = (
            character < FIRST_PRINTABLE and character not in PLAIN_CONTROLS
        )
        unassigned = (
            ord(character) >= BASIC_PSLOT_END and not character.isprintable()
        )
        if control or unassigned or character == DELETE:
            raise ValueError(
                f"holds the control character U+{ord(character):04X}"
            )
    return text


def _usable_key(key: str) -> str:
    """Refuses the keys that no client can put into a URL."""
    if not DOT_SEGMENTS.isdisjoint(key.split("/")):
        raise ValueError("holds '.' or '..' as a folder")
    if len(key.encode()) > LONGEST_KEY_BYTES:
        raise ValueError(f"is longer than {LONGEST_KEY_BYTES} bytes")
    return key


class MatrixProfileMessage(BaseModel):
    """A request for the matrix profile of one column of one object.

    Attributes:
        workflow_job_id: The job; two messages of one id are the same work.
        analysis_variable: The CSV column to analyse.
        bucket: The bucket of the input object.
        key: The key of the input object.
        image: Another job image than the default, when it is allowed.
        tag: Another tag of the job image, when it is allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    workflow_job_id: PlatformId
    analysis_variable: Annotated[str, AfterValidator(_portable)] = Field(
        min_length=1, max_length=LONGEST_NAME
    )
    bucket: str = Field(min_length=3, max_length=63)
    key: Annotated[str, AfterValidator(_usable_key)] = Field(min_length=1)
    image: str | None = Field(default=None, pattern=f"^{IMAGE.pattern}$")
    tag: str | None = Field(default=None, pattern=f"^{TAG.pattern}$")


def parse_message(text: str) -> MatrixProfileMessage:
    """Reads a message.

    Args:
        text: The message's body.

    Returns:
        The message.

    Raises:
        BadDataError: It is not JSON, or a field is missing, unknown, of the
            wrong type or out of its range; the error names each one.
    """
    try:
        return MatrixProfileMessage.model_validate_json(text)
    except InvalidMessage as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'message'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise BadDataError(
            f"The message is not a valid request: {faults}. It must be a "
            "JSON object with workflow_job_id, analysis_variable, bucket, "
            "key and, if wanted, image and tag."
        ) from None


def job_id_of(text: str) -> int | None:
    """Finds which job even an invalid message is about.

    Args:
        text: The message's body.

    Returns:
        The job's number, or None when there is no usable one.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    job_id = (
        document.get("workflow_job_id") if isinstance(document, dict) else None
    )
    if type(job_id) is int and 0 < job_id <= LARGEST_ID:
        return job_id
    return None
