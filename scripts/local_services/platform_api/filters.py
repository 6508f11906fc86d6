"""The double's filters: ``[[field, operator, value], …]``."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi import HTTPException
from starlette.status import HTTP_422_UNPROCESSABLE_CONTENT

LARGEST_PAGE: Final = 100
PARTS = 3


def chosen(
    rows: Iterable[Mapping[str, Any]],
    filters: str,
    fields: frozenset[str],
    *,
    limit: int,
    offset: int,
) -> list[Mapping[str, Any]]:
    """Chooses a page of those rows that pass all filters.

    Args:
        rows: The rows.
        filters: The query parameter ``filters``.
        fields: The fields that may be asked for.
        limit: The most rows.
        offset: How many to leave out.

    Returns:
        The page.

    Raises:
        HTTPException: The filters are malformed, or ask for something that
            the double does not have.
    """
    wanted = _parsed(filters, fields)
    found = [
        row
        for row in rows
        if all(row[field] == value for field, value in wanted)
    ]
    return found[offset : offset + limit]


def _parsed(filters: str, fields: frozenset[str]) -> list[tuple[str, object]]:
    try:
        parsed = json.loads(filters)
    except ValueError:
        parsed = None
    if not isinstance(parsed, list):
        raise _unknown(filters)
    for one in parsed:
        if not (isinstance(one, list) and len(one) == PARTS):
            raise _unknown(filters)
        if one[0] not in fields or one[1] != "eq":
            raise _unknown(filters)
    return [(field, value) for field, _, value in parsed]


def _unknown(filters: str) -> HTTPException:
    return HTTPException(
        HTTP_422_UNPROCESSABLE_CONTENT, f"unknown filters {filters!r}"
    )
