"""Fully qualified names, quoted as OpenMetadata quotes them."""

import re

SEPARATOR = "."
QUOTE = '"'
PART = re.compile(r'"(?P<quoted>[^"]*\.[^"]*)"|(?P<plain>[^.]*)')


class InvalidNameError(ValueError):
    """A name that OpenMetadata refuses."""


def quote_name(name: str) -> str:
    """Quotes a name where it stands in a fully qualified name.

    Args:
        name: The name, perhaps quoted already.

    Returns:
        The name, in quotes where it holds the separator.

    Raises:
        InvalidNameError: It holds a quote of its own.
    """
    inner = name
    if len(name) > 1 and name[0] == name[-1] == QUOTE:
        inner = name[1:-1]
    if QUOTE in inner or not inner or "\n" in inner:
        raise InvalidNameError(f"Invalid name {name!r}")
    return f"{QUOTE}{inner}{QUOTE}" if SEPARATOR in inner else inner


def join(*names: str) -> str:
    """Makes a fully qualified name of names.

    Args:
        *names: The names from the service down.

    Returns:
        The fully qualified name.

    Raises:
        InvalidNameError: One of them is refused.
    """
    return SEPARATOR.join(map(quote_name, names))


def split(qualified: str) -> list[str]:
    """Takes a fully qualified name apart.

    Args:
        qualified: The fully qualified name.

    Returns:
        The names, without quotes.

    Raises:
        InvalidNameError: It is not a fully qualified name.
    """
    names = []
    position = 0
    while True:
        part = PART.match(qualified, position)
        end = part.end() if part else position
        if part is None or qualified[end : end + 1] not in {"", SEPARATOR}:
            raise InvalidNameError(f"Invalid name {qualified!r}")
        names.append(part["quoted"] or part["plain"])
        if end == len(qualified):
            return names
        position = end + 1


def add(parent: str, name: str) -> str:
    """Adds a name to a fully qualified name.

    Args:
        parent: The fully qualified name.
        name: The name.

    Returns:
        The longer fully qualified name.
    """
    return f"{parent}{SEPARATOR}{quote_name(name)}"


def is_below(qualified: str, parent: str) -> bool:
    """Returns whether one fully qualified name lies below another."""
    return qualified.startswith(parent + SEPARATOR)
