"""Reading untrusted documents: a value of another type counts as absent.

The schema rule reports wrong types; every other rule reads through these
functions and so needs no check of its own.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

Json = Mapping[str, object]

EMPTY: Json = {}


def words(text: str) -> frozenset[str]:
    """Split a text into its words."""
    return frozenset(text.split())


def mapping(value: object, *keys: str) -> Json:
    """Read a mapping.

    Args:
        value: Anything.
        keys: Keys to descend by.

    Returns:
        The mapping below the keys, empty when there is none.
    """
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else EMPTY


def sequence(value: object) -> list[object]:
    """Read a list; empty when the value is none."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Json]:
    """Read the mappings in a list; empty when the value is no list."""
    return [item for item in sequence(value) if isinstance(item, Mapping)]


def text(value: object) -> str:
    """Read a string; empty when the value is none."""
    return value if isinstance(value, str) else ""


def names(value: object) -> list[str]:
    """Read the names of a list of named objects, those that are strings."""
    return [text(item.get("name")) for item in mappings(value)]


def repeated(items: list[str]) -> list[str]:
    """Find the names that a list holds more than once, sorted."""
    return sorted({item for item in items if items.count(item) > 1})


def strings(
    value: object, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Walk all strings of a document.

    Args:
        value: Any part of a document.
        path: Keys that led to it.

    Yields:
        Path and string; list positions are keys too.
    """
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from strings(part, (*path, str(key)))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from strings(part, (*path, str(index)))


def suggestion(name: str, known: set[str] | frozenset[str]) -> str:
    """Suggest the known name that a wrong one is closest to.

    Args:
        name: The name that is not known.
        known: The names that are.

    Returns:
        A clause to append to a message, empty when nothing comes close.
    """
    close = get_close_matches(name, sorted(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""
