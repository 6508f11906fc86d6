"""Asset objects of the Platform API: the files that people uploaded."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

from steps.clients.platform_api.answers import documents, shaped
from steps.clients.platform_api.connection import PlatformApi
from steps.clients.platform_api.errors import MissingError, PassingError
from steps.clients.platform_api.filters import equal


class OwnedAsset(BaseModel):
    """The part of an asset that its objects' proofs need.

    Attributes:
        username: Its owner, None for an ownerless one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    username: str | None = None


class AssetObject(BaseModel):
    """The part of an asset's file that the pipelines need.

    Attributes:
        id: Number of the object.
        key: Its key in the object store; old rows may have none.
        bucket: Its bucket, where the platform has it.
        proof_id: Its proof, None without one.
        asset: What it belongs to, where the platform has it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    key: str | None = None
    bucket: str | None = None
    proof_id: str | None = None
    asset: OwnedAsset | None = None


@dataclass(frozen=True)
class Page:
    """A page of asset objects.

    Attributes:
        objects: Those that the API shows.
        unreadable: How many it fails on: their key is null.
    """

    objects: list[AssetObject]
    unreadable: int = 0


LARGEST_PAGE = 100
WITHOUT_PROOF = json.dumps([["proof_id", "eq", None]])
_asset_objects = TypeAdapter(list[AssetObject])


def read_asset_objects(
    api: PlatformApi, object_ids: Sequence[int]
) -> list[AssetObject]:
    """Reads asset objects.

    Args:
        api: The Platform API.
        object_ids: Their numbers.

    Returns:
        Those that exist.

    Raises:
        PassingError: The API hides some of them now.
        ModerateError: The API refused or failed.
    """
    found = _read_batch(api, object_ids)
    if not _hidden(api, object_ids, found):
        return found
    found = _read_batch(api, object_ids)
    if hidden := _hidden(api, object_ids, found):
        raise PassingError(
            f"The Platform API lists the asset objects {hidden} and does not "
            "show them. Try again later."
        )
    return found


def find_asset_object(api: PlatformApi, object_id: int) -> AssetObject | None:
    """Reads an asset object, with its bucket and without its asset.

    The API answers a request without a valid token with an error: what it
    does not list is not there.

    Args:
        api: The Platform API, with an administrator's account.
        object_id: Its number.

    Returns:
        The object, None where there is none.

    Raises:
        ModerateError: The API refused or failed.
    """
    answer = api.read("/asset/object", filters=equal("id", object_id))
    for found in shaped(documents(answer), _asset_objects, "asset objects"):
        if found.id == object_id:
            return found
    return None


def _read_batch(
    api: PlatformApi, object_ids: Sequence[int]
) -> list[AssetObject]:
    ids = ",".join(map(str, object_ids))
    try:
        answer = api.read("/asset/object/batch", ids=ids)
    except MissingError:
        return []
    return shaped(documents(answer), _asset_objects, "asset objects")


def _hidden(
    api: PlatformApi, object_ids: Sequence[int], found: list[AssetObject]
) -> list[int]:
    """Finds what a batch lacks although it exists.

    The batch answers an expired token with what is public. The list answers
    it with an error, so that the connection signs in again.
    """
    missing = sorted(set(object_ids) - {one.id for one in found})
    return [number for number in missing if find_asset_object(api, number)]


def objects_without_proof(api: PlatformApi) -> Iterator[Page]:
    """Pages through the asset objects that have no proof.

    An object that is given one meanwhile moves the others forward: some may
    be missed, and are found by the next look. A list has no order of its own:
    an object may come twice.

    Args:
        api: The Platform API.

    Yields:
        A page of objects.

    Raises:
        ModerateError: The API refused or failed.
    """
    offset = 0
    while True:
        page = _page(api, offset, LARGEST_PAGE)
        yield page
        if len(page.objects) + page.unreadable < LARGEST_PAGE:
            return
        offset += LARGEST_PAGE


def _page(api: PlatformApi, offset: int, size: int) -> Page:
    """Reads a page; around a row on which the API fails, its parts."""
    query: dict[str, str | int] = {
        "filters": WITHOUT_PROOF,
        "limit": size,
        "offset": offset,
    }
    try:
        if size == LARGEST_PAGE:
            answer = api.read("/asset/object", **query)
        else:
            answer = api.begin("GET", "/asset/object", params=query)
    except PassingError as error:
        if error.status != httpx.codes.INTERNAL_SERVER_ERROR:
            raise
        if size == 1:
            return Page([], 1)
        half = size // 2
        parts = (
            _page(api, offset, half),
            _page(api, offset + half, size - half),
        )
        unreadable = sum(part.unreadable for part in parts)
        if unreadable == LARGEST_PAGE:
            raise
        return Page(
            [one for part in parts for one in part.objects], unreadable
        )
    return Page(shaped(documents(answer), _asset_objects, "asset objects"))
