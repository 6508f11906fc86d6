"""Message properties that cannot be decoded end no connection.

pika raises where it decodes a header that Python has no value for, such as a
time in milliseconds: on the thread that serves all messages, and
again each time that the message is delivered.
"""

import logging
import struct

from pika import spec
from pika.exceptions import AMQPError

UNDECODABLE = (
    AMQPError,
    ArithmeticError,
    OSError,
    RecursionError,
    ValueError,
    struct.error,
)

log = logging.getLogger(__name__)


class LenientProperties(spec.BasicProperties):  # type: ignore[misc]  # untyped
    """Properties of which those behind an undecodable header are missing."""

    def decode(self, encoded: bytes, offset: int = 0) -> "LenientProperties":
        """Decodes what can be decoded.

        Args:
            encoded: The properties, as the broker sends them.
            offset: Where they begin.

        Returns:
            These properties.
        """
        try:
            super().decode(encoded, offset)
        except UNDECODABLE as error:
            log.warning("A message has undecodable headers: %r", error)
        return self


def tolerate_undecodable_headers() -> None:
    """Lets pika use these properties for all messages of this process."""
    spec.props[LenientProperties.INDEX] = LenientProperties
