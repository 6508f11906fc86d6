"""Uploads to the double: streamed to a store, or an injected fault."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from uuid import uuid4

import boto3
from fastapi import Request, Response, UploadFile
from slugify import slugify
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

CHUNK_BYTES = 1024**2
DECLARED_BYTES = 1_000


class UploadFault(StrEnum):
    """How an upload fails.

    Attributes:
        TOO_LARGE: It is refused for its size, by what stands in front.
        BROKEN: The API fails after it has read everything.
        CUT: The connection ends while the file is being sent.
        ANSWER_LOST: The file is stored, and the connection ends.
        DAMAGED: Other bytes are stored than were sent.
    """

    TOO_LARGE = "too large"
    BROKEN = "broken"
    CUT = "cut"
    ANSWER_LOST = "answer lost"
    DAMAGED = "damaged"


REFUSED_WITH: Mapping[UploadFault, int] = {
    UploadFault.TOO_LARGE: 413,
    UploadFault.BROKEN: 500,
}


@dataclass
class UploadBucket:
    """A bucket of an S3 server, where uploaded files go.

    Attributes:
        settings: What reaches the server, by variable name.
        damaged: Whether the next file loses its last byte.
    """

    settings: Mapping[str, str]
    damaged: bool = False

    def __post_init__(self) -> None:
        """Prepares a client; nothing is sent yet."""
        self._client = boto3.client(
            "s3",
            aws_access_key_id=self.settings["S3_ACCESS_KEY_ID"],
            aws_secret_access_key=self.settings["S3_SECRET_ACCESS_KEY"],
            region_name=self.settings["S3_REGION"],
            endpoint_url=self.settings["S3_ENDPOINT_URL"],
        )

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return self.settings["S3_BUCKET_NAME"]

    def put(self, obj: UploadFile, account: str) -> tuple[str, str]:
        """Stores an uploaded file.

        Args:
            obj: The file.
            account: Who uploads it.

        Returns:
            Its key, and the SHA-256 of what was stored.
        """
        if self.damaged:
            self.damaged = False
            obj.file.truncate((obj.size or 1) - 1)
        digest = hashlib.sha256()
        obj.file.seek(0)
        while chunk := obj.file.read(CHUNK_BYTES):
            digest.update(chunk)
        obj.file.seek(0)
        name = PurePosixPath(obj.filename or "")
        key = f"{account}-assets/{slugify(name.stem)}-{uuid4()}{name.suffix}"
        # boto3 closes what it has uploaded.
        self._client.upload_fileobj(obj.file, self.bucket, key)
        return key, digest.hexdigest()


class BrokenResponse(Response):
    """An answer that ends before its declared length."""

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Sends less than was promised: the server closes the connection."""
        del scope, receive
        length = (b"content-length", str(DECLARED_BYTES).encode())
        await send(
            {"type": "http.response.start", "status": 200, "headers": [length]}
        )
        await send({"type": "http.response.body", "body": b"{"})


async def failed_upload(request: Request, fault: UploadFault) -> Response:
    """Answers an upload that fails before anything is stored.

    Args:
        request: The upload.
        fault: How it fails.

    Returns:
        The answer.
    """
    async for _ in request.stream():
        if fault is UploadFault.CUT:
            return BrokenResponse()
    return JSONResponse({"detail": "an injected fault"}, REFUSED_WITH[fault])


def is_upload(request: Request) -> bool:
    """Returns whether a request uploads a file."""
    return request.method == "POST" and request.url.path.endswith("/object")
