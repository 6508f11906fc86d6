r"""Parts of a JSON text as they are written, escapes and numbers included.

Argo hands items on as they were written: ``2.50`` and ``\u00fc`` stay.
"""

import json
import re

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\s+')


def list_items(text: str) -> list[str]:
    """Splits a JSON list.

    Args:
        text: A valid JSON list.

    Returns:
        Its items, compact.
    """
    items, position = [], _after_space(text, 0) + 1
    while (position := _after_space(text, position)) < len(text):
        if text[position] in ",]":
            position += 1
            continue
        _, end = _DECODER.raw_decode(text, position)
        items.append(compact(text[position:end]))
        position = end
    return items


def object_members(text: str) -> dict[str, str]:
    """Splits a JSON object.

    Args:
        text: A valid JSON object.

    Returns:
        Its values by name, compact.
    """
    members, position = {}, _after_space(text, 0) + 1
    while (position := _after_space(text, position)) < len(text):
        if text[position] in ",}":
            position += 1
            continue
        name, end = _DECODER.raw_decode(text, position)
        start = _after_space(text, _after_space(text, end) + 1)
        _, position = _DECODER.raw_decode(text, start)
        members[str(name)] = compact(text[start:position])
    return members


def compact(text: str) -> str:
    """Removes the space between the tokens of a JSON text."""
    return _TOKEN.sub(
        lambda match: match.group() if match.group()[0] == '"' else "", text
    )


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
