"""Fitting a report into the bytes and the length that there are for it."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from pydantic import BaseModel

TEXT_LENGTHS = (400, 160, 60, 20)
ELLIPSIS = "…"

ReportT = TypeVar("ReportT", bound=BaseModel)


def fit(
    report: ReportT,
    largest_bytes: int,
    *,
    texts: AbstractSet[str],
    rows: str = "",
) -> ReportT:
    """Shortens a report until its JSON is small enough.

    Args:
        report: The report.
        largest_bytes: The most bytes of its JSON.
        texts: The fields, of the report and of its rows, that may be cut.
        rows: The field with the rows, of which the last are left out where
            shorter texts are not enough.

    Returns:
        The report; with shorter texts, and at last fewer rows, where it is
        too large.
    """
    if _size(report) <= largest_bytes:
        return report
    for length in TEXT_LENGTHS:
        content = _cut(report.model_dump(), texts, length)
        fitting = type(report).model_validate(content)
        if _size(fitting) <= largest_bytes:
            return fitting
    while rows and content[rows] and _size(fitting) > largest_bytes:
        content[rows] = content[rows][: len(content[rows]) // 2]
        fitting = type(report).model_validate(content)
    return fitting


def written(report: BaseModel) -> str:
    """Returns a report's JSON, without fields that hold their defaults."""
    return report.model_dump_json(exclude_defaults=True)


def first_of(things: Sequence[object], shown: int) -> str:
    """Lists the first of some things, and how many more there are.

    Args:
        things: The things.
        shown: How many are listed.

    Returns:
        The list.
    """
    more = len(things) - shown
    return ", ".join(map(str, things[:shown])) + (
        f" and {more:,} more" if more > 0 else ""
    )


def _size(report: BaseModel) -> int:
    return len(written(report).encode())


def _cut(value: Any, texts: AbstractSet[str], length: int) -> Any:  # noqa: ANN401
    if isinstance(value, list | tuple):
        return [_cut(one, texts, length) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _shortened(one, length)
        if name in texts
        else _cut(one, texts, length)
        for name, one in value.items()
    }


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + ELLIPSIS
