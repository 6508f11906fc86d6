"""Asset objects of the Platform API: the files that people uploaded."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, TypeAdapter

from steps.clients.platform_api.answers import documents, shaped
from steps.clients.platform_api.connection import PlatformApi
from steps.clients.platform_api.errors import MissingError


class AssetObject(BaseModel):
    """A file of an asset, as far as the pipelines need to know it.

    Attributes:
        id: Number of the object.
        key: Its key in the object store; old rows may have none.
        bucket: Its bucket, where the platform says so.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    key: str | None = None
    bucket: str | None = None


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
        StepError: The API refused or failed.
    """
    ids = ",".join(map(str, object_ids))
    try:
        answer = api.read("/asset/object/batch", ids=ids)
    except MissingError:
        return []
    return shaped(documents(answer), _asset_objects, "asset objects")
