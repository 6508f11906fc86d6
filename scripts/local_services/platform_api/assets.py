"""The double's assets, and the objects that are uploaded to them."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, HTTPException, Query, UploadFile
from pydantic import BaseModel, ConfigDict, JsonValue
from starlette.status import (
    HTTP_400_BAD_REQUEST,
    HTTP_404_NOT_FOUND,
    HTTP_409_CONFLICT,
)

from local_services.platform_api.filters import LARGEST_PAGE, chosen
from local_services.platform_api.objects import PlatformObject
from local_services.platform_api.upload import Shelf, UploadFault

MOST_OBJECTS = 100
FIELDS = frozenset({"id", "uuid", "name"})
PUBLIC = "public"

CheckToken = Callable[..., object]


@dataclass(frozen=True)
class PlatformAsset:
    """An asset of the platform.

    Attributes:
        id: Its number.
        uuid: The number that its creator gave it.
        name: What people see as its name.
        description: What people read about it.
        access_level: Who may see it.
        username: Its owner, None for an ownerless one.
        created_at: When it was created.
    """

    id: int
    uuid: UUID
    name: str
    description: str | None
    access_level: str
    username: str | None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def document(self) -> dict[str, Any]:
        """Returns the asset as the platform shows it."""
        return {
            "id": self.id,
            "uuid": str(self.uuid),
            "name": self.name,
            "description": self.description,
            "access_level": self.access_level,
            "username": self.username,
            "created_at": self.created_at.replace(tzinfo=None),
        }


class NewAsset(BaseModel):
    """The body of ``POST /asset``."""

    model_config = ConfigDict(extra="forbid")

    uuid: UUID
    name: str
    description: str | None = None
    meta: dict[str, JsonValue] | None = None
    access_level: str = "private"
    is_public_ownerless: bool = False


class UploadForm(BaseModel):
    """The form of ``POST /asset/{id}/object``."""

    model_config = ConfigDict(extra="forbid")

    obj: UploadFile
    tags: str = "null"
    series_id: str | None = None
    name: str | None = None
    description: str | None = None


class ObjectPatch(BaseModel):
    """The body of ``PATCH /asset/{id}/object/{object id}``."""

    model_config = ConfigDict(extra="forbid")

    tags: dict[str, JsonValue] | None = None
    meta: dict[str, JsonValue] | None = None
    name: str | None = None
    description: str | None = None


@dataclass
class PlatformAssets:
    """The platform's assets.

    Attributes:
        objects: The asset objects by number, those of others too.
        username: The account that the pipelines use.
        assets: The assets by number.
        shelf: Where uploaded files go; without one none is taken.
        faults: How the next uploads fail, in order.
    """

    objects: dict[int, PlatformObject]
    username: str
    assets: dict[int, PlatformAsset] = field(default_factory=dict)
    shelf: Shelf | None = None
    faults: deque[UploadFault] = field(default_factory=deque)

    def clear(self) -> None:
        """Deletes all assets and their objects."""
        for stored in [one for one in self.objects.values() if one.asset_id]:
            del self.objects[stored.id]
        self.assets.clear()
        self.faults.clear()

    def create(self, new: NewAsset) -> PlatformAsset:
        """Creates an asset; refuses a uuid that is there."""
        if any(asset.uuid == new.uuid for asset in self.assets.values()):
            raise HTTPException(HTTP_409_CONFLICT, "this uuid exists")
        ownerless = new.is_public_ownerless
        created = PlatformAsset(
            id=max(self.assets, default=0) + 1,
            uuid=new.uuid,
            name=new.name,
            description=new.description,
            access_level=PUBLIC if ownerless else new.access_level,
            username=None if ownerless else self.username,
        )
        self.assets[created.id] = created
        return created

    def found(self, asset_id: int, object_id: int) -> PlatformObject:
        """Finds an object of an asset."""
        stored = self.objects.get(object_id)
        if stored is None or stored.asset_id != asset_id:
            raise HTTPException(HTTP_404_NOT_FOUND, "No such object")
        return stored

    def upload(self, asset_id: int, obj: UploadFile) -> PlatformObject:
        """Stores a file as an object of an asset."""
        if asset_id not in self.assets:
            raise HTTPException(HTTP_404_NOT_FOUND, "No such asset")
        held = sum(one.asset_id == asset_id for one in self.objects.values())
        if held >= MOST_OBJECTS:
            raise HTTPException(
                HTTP_400_BAD_REQUEST,
                f"Asset already has {held} objects, cannot upload more than "
                f"{MOST_OBJECTS}",
            )
        if self.shelf is None:
            raise HTTPException(HTTP_400_BAD_REQUEST, "no store is set up")
        key, sha256 = self.shelf.put(obj, self.username)
        stored = PlatformObject(
            id=max(self.objects, default=0) + 1,
            key=key,
            bucket=self.shelf.bucket,
            owner=self.assets[asset_id].username,
            asset_id=asset_id,
            sha256_hash=sha256,
        )
        self.objects[stored.id] = stored
        return stored


def asset_routes(assets: PlatformAssets, check_token: CheckToken) -> APIRouter:
    """Routes the requests about assets.

    Args:
        assets: The assets.
        check_token: Refuses a request without a valid token.

    Returns:
        The routes.
    """
    router = APIRouter()

    @router.get("/asset")
    def list_some(
        filters: str = "[]",
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> list[Any]:
        rows = [asset.document() for asset in assets.assets.values()]
        public = [row for row in rows if row["access_level"] == PUBLIC]
        return list(
            chosen(public, filters, FIELDS, limit=limit, offset=offset)
        )

    signed_in = APIRouter(dependencies=[Depends(check_token)])

    @signed_in.post("/asset")
    def create(new: NewAsset) -> dict[str, Any]:
        return assets.create(new).document()

    @signed_in.post("/asset/{asset_id}/object")
    def upload(
        asset_id: int, form: Annotated[UploadForm, Form()]
    ) -> dict[str, Any]:
        tags = _parsed_tags(form.tags)
        stored = assets.upload(asset_id, form.obj)
        stored.tags = tags
        stored.series_id = form.series_id
        stored.name = form.name
        stored.description = form.description
        return stored.document()

    @signed_in.patch("/asset/{asset_id}/object/{object_id}")
    def change(
        asset_id: int, object_id: int, patch: ObjectPatch
    ) -> dict[str, Any]:
        stored = assets.found(asset_id, object_id)
        for key in patch.model_fields_set:
            setattr(stored, key, getattr(patch, key))
        return stored.document()

    @signed_in.delete("/asset/{asset_id}/object/{object_id}")
    def remove(asset_id: int, object_id: int) -> dict[str, Any]:
        stored = assets.found(asset_id, object_id)
        del assets.objects[object_id]
        if assets.shelf and stored.key:
            assets.shelf.remove(stored.key)
        return {"ok": True, "asset_id": asset_id, "object_id": object_id}

    router.include_router(signed_in)
    return router


def _parsed_tags(tags: str) -> dict[str, JsonValue] | None:
    try:
        parsed = json.loads(tags)
    except ValueError:
        parsed = tags
    if parsed is not None and not isinstance(parsed, dict):
        raise HTTPException(
            HTTP_400_BAD_REQUEST, "Tags should be a valid JSON object"
        )
    return parsed
