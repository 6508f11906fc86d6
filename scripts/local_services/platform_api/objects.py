"""The double's asset objects."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import JsonValue
from starlette.status import HTTP_400_BAD_REQUEST

from local_services.platform_api.filters import LARGEST_PAGE, chosen

JANE = "jane"
FIELDS = frozenset({"id", "asset_id", "proof_id", "series_id"})


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
        asset_id: Its asset.
        series_id: The series that it belongs to.
        sha256_hash: The SHA-256 of its content.
        tags: Its uploader's tags.
        meta: The platform's metadata of it.
        name: Its display name.
        description: What people read about it.
    """

    id: int
    key: str | None
    bucket: str
    owner: str | None = JANE
    proof_id: str | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    asset_id: int | None = None
    series_id: str | None = None
    sha256_hash: str | None = None
    tags: dict[str, JsonValue] | None = None
    meta: dict[str, JsonValue] | None = None
    name: str | None = None
    description: str | None = None

    def document(self) -> dict[str, Any]:
        """Returns the object as the platform shows it."""
        return {
            "id": self.id,
            "key": self.key,
            "bucket": self.bucket,
            "proof_id": self.proof_id,
            "created_at": self.created_at.replace(tzinfo=None),
            "asset_id": self.asset_id,
            "series_id": self.series_id,
            "sha256_hash": self.sha256_hash,
            "tags": self.tags,
            "meta": self.meta,
            "name": self.name,
            "description": self.description,
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
    ) -> list[Any]:
        rows = [stored.document() for stored in list(objects.values())]
        return list(chosen(rows, filters, FIELDS, limit=limit, offset=offset))

    return router


def batch_routes(
    objects: dict[int, PlatformObject], authorized: Callable[[Request], bool]
) -> APIRouter:
    """Routes the batch, which needs no token.

    Args:
        objects: The asset objects by number.
        authorized: Whether a request has a valid token.

    Returns:
        The routes.
    """
    router = APIRouter()

    @router.get("/asset/object/batch")
    def read_batch(ids: str, request: Request) -> list[dict[str, Any]]:
        sees_all = authorized(request)
        numbers = ids.split(",")
        if not all(number.isdecimal() for number in numbers):
            raise HTTPException(HTTP_400_BAD_REQUEST, "ids are not numbers")
        return [
            {**stored.document(), "asset": {"username": stored.owner}}
            for number in numbers
            if (stored := objects.get(int(number)))
            and (sees_all or stored.owner is None)
        ]

    return router
