"""The double's asset objects."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.status import HTTP_422_UNPROCESSABLE_CONTENT

JANE = "jane"


@dataclass(frozen=True)
class PlatformObject:
    """An asset object of the platform.

    Attributes:
        id: Its number.
        key: Its key; a row from the platform's early days has none.
        bucket: Its bucket.
        owner: The username of its asset's owner, None for an ownerless one.
    """

    id: int
    key: str | None
    bucket: str
    owner: str | None = JANE

    def document(self) -> dict[str, Any]:
        """Returns the object as the platform shows it."""
        return {"id": self.id, "key": self.key, "bucket": self.bucket}


def object_routes(objects: dict[int, PlatformObject]) -> APIRouter:
    """Routes the requests about asset objects.

    Args:
        objects: The asset objects by number.

    Returns:
        The routes.
    """
    router = APIRouter()

    @router.get("/asset/object/batch")
    def read_batch(ids: str) -> list[dict[str, Any]]:
        numbers = ids.split(",")
        if not all(number.isdecimal() for number in numbers):
            raise HTTPException(
                HTTP_422_UNPROCESSABLE_CONTENT, "ids are not numbers"
            )
        return [
            {**stored.document(), "asset": {"username": stored.owner}}
            for number in numbers
            if (stored := objects.get(int(number)))
        ]

    return router
