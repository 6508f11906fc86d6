"""The context of each line of a log: the run and the message."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from steps.contract.message_id import is_usable

RUN_VARIABLE = "WORKFLOW_NAME"
MESSAGE_ID_VARIABLE = "MESSAGE_ID"
RUN = "run"
MESSAGE_ID = "message_id"

_message_id: ContextVar[str] = ContextVar(MESSAGE_ID, default="")


@contextmanager
def about_message(message_id: str) -> Iterator[None]:
    """Marks the lines that are logged meanwhile, in this thread.

    Args:
        message_id: The message that they are about.

    Yields:
        While the lines are marked.
    """
    token = _message_id.set(message_id)
    try:
        yield
    finally:
        _message_id.reset(token)


def context() -> Mapping[str, str]:
    """Returns the context of a line that is logged now.

    Returns:
        The workflow and the message where they are known; what has come
        from outside and is no id is left out.
    """
    known = {
        RUN: os.environ.get(RUN_VARIABLE, ""),
        MESSAGE_ID: _message_id.get()
        or os.environ.get(MESSAGE_ID_VARIABLE, ""),
    }
    return {key: value for key, value in known.items() if is_usable(value)}
