"""The objects of one asset: listed, tagged anew, removed."""

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from steps.clients.platform_api.answers import Moment, documents, shaped
from steps.clients.platform_api.connection import PlatformApi
from steps.clients.platform_api.errors import MissingError
from steps.clients.platform_api.filters import PAGE, equal

MOST_OBJECTS = 100


class StoredObject(BaseModel):
    """The part of an asset's object that the pipelines need.

    Attributes:
        id: Its number.
        created_at: When it was uploaded.
        sha256_hash: The SHA-256 of its content; old rows may have none.
        key: Its key in the object store; old rows may have none.
        series_id: The series that it belongs to.
        tags: Its uploader's tags.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    created_at: Moment
    sha256_hash: str | None = None
    key: str | None = None
    series_id: str | None = None
    tags: dict[str, JsonValue] | None = None


_objects = TypeAdapter(list[StoredObject])


def objects_of(api: PlatformApi, asset_id: int) -> list[StoredObject]:
    """Lists an asset's objects.

    Args:
        api: The Platform API.
        asset_id: The asset's number.

    Returns:
        The objects, the oldest first.

    Raises:
        ModerateError: The API refused or failed.
    """
    answer = api.read(
        "/asset/object", filters=equal("asset_id", asset_id), limit=PAGE
    )
    found = shaped(documents(answer), _objects, "asset objects")
    return sorted(found, key=lambda stored: (stored.created_at, stored.id))


def change_tags(
    api: PlatformApi, asset_id: int, object_id: int, tags: dict[str, str]
) -> None:
    """Replaces the tags of an object.

    Args:
        api: The Platform API.
        asset_id: The asset's number.
        object_id: The object's number.
        tags: The new tags, all of them.

    Raises:
        ModerateError: There is no such object, or the API refused or failed.
    """
    path = f"/asset/{asset_id}/object/{object_id}"
    api.repeat(lambda: api.send("PATCH", path, json={"tags": tags}))


def remove_object(api: PlatformApi, asset_id: int, object_id: int) -> None:
    """Removes an object, if it is there; its file stays in the bucket.

    Args:
        api: The Platform API.
        asset_id: The asset's number.
        object_id: The object's number.

    Raises:
        ModerateError: The API refused or failed.
    """
    path = f"/asset/{asset_id}/object/{object_id}"
    try:
        api.repeat(lambda: api.send("DELETE", path))
    except MissingError:
        return
