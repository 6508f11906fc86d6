"""What databases and prefixes are called in OpenMetadata."""

import re
from hashlib import md5, sha256

SERVICE_PREFIX = "platform"
LONGEST_NAME = 256
SHA256_DIGITS = 64
# What PostgreSQL's own manual calls an ordinary name; one slug for each.
ORDINARY_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
# OpenMetadata's own way to write what its names cannot hold.
RESERVED = {
    "::": "__reserved__colon__",
    ">": "__reserved__arrow__",
    '"': "__reserved__quote__",
    "\n": "__reserved__newline__",
    "\r": "__reserved__carriage_return__",
    "\t": "__reserved__tab__",
}
# The framework writes the name into a URL, where this begins the options.
QUESTION_MARK = "__reserved__question__"


def postgres_service(database: str) -> str:
    """Names the service of a database.

    The slug of a name that is not ordinary could be another name's slug too,
    so a digest of the name follows it. No database can have such a name
    itself: PostgreSQL's names are shorter than the digest.

    Args:
        database: The database's name.

    Returns:
        The service's name.
    """
    slug = _slug(f"{SERVICE_PREFIX}-postgres-{database}")
    if ORDINARY_NAME.fullmatch(database):
        return slug
    return _with_digest(slug, database)


def datalake_service(prefix: str) -> str:
    """Names the service of a top-level prefix.

    Args:
        prefix: The prefix as S3 lists it, with its slash.

    Returns:
        The service's name.
    """
    return _with_digest(_slug(f"{SERVICE_PREFIX}-datalake-{prefix}"), prefix)


def entity_name(name: str) -> str:
    """Writes a table's or database's name as OpenMetadata can hold it.

    Args:
        name: The name at its source.

    Returns:
        The name without what OpenMetadata reserves.
    """
    for text, replacement in RESERVED.items():
        name = name.replace(text, replacement)
    return name


def table_name(name: str) -> str:
    """Writes a table's name as the framework stores it.

    Args:
        name: The name at its source.

    Returns:
        The name as OpenMetadata can hold it; a digest of one that is too
        long.
    """
    if len(name) > LONGEST_NAME:
        return _digest(name)
    return entity_name(name)


def column_name(name: str) -> str:
    """Shortens a column's name so that OpenMetadata can hold it.

    The framework cuts it, so that two long headers become one.

    Args:
        name: The column's name at its source.

    Returns:
        The name; its beginning and a digest where it is too long.
    """
    if len(entity_name(name)) <= LONGEST_NAME:
        return name
    digest = _digest(name)
    start = name[: LONGEST_NAME - len(digest) - 1]
    while len(entity_name(start)) > LONGEST_NAME - len(digest) - 1:
        start = start[:-1]
    return f"{start}_{digest}"


def database_name(name: str) -> str:
    """Writes a database's name so that a connection URL can hold it too.

    Args:
        name: The database's name.

    Returns:
        The name of its entity.
    """
    return entity_name(name).replace("?", QUESTION_MARK)


def quoted(name: str) -> str:
    """Writes a name as a part of a fully qualified name.

    Args:
        name: An entity's name.

    Returns:
        The name, in quotes where it holds the separator.
    """
    return f'"{name}"' if "." in name else name


def _digest(name: str) -> str:
    """Returns the digest by which the framework shortens a key."""
    return md5(name.encode(), usedforsecurity=False).hexdigest()


def _slug(text: str) -> str:
    from slugify import slugify

    made: str = slugify(text)
    return made


def _with_digest(slug: str, name: str) -> str:
    longest = LONGEST_NAME - SHA256_DIGITS - 1
    digest = sha256(name.encode()).hexdigest()
    return f"{slug[:longest].rstrip('-')}-{digest}"
