"""The double's asset objects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import JsonValue
from starlette.status import HTTP_400_BAD_REQUEST

from local_services.platform_api.filters import (
    PageOf,
    checked_id,
    chosen,
    with_keys,
)
from local_services.platform_api.gateway import Account, Gateway

JANE = "jane"
PUBLIC = "public"
PRIVATE = "private"
COLUMNS = {
    "id": int,
    "asset_id": int,
    "key": str,
    "proof_id": str,
    "series_id": str,
}
NOT_IN_BATCHES = ("bucket", "asset_id")


@dataclass
class PlatformObject:
    """An asset object of the platform.

    Attributes:
        id: Its number.
        key: Its key; null or empty in a row from the platform's early days.
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


AssetOf = Callable[[PlatformObject], dict[str, Any]]


def object_routes(
    objects: dict[int, PlatformObject], asset_of: AssetOf, gateway: Gateway
) -> APIRouter:
    """Routes the requests about asset objects.

    Args:
        objects: The asset objects by number.
        asset_of: Shows the asset of an object.
        gateway: The accounts.

    Returns:
        The routes.
    """
    router = APIRouter()

    @router.get("/asset/object")
    def list_some(request: Request, query: PageOf) -> list[Any]:
        gateway.administrator(request)
        rows = [stored.document() for stored in list(objects.values())]
        page = chosen(rows, query, COLUMNS)
        return list(with_keys(page))

    @router.get("/asset/object/batch")
    def read_batch(ids: str, request: Request) -> list[Any]:
        account = gateway.caller(request)
        rows = [
            {**stored.document(), "asset": asset_of(stored)}
            for number in _numbers(ids)
            if (stored := objects.get(number))
        ]
        seen = [row for row in rows if is_seen(row["asset"], account)]
        return [
            {
                name: value
                for name, value in row.items()
                if name not in NOT_IN_BATCHES
            }
            for row in with_keys(seen)
        ]

    return router


def is_seen(asset: Mapping[str, Any], account: Account | None) -> bool:
    """Returns whether an account may see an asset.

    Args:
        asset: The asset, as the platform shows it.
        account: The account; None without one.

    Returns:
        Whether it may.
    """
    return asset["access_level"] == PUBLIC or (
        account is not None
        and (account.is_administrator or asset["username"] == account.username)
    )


def _numbers(ids: str) -> list[int]:
    try:
        numbers = [int(one) for one in ids.split(",") if one.strip()]
    except ValueError:
        raise HTTPException(
            HTTP_400_BAD_REQUEST, "Invalid ID format. IDs must be integers."
        ) from None
    return [checked_id(number) for number in numbers]
