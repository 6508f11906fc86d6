"""Asset objects of the Platform API: the files that people uploaded."""

import json
from collections.abc import Iterator, Sequence

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
    return [
        number
        for number in missing
        if documents(api.read("/asset/object", filters=equal("id", number)))
    ]


def objects_without_proof(api: PlatformApi) -> Iterator[list[AssetObject]]:
    """Pages through the asset objects that have no proof.

    An object that is given one meanwhile moves the others forward: some may
    be missed, and are found by the next look.

    Args:
        api: The Platform API.

    Yields:
        A page of objects.

    Raises:
        ModerateError: The API refused or failed.
    """
    offset = 0
    while True:
        answer = api.read(
            "/asset/object",
            filters=WITHOUT_PROOF,
            limit=LARGEST_PAGE,
            offset=offset,
        )
        page = shaped(documents(answer), _asset_objects, "asset objects")
        if page:
            yield page
        if len(page) < LARGEST_PAGE:
            return
        offset += LARGEST_PAGE
