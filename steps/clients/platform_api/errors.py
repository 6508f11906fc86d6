"""What the Platform API's failures mean."""

import email.utils
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

import httpx

from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    TemporaryError,
)
from steps.contract.log import redact

ANSWER_EXCERPT = 200
EXPIRED_GRANT = "invalid_grant"
NOT_TAKEN = frozenset(
    {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}
)


class MissingError(BadDataError):
    """There is nothing of that number."""


class UnreadableError(BadSettingsError):
    """An answer of an unknown shape."""


class RefusedError(BadSettingsError):
    """A request that the API does not take: a matter for the operator.

    Attributes:
        status: The answer's status.
    """

    def __init__(self, message: str, status: int) -> None:
        """Keeps the answer's status.

        Args:
            message: One sentence for a person.
            status: The answer's status.
        """
        super().__init__(message)
        self.status = status


class ForbiddenError(BadSettingsError):
    """The account may not do this."""


class PassingError(TemporaryError):
    """An answer, or the lack of one, that passes by itself.

    Attributes:
        status: The answer's status, None where there was no answer.
        pause_seconds: How long the API asked to be left alone.
        may_be_taken: Whether the API may have acted on the request.
    """

    def __init__(
        self,
        message: str,
        status: int | None = None,
        pause_seconds: float = 0,
        *,
        may_be_taken: bool = True,
    ) -> None:
        """Keeps what is known about the failure.

        Args:
            message: One sentence for a person.
            status: The answer's status, if there was an answer.
            pause_seconds: How long the API asked to be left alone.
            may_be_taken: Whether the API may have acted on the request.
        """
        super().__init__(message)
        self.status = status
        self.may_be_taken = may_be_taken
        self.pause_seconds = pause_seconds


class SignInError(PassingError):
    """No token for longer than a pause of Keycloak lasts."""


REFUSALS: Mapping[int, type[BadSettingsError]] = MappingProxyType(
    {
        httpx.codes.UNAUTHORIZED: BadSettingsError,
        httpx.codes.FORBIDDEN: ForbiddenError,
    }
)


def accepted(
    answer: httpx.Response, secrets: Iterable[str] = ()
) -> httpx.Response:
    """Returns a successful answer, and raises the error of any other.

    Args:
        answer: The API's answer.
        secrets: Values that must not be in an error.

    Returns:
        The answer.

    Raises:
        MissingError: There is no such thing.
        ForbiddenError: The account may not do this.
        BadSettingsError: The account is refused.
        PassingError: The API cannot answer now.
        RefusedError: The API does not take the request.
    """
    if answer.is_success:
        return answer
    request = f"{answer.request.method} {answer.request.url.path}"
    status = answer.status_code
    fault = (
        f"The Platform API answered {status} to {request}: "
        f"{excerpt(answer, secrets)}"
    )
    if answer.is_server_error or status == httpx.codes.TOO_MANY_REQUESTS:
        raise PassingError(
            fault,
            status,
            _retry_after(answer),
            may_be_taken=status not in NOT_TAKEN,
        )
    if status in REFUSALS or is_expired(answer):
        raise REFUSALS.get(status, BadSettingsError)(
            f"{fault}. Check API_USERNAME and API_PASSWORD, and that the "
            "account is an administrator's."
        )
    if status == httpx.codes.NOT_FOUND:
        raise MissingError(fault)
    raise RefusedError(fault, status)


def is_expired(answer: httpx.Response) -> bool:
    """Returns whether the gateway or the API takes a token for expired.

    Args:
        answer: The API's answer.

    Returns:
        Whether it does.
    """
    return answer.status_code == httpx.codes.UNAUTHORIZED or (
        answer.status_code == httpx.codes.BAD_REQUEST
        and EXPIRED_GRANT in answer.text
    )


def excerpt(answer: httpx.Response, secrets: Iterable[str]) -> str:
    """Shortens an answer's body to one line without secrets.

    Args:
        answer: The API's answer.
        secrets: Values that must not be in it.

    Returns:
        The line.
    """
    line = " ".join(redact(answer.text, secrets).split())
    return line[:ANSWER_EXCERPT]


def _retry_after(answer: httpx.Response) -> float:
    value = answer.headers.get("Retry-After", "")
    if value.isdecimal():
        return float(value)
    moment = email.utils.parsedate_tz(value)
    if moment is None:
        return 0
    until = datetime.fromtimestamp(email.utils.mktime_tz(moment), UTC)
    return max(0, (until - datetime.now(UTC)).total_seconds())
