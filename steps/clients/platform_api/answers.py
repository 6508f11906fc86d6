"""Reads the Platform API's answers into models."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import AfterValidator, TypeAdapter, ValidationError

from steps.clients.platform_api.errors import PassingError, UnreadableError

ContentT = TypeVar("ContentT", dict[str, Any], list[Any])
ShapeT = TypeVar("ShapeT")


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""A moment of the platform's, which is UTC without an offset."""


def document(answer: httpx.Response) -> dict[str, Any]:
    """Reads a JSON object.

    Args:
        answer: The API's answer.

    Returns:
        The object.

    Raises:
        PassingError: It is something else, a proxy's page for example.
    """
    return _read(answer, dict, "object")


def documents(answer: httpx.Response) -> list[Any]:
    """Reads a JSON list.

    Args:
        answer: The API's answer.

    Returns:
        The list.

    Raises:
        PassingError: It is something else, a proxy's page for example.
    """
    return _read(answer, list, "list")


def shaped(content: object, shape: TypeAdapter[ShapeT], what: str) -> ShapeT:
    """Validates what the API has answered.

    Args:
        content: The answer's JSON.
        shape: What it is to be.
        what: What a person calls it.

    Returns:
        The validated answer.

    Raises:
        UnreadableError: It is of another shape.
    """
    try:
        return shape.validate_python(content)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        raise UnreadableError(
            f"The Platform API answered with {what} of an unknown shape: "
            f"{faults}"
        ) from None


def _read(answer: httpx.Response, kind: type[ContentT], name: str) -> ContentT:
    try:
        content = answer.json()
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, kind):
        raise PassingError(
            f"The Platform API answered {answer.request.url.path} with "
            f"something that is not a JSON {name}. Check API_BASE_URL."
        )
    return content
