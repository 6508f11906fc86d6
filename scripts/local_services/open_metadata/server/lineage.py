"""Lineage: which entity is made of which."""

from metadata.generated.schema.api.lineage.addLineage import AddLineageRequest

from local_services.open_metadata.server.bodies import Json, validated
from local_services.open_metadata.server.errors import (
    bad_request,
    not_found,
)
from local_services.open_metadata.server.kinds import KINDS
from local_services.open_metadata.server.request import Request
from local_services.open_metadata.server.store import Store


class Lineage:
    """The operations on edges between entities."""

    def __init__(self, store: Store) -> None:
        """Makes the operations.

        Args:
            store: Where the edges are kept.
        """
        self._store = store

    def put(self, request: Request) -> None:
        """``PUT /lineage``: adds an edge between two entities."""
        request.check_query()
        edge = validated(AddLineageRequest, request.json())["edge"]
        ends = edge["fromEntity"], edge["toEntity"]
        for end in ends:
            kind = next(
                (k for k in KINDS.values() if k.noun == end["type"]), None
            )
            if kind is None:
                raise bad_request(f"Unknown entity type {end['type']!r}")
            self._store.by_id(kind, end["id"])
        self._store.lineage[ends[0]["id"], ends[1]["id"]] = edge

    def edge(self, request: Request, source: str, target: str) -> Json:
        """``GET /lineage/getLineageEdge/{from}/{to}``: one edge."""
        request.check_query()
        edge = self._store.lineage.get((source, target))
        if edge is None:
            raise not_found("lineageEdge", f"{source} {target}")
        return {"edge": edge}
