"""The double's lists: pages of rows that pass ``[[field, operator, value]]``.

Values are read as the API reads them: what looks like a number is one, and
the database compares it with no text.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, HTTPException, Query
from starlette.status import (
    HTTP_400_BAD_REQUEST,
    HTTP_500_INTERNAL_SERVER_ERROR,
)

from steps.contract.platform_id import LARGEST_ID

LARGEST_PAGE: Final = 100
PARTS: Final = 3
# Mixes the rows: a list has no order of its own.
SCRAMBLE: Final = 2_654_435_761
SCRAMBLED: Final = 2**32

Columns = Mapping[str, type[int] | type[str]]
RowT = TypeVar("RowT", bound=Mapping[str, Any])


@dataclass(frozen=True)
class PageQuery:
    """The query of a list.

    Attributes:
        filters: What rows have to pass.
        limit: The most rows.
        offset: How many to leave out.
    """

    filters: str = "[]"
    limit: Annotated[int, Query(le=LARGEST_PAGE)] = LARGEST_PAGE
    offset: int = 0


PageOf = Annotated[PageQuery, Depends()]


def chosen(
    rows: Iterable[Mapping[str, Any]], query: PageQuery, columns: Columns
) -> list[Mapping[str, Any]]:
    """Chooses a page of those rows that pass all filters.

    Args:
        rows: The rows.
        query: Which page, and what its rows have to pass.
        columns: The type of each column that may be asked for.

    Returns:
        The page, in an order that is not that of the numbers.

    Raises:
        HTTPException: The filters are malformed, or the database fails.
    """
    wanted = _parsed(query.filters, columns)
    if query.limit < 0 or query.offset < 0:
        raise broken("Database operation error")
    found = [
        row
        for row in rows
        if all(row[field] == value for field, value in wanted)
    ]
    end = query.offset + query.limit
    return sorted(found, key=_place)[query.offset : end]


def checked_id(number: int) -> int:
    """Fails as the database does where a number is none of its own.

    Args:
        number: The number of a row.

    Returns:
        The number.

    Raises:
        HTTPException: It has more than 32 bits.
    """
    if not -LARGEST_ID - 1 <= number <= LARGEST_ID:
        raise broken("Database operation error")
    return number


def broken(detail: str) -> HTTPException:
    """Returns the answer to what the API does not expect.

    Args:
        detail: The reason in the answer.

    Returns:
        The answer.
    """
    return HTTPException(HTTP_500_INTERNAL_SERVER_ERROR, detail)


def with_keys(rows: Iterable[RowT]) -> list[RowT]:
    """Fails as the API does where a row's key is null.

    Args:
        rows: The rows of asset objects.

    Returns:
        The rows.

    Raises:
        HTTPException: The key of one is null.
    """
    found = list(rows)
    if any(row["key"] is None for row in found):
        raise broken("Internal Server Error")
    return found


def _place(row: Mapping[str, Any]) -> int:
    number: int = row["id"]
    return number * SCRAMBLE % SCRAMBLED


def _parsed(
    filters: str, columns: Columns
) -> list[tuple[str, int | str | None]]:
    try:
        parsed = json.loads(filters)
    except ValueError:
        parsed = None
    if not isinstance(parsed, list):
        raise _malformed(filters)
    for one in parsed:
        if not (isinstance(one, list) and len(one) == PARTS):
            raise _malformed(filters)
    return [
        (field, _value(columns, field, operator, value))
        for field, operator, value in parsed
    ]


def _value(
    columns: Columns, field: object, operator: object, value: object
) -> int | str | None:
    column = columns.get(str(field))
    if column is None or operator != "eq":
        raise broken("Internal Server Error")
    if value is None:
        return None
    read = _read(str(value))
    if not isinstance(read, column):
        raise broken("Database operation error")
    return checked_id(read) if isinstance(read, int) else str(read)


def _read(text: str) -> int | float | str:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def _malformed(filters: str) -> HTTPException:
    return HTTPException(
        HTTP_400_BAD_REQUEST, f"malformed filters {filters!r}"
    )
