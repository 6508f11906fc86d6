"""The double's asset objects."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from starlette.status import HTTP_422_UNPROCESSABLE_CONTENT

JANE = "jane"
LARGEST_PAGE = 100
WITHOUT_PROOF = [["proof_id", "eq", None]]


@dataclass
class PlatformObject:
    """An asset object of the platform.

    Attributes:
        id: Its number.
        key: Its key; a row from the platform's early days has none.
        bucket: Its bucket.
        owner: The username of its asset's owner, None for an ownerless one.
        proof_id: Its proof, None without one.
        created_at: When it was uploaded.
    """

    id: int
    key: str | None
    bucket: str
    owner: str | None = JANE
    proof_id: str | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def document(self) -> dict[str, Any]:
        """Returns the object as the platform shows it."""
        return {
            "id": self.id,
            "key": self.key,
            "bucket": self.bucket,
            "proof_id": self.proof_id,
            "created_at": self.created_at.replace(tzinfo=None),
        }


def object_routes(objects: dict[int, PlatformObject]) -> APIRouter:
    """Routes the requests about asset objects.

    Args:
        objects: The asset objects by number.

    Returns:
        The routes.
    """
    router = APIRouter()

    @router.get("/asset/object")
    def list_some(
        filters: str = "[]",
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> list[dict[str, Any]]:
        wanted = _wanted(filters)
        chosen = [
            stored.document()
            for stored in list(objects.values())
            if not (wanted and stored.proof_id)
        ]
        return chosen[offset : offset + limit]

    @router.get("/asset/object/batch")
    def read_batch(ids: str) -> list[dict[str, Any]]:
        numbers = ids.split(",")
        if not all(number.isdecimal() for number in numbers):
            raise HTTPException(
                HTTP_422_UNPROCESSABLE_CONTENT, "ids are not numbers"
            )
        return [
            {**stored.document(), "asset": {"username": stored.owner}}
            for number in numbers
            if (stored := objects.get(int(number)))
        ]

    return router


def _wanted(filters: str) -> bool:
    """Tells whether only objects without a proof are asked for."""
    try:
        parsed = json.loads(filters)
    except ValueError:
        parsed = None
    if parsed not in ([], WITHOUT_PROOF):
        raise HTTPException(
            HTTP_422_UNPROCESSABLE_CONTENT, "these filters are not known"
        )
    return bool(parsed)
