"""The id by which one message is followed from log to log.

It is the message's own where its sender has given it one, and made of its
content otherwise, so that a message that is delivered again keeps it. It
proves nothing: any sender of a message can give it any id.
"""

import hashlib
import re

# What Kubernetes takes as the value of a label.
PATTERN = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
DIGEST_LENGTH = 32

_USABLE = re.compile(PATTERN)


def is_usable(text: object) -> bool:
    """Returns whether an id can go wherever ids go.

    Args:
        text: What came from outside.

    Returns:
        Whether it is an id.
    """
    return isinstance(text, str) and _USABLE.fullmatch(text) is not None


def message_id_of(own: object, body: bytes) -> str:
    """Names a message.

    Args:
        own: The id that its sender has given it, if any.
        body: Its body, or the beginning of it.

    Returns:
        Its own id where it is usable, else one made of its body.
    """
    if isinstance(own, str) and is_usable(own):
        return own
    return hashlib.sha256(body).hexdigest()[:DIGEST_LENGTH]
