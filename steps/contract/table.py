"""Results as a table of plain text, for logs and outputs."""

from collections.abc import Sequence

from pydantic import BaseModel

NUMBERS = (int, float)


def table(rows: Sequence[BaseModel]) -> str:
    """Writes rows as a table, one line each.

    Args:
        rows: Rows of one model; its fields are the columns.

    Returns:
        The table; control characters in it are escaped. Empty for no rows.
    """
    from tabulate import tabulate

    if not rows:
        return ""
    fields = list(type(rows[0]).model_fields)
    text: str = tabulate(
        [[_cell(getattr(row, field)) for field in fields] for row in rows],
        headers=[field.replace("_", " ") for field in fields],
        colalign=[_alignment(rows, field) for field in fields],
        disable_numparse=True,
        preserve_whitespace=True,
    )
    return text


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.1f}"
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape").decode()
        for character in str(value)
    )


def _alignment(rows: Sequence[BaseModel], field: str) -> str:
    values = [getattr(row, field) for row in rows]
    numeric = all(
        isinstance(value, (*NUMBERS, type(None))) for value in values
    )
    return "right" if numeric else "left"
