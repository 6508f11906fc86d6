"""Assets of the Platform API."""

from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

from steps.clients.platform_api.answers import document, documents, shaped
from steps.clients.platform_api.connection import PlatformApi
from steps.clients.platform_api.errors import RefusedError
from steps.clients.platform_api.filters import PAGE, equal
from steps.contract.errors import BadDataError


class NewAsset(BaseModel):
    """An asset to create: public, without an owner.

    Attributes:
        uuid: The number by which it is found again.
        name: What people see as its name.
        description: What people read about it.
        access_level: Who may see it.
        is_public_ownerless: Whether it has no owner.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    uuid: UUID
    name: str
    description: str
    access_level: str = "public"
    is_public_ownerless: bool = True


class Asset(BaseModel):
    """The part of an asset that the pipelines need.

    Attributes:
        id: Its number.
        uuid: The number that its creator gave it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    uuid: UUID


_assets = TypeAdapter(list[Asset])
_asset = TypeAdapter(Asset)


def find_asset(api: PlatformApi, uuid: UUID) -> Asset | None:
    """Finds an asset by its uuid.

    Args:
        api: The Platform API.
        uuid: The number that its creator gave it.

    Returns:
        The asset, None where there is none that can be seen.

    Raises:
        ModerateError: The API refused or failed.
    """
    answer = api.read("/asset", filters=equal("uuid", str(uuid)), limit=PAGE)
    found = shaped(documents(answer), _assets, "assets")
    return next((asset for asset in found if asset.uuid == uuid), None)


def ensure_asset(api: PlatformApi, new: NewAsset) -> Asset:
    """Finds an asset, or creates it; it is there once in any case.

    Args:
        api: The Platform API.
        new: What it is created as.

    Returns:
        The asset.

    Raises:
        ModerateError: The API refused or failed.
    """
    found = find_asset(api, new.uuid)
    if found:
        return found
    body = new.model_dump(mode="json")
    try:
        answer = api.repeat(lambda: api.send("POST", "/asset", json=body))
    except RefusedError as error:
        if error.status != httpx.codes.CONFLICT:
            raise
        return _created_meanwhile(api, new)
    return shaped(document(answer), _asset, "an asset")


def _created_meanwhile(api: PlatformApi, new: NewAsset) -> Asset:
    """Finds what another run, or a lost answer, has created."""
    found = find_asset(api, new.uuid)
    if found is None:
        raise BadDataError(
            f"The platform has an asset {new.uuid} and does not show it. "
            "Make it public, or give the account the right to see it."
        )
    return found
