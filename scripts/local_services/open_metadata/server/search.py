"""Searching for entities by a field."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from local_services.open_metadata.server.bodies import Json
from local_services.open_metadata.server.entities import shown
from local_services.open_metadata.server.errors import bad_request
from local_services.open_metadata.server.kinds import (
    DATABASES,
    KINDS,
    PROCEDURES,
    SCHEMAS,
    SERVICES,
    TABLES,
    Kind,
)
from local_services.open_metadata.server.request import Request
from local_services.open_metadata.server.store import (
    DELETED,
    NON_DELETED,
    Store,
)

INDEXES: Mapping[str, Kind] = MappingProxyType(
    {
        "database_search_index": KINDS[DATABASES],
        "database_schema_search_index": KINDS[SCHEMAS],
        "database_service_search_index": KINDS[SERVICES],
        "stored_procedure_search_index": KINDS[PROCEDURES],
        "table_search_index": KINDS[TABLES],
    }
)
KEYWORD = ".keyword"
SHOWN_HITS = 10


class Search:
    """The search index: up to date at every moment, unlike the real one."""

    def __init__(self, store: Store) -> None:
        """Makes the search.

        Args:
            store: Where the entities are kept.
        """
        self._store = store

    def field_query(self, request: Request) -> Json:
        """``GET /search/fieldQuery``: entities whose field matches."""
        request.check_query(
            "fieldName", "fieldValue", "from", "size", "index", "deleted"
        )
        query = request.query
        kind = INDEXES.get(query["index"])
        if kind is None:
            raise bad_request(f"The index {query['index']!r} is not kept")
        name = query["fieldName"].removesuffix(KEYWORD)
        wanted = _wildcards(query["fieldValue"])
        include = DELETED if query.get("deleted") == "true" else NON_DELETED
        entities = self._store.listed(kind, include=include)
        found = [
            entity
            for entity in entities
            if any(wanted.fullmatch(value) for value in _values(entity, name))
        ]
        start = int(query.get("from", 0))
        page = found[start : start + int(query.get("size", SHOWN_HITS))]
        return {
            "hits": {
                "total": {"value": len(found), "relation": "eq"},
                "hits": [
                    {
                        "_id": entity["id"],
                        "_index": query["index"],
                        "_source": shown(kind, entity, frozenset()),
                    }
                    for entity in page
                ],
            }
        }


def _values(entity: Json, name: str) -> Iterable[str]:
    value: Any = entity.get(name, [])
    return [value] if isinstance(value, str) else value


def _wildcards(pattern: str) -> re.Pattern[str]:
    """Compiles a pattern of the search: ``*`` stands for any text."""
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
