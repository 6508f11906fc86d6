"""How the Platform API is asked for some things of many."""

import json

PAGE = 100


def equal(field: str, value: str | int) -> str:
    """Writes a filter for one value of one field.

    Args:
        field: The field's name.
        value: Its value.

    Returns:
        The query parameter ``filters``.
    """
    return json.dumps([[field, "eq", value]])
