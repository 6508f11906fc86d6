"""Keys as they are: exact text, never a slug of it."""

from collections.abc import Iterable

from steps.contract.errors import BadDataError

# PostgreSQL's indexes hold entries of 2,704 bytes: a namespace and a key.
LONGEST_KEY_BYTES = 2_048
LONGEST_NAMESPACE_BYTES = 200
EXCERPT = 100


def checked_key(key: str) -> str:
    """Checks that PostgreSQL can hold a key exactly.

    Args:
        key: Any text.

    Returns:
        The same text.

    Raises:
        BadDataError: It is too long, has a null character, or is no
            Unicode text.
    """
    return _checked(key, "key", LONGEST_KEY_BYTES)


def checked_keys(keys: Iterable[str]) -> list[str]:
    """Checks that PostgreSQL can hold keys exactly.

    Args:
        keys: Any texts.

    Returns:
        The same texts, each once, in their order.

    Raises:
        BadDataError: It cannot hold one of them.
    """
    return [checked_key(key) for key in dict.fromkeys(keys)]


def checked_namespace(namespace: str) -> str:
    """Checks that PostgreSQL can hold a namespace exactly.

    Args:
        namespace: Any text.

    Returns:
        The same text.

    Raises:
        BadDataError: It is too long, has a null character, or is no
            Unicode text.
    """
    return _checked(namespace, "namespace", LONGEST_NAMESPACE_BYTES)


def _checked(text: str, what: str, longest_bytes: int) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise BadDataError(
            f"The {what} {text[:EXCERPT]!r} is no Unicode text, so the state "
            "cannot keep it."
        ) from None
    if "\0" in text:
        raise BadDataError(
            f"The {what} {text[:EXCERPT]!r} has a null character, which "
            "PostgreSQL cannot hold."
        )
    if size > longest_bytes:
        raise BadDataError(
            f"The {what} {text[:EXCERPT]!r}… has {size:,} bytes; the state "
            f"keeps at most {longest_bytes:,}."
        )
    return text
