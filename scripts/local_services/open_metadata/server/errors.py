"""What the double answers when it refuses."""

from http import HTTPStatus
from typing import Any


class RefusedError(Exception):
    """A request that is refused.

    Attributes:
        status: The answer's status.
    """

    def __init__(self, status: HTTPStatus, message: str) -> None:
        """Makes a refusal.

        Args:
            status: The answer's status.
            message: What is wrong with the request.
        """
        super().__init__(message)
        self.status = status

    def body(self) -> dict[str, Any]:
        """Returns the answer's body, as OpenMetadata words it."""
        return {"code": int(self.status), "message": str(self)}


def not_found(what: str, name: str) -> RefusedError:
    """Makes the refusal of something that there is not."""
    return RefusedError(
        HTTPStatus.NOT_FOUND, f"{what} instance for {name} not found"
    )


def bad_request(message: str) -> RefusedError:
    """Makes the refusal of a body or a parameter that is invalid."""
    return RefusedError(HTTPStatus.BAD_REQUEST, message)
