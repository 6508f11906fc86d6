"""The regular expressions by which a list can be narrowed down."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from local_services.open_metadata.server.bodies import Json
from local_services.open_metadata.server.errors import bad_request
from local_services.open_metadata.server.kinds import Kind

REGEX_SUFFIX = "Regex"
MODE = "regexMode"
BY_QUALIFIED_NAME = "regexFilterByFqn"
MODES: Mapping[str, bool] = MappingProxyType(
    {"include": True, "exclude": False}
)
NOUNS = ("database", "databaseSchema", "table")
PARAMETERS = (
    MODE,
    BY_QUALIFIED_NAME,
    *(noun + REGEX_SUFFIX for noun in NOUNS),
)


def regex_filter(
    kind: Kind, query: Mapping[str, str]
) -> Callable[[Json], bool]:
    """Makes a filter of a list's parameters.

    Args:
        kind: What is listed.
        query: The parameters.

    Returns:
        Returns whether an entity stays in the list.

    Raises:
        RefusedError: An expression or the mode is not valid.
    """
    wanted = MODES.get(query.get(MODE, "include"))
    if wanted is None:
        raise bad_request(f"Unknown {MODE} {query[MODE]!r}")
    key = (
        "fullyQualifiedName"
        if query.get(BY_QUALIFIED_NAME) == "true"
        else "name"
    )
    patterns = {
        noun: _compiled(query[noun + REGEX_SUFFIX])
        for noun in NOUNS
        if noun + REGEX_SUFFIX in query
    }

    def stays(entity: Json) -> bool:
        return all(
            bool(pattern.search(_part(kind, entity, noun)[key])) is wanted
            for noun, pattern in patterns.items()
        )

    return stays


def _part(kind: Kind, entity: Json, noun: str) -> Json:
    part: Json = entity if kind.noun == noun else entity[noun]
    return part


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise bad_request(f"Invalid expression: {error}") from None
