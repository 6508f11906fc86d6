"""The double's assets, and the objects that are uploaded to them."""

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import (
    APIRouter,
    Form,
    HTTPException,
    Request,
    UploadFile,
)
from pydantic import BaseModel, JsonValue
from starlette.responses import JSONResponse
from starlette.status import (
    HTTP_400_BAD_REQUEST,
    HTTP_404_NOT_FOUND,
    HTTP_409_CONFLICT,
)

from local_services.platform_api.filters import (
    PageOf,
    checked_id,
    chosen,
    with_keys,
)
from local_services.platform_api.gateway import USERNAME, Account, Gateway
from local_services.platform_api.objects import (
    PRIVATE,
    PUBLIC,
    PlatformObject,
    is_seen,
)
from local_services.platform_api.upload import UploadBucket, UploadFault

MOST_OBJECTS = 100
COLUMNS = {"id": int, "uuid": str, "name": str, "username": str}


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

    uuid: UUID
    name: str
    description: str | None = None
    meta: dict[str, JsonValue] | None = None
    access_level: str = PRIVATE
    is_public_ownerless: bool = False


class UploadForm(BaseModel):
    """The form of ``POST /asset/{id}/object``."""

    obj: UploadFile
    tags: str = "null"
    series_id: str | None = None
    name: str | None = None
    description: str | None = None


class ObjectPatch(BaseModel):
    """The body of ``PATCH /asset/{id}/object/{object id}``."""

    tags: dict[str, JsonValue] | None = None
    meta: dict[str, JsonValue] | None = None
    name: str | None = None
    description: str | None = None


@dataclass
class PlatformAssets:
    """The platform's assets.

    Attributes:
        objects: The asset objects by number, those of others too.
        assets: The assets by number.
        upload_bucket: Where uploaded files go; without one none is taken.
        faults: How the next uploads fail, in order.
    """

    objects: dict[int, PlatformObject]
    assets: dict[int, PlatformAsset] = field(default_factory=dict)
    upload_bucket: UploadBucket | None = None
    faults: deque[UploadFault] = field(default_factory=deque)

    def clear(self) -> None:
        """Deletes all assets and their objects."""
        for stored in [one for one in self.objects.values() if one.asset_id]:
            del self.objects[stored.id]
        self.assets.clear()
        self.faults.clear()

    def has(self, uuid: UUID) -> bool:
        """Returns whether an asset of this uuid is there."""
        return any(asset.uuid == uuid for asset in self.assets.values())

    def create(self, new: NewAsset, username: str = USERNAME) -> PlatformAsset:
        """Creates an asset."""
        ownerless = new.is_public_ownerless
        created = PlatformAsset(
            id=max(self.assets, default=0) + 1,
            uuid=new.uuid,
            name=new.name,
            description=new.description,
            access_level=PUBLIC if ownerless else new.access_level,
            username=None if ownerless else username,
        )
        self.assets[created.id] = created
        return created

    def found(self, asset_id: int, object_id: int) -> PlatformObject:
        """Finds an object of an asset."""
        stored = self.objects.get(checked_id(object_id))
        if stored is None or stored.asset_id != checked_id(asset_id):
            raise _not_found()
        return stored

    def shown(self, stored: PlatformObject) -> dict[str, Any]:
        """Shows the asset of an object; one that has no row is made up."""
        asset = self.assets.get(stored.asset_id or 0)
        if asset is not None:
            return self.document(asset)
        return {
            "username": stored.owner,
            "access_level": PRIVATE if stored.owner else PUBLIC,
            "objects": [stored.document()],
        }

    def document(self, asset: PlatformAsset) -> dict[str, Any]:
        """Shows an asset with its objects."""
        objects = [
            stored.document()
            for stored in list(self.objects.values())
            if stored.asset_id == asset.id
        ]
        return {**asset.document(), "objects": objects}

    def upload(
        self, asset_id: int, obj: UploadFile, account: Account
    ) -> PlatformObject:
        """Stores a file as an object of an asset."""
        asset = self.assets.get(checked_id(asset_id))
        if asset is None or not (
            asset.access_level == PUBLIC or asset.username == account.username
        ):
            raise _not_found()
        held = len(self.document(asset)["objects"])
        if held >= MOST_OBJECTS:
            raise HTTPException(
                HTTP_400_BAD_REQUEST,
                f"Asset already has {held} objects, cannot upload more than "
                f"{MOST_OBJECTS}",
            )
        if self.upload_bucket is None:
            raise HTTPException(HTTP_400_BAD_REQUEST, "no store is set up")
        key, sha256 = self.upload_bucket.put(obj, account.username)
        stored = PlatformObject(
            id=max(self.objects, default=0) + 1,
            key=key,
            bucket=self.upload_bucket.bucket,
            owner=asset.username,
            asset_id=asset_id,
            sha256_hash=sha256,
        )
        self.objects[stored.id] = stored
        return stored


def asset_routes(assets: PlatformAssets, gateway: Gateway) -> APIRouter:
    """Routes the requests about assets.

    Args:
        assets: The assets.
        gateway: The accounts.

    Returns:
        The routes.
    """
    router = APIRouter()

    @router.get("/asset")
    def list_some(request: Request, query: PageOf) -> list[Any]:
        account = gateway.caller(request)
        rows = [assets.document(one) for one in list(assets.assets.values())]
        seen = [row for row in rows if is_seen(row, account)]
        page = chosen(seen, query, COLUMNS)
        for row in page:
            with_keys(row["objects"])
        return list(page)

    @router.post("/asset", response_model=None)
    def create(
        new: NewAsset, request: Request
    ) -> dict[str, Any] | JSONResponse:
        account = gateway.signed_in(request)
        if assets.has(new.uuid):
            conflict = {"message": "Database operation error"}
            return JSONResponse(conflict, HTTP_409_CONFLICT)
        return assets.document(assets.create(new, account.username))

    @router.post("/asset/{asset_id}/object")
    def upload(
        asset_id: int, form: Annotated[UploadForm, Form()], request: Request
    ) -> dict[str, Any]:
        account = gateway.signed_in(request)
        tags = _parsed_tags(form.tags)
        stored = assets.upload(asset_id, form.obj, account)
        stored.tags = tags
        stored.series_id = form.series_id
        stored.name = form.name
        stored.description = form.description
        return stored.document()

    @router.patch("/asset/{asset_id}/object/{object_id}")
    def change(
        asset_id: int, object_id: int, patch: ObjectPatch, request: Request
    ) -> dict[str, Any]:
        stored = own(asset_id, object_id, gateway.signed_in(request))
        for key in patch.model_fields_set:
            setattr(stored, key, getattr(patch, key))
        return stored.document()

    @router.delete("/asset/{asset_id}/object/{object_id}")
    def remove(
        asset_id: int, object_id: int, request: Request
    ) -> dict[str, Any]:
        own(asset_id, object_id, gateway.signed_in(request))
        del assets.objects[object_id]
        return {"ok": True, "asset_id": asset_id, "object_id": object_id}

    def own(asset_id: int, object_id: int, account: Account) -> PlatformObject:
        stored = assets.found(asset_id, object_id)
        if not is_seen(assets.shown(stored), account):
            raise _not_found()
        return stored

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


def _not_found() -> HTTPException:
    return HTTPException(HTTP_404_NOT_FOUND, "Not Found")
