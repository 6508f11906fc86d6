"""Uploads to an asset, streamed and checked."""

import json
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import TypeAdapter

from steps.clients.platform_api.answers import document, shaped
from steps.clients.platform_api.connection import PlatformApi
from steps.clients.platform_api.errors import PassingError, RefusedError
from steps.clients.platform_api.stored_objects import (
    StoredObject,
    objects_of,
    remove_object,
)
from steps.contract.errors import BadDataError

_object = TypeAdapter(StoredObject)


@dataclass(frozen=True)
class Upload:
    """A file to upload as an object.

    Attributes:
        file: The file.
        file_name: What it is called; becomes a part of the object's key.
        media_type: Its media type.
        sha256: The SHA-256 of its content, in hexadecimal.
        series_id: The series that it belongs to.
        tags: Its tags.
        name: What people see as its name.
        description: What people read about it.
    """

    file: Path
    file_name: str
    media_type: str
    sha256: str
    series_id: str
    tags: dict[str, str]
    name: str
    description: str


def upload_object(
    api: PlatformApi, asset_id: int, upload: Upload
) -> StoredObject:
    """Uploads a file as it is read, and sees that it arrived whole.

    An upload whose answer was lost is not sent again: the asset is looked at
    before each attempt.

    Args:
        api: The Platform API.
        asset_id: The asset's number.
        upload: The file.

    Returns:
        The stored object.

    Raises:
        BadDataError: The API takes no such file, or no further object.
        ModerateError: The API refused or failed.
    """

    def send() -> StoredObject:
        for stored in objects_of(api, asset_id):
            if _is_same(stored, upload):
                return stored
        return _send(api, asset_id, upload)

    return api.repeat(send)


def _send(api: PlatformApi, asset_id: int, upload: Upload) -> StoredObject:
    size = upload.file.stat().st_size
    try:
        with upload.file.open("rb") as content:
            answer = api.send(
                "POST",
                f"/asset/{asset_id}/object",
                data={
                    "tags": json.dumps(upload.tags),
                    "series_id": upload.series_id,
                    "name": upload.name,
                    "description": upload.description,
                },
                files={"obj": (upload.file_name, content, upload.media_type)},
            )
    except RefusedError as error:
        if error.status != httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            raise
        raise BadDataError(
            f"The platform takes no file of {size:,} bytes. Raise the limit "
            "of what stands in front of the Platform API."
        ) from error
    stored = shaped(document(answer), _object, "an asset object")
    if stored.sha256_hash != upload.sha256:
        remove_object(api, asset_id, stored.id)
        raise PassingError(
            f"The platform stored other bytes than the {size:,} of "
            f"{upload.file_name}: its SHA-256 differs. The object "
            f"{stored.id} has been removed; its file {stored.key!r} stays in "
            "the bucket."
        )
    return stored


def _is_same(stored: StoredObject, upload: Upload) -> bool:
    return (
        stored.series_id == upload.series_id
        and stored.sha256_hash == upload.sha256
        and stored.tags == upload.tags
    )
