"""Fetching the input file."""

from http import HTTPStatus
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx
from pydantic import SecretStr

from steps.contract.errors import BadDataError, ModerateError, TemporaryError

LARGEST_FILE = 1 << 30
MEBIBYTE = 1 << 20
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
TRY_AGAIN = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
)
EXPIRED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
    }
)


def file_name(url: SecretStr) -> str:
    """Names the file that a URL reads, without the URL's credentials.

    Args:
        url: The presigned URL.

    Returns:
        The last part of its path.
    """
    path = unquote(urlsplit(url.get_secret_value()).path)
    return PurePosixPath(path).name or "input.csv"


def download(url: SecretStr, target: Path, limit: int = LARGEST_FILE) -> None:
    """Fetches a file, piece by piece.

    Args:
        url: Where it is; a credential, never to be shown.
        target: Where it goes.
        limit: The most bytes to accept, after any decompression.

    Raises:
        BadDataError: The file is not there, may not be read, or is too
            large.
        TemporaryError: The service failed or did not answer.
    """
    try:
        with httpx.stream(
            "GET", url.get_secret_value(), timeout=TIMEOUT
        ) as answer:
            if answer.status_code != HTTPStatus.OK:
                raise _refusal(url, answer.status_code)
            _write(answer, target, limit)
    except httpx.InvalidURL as error:
        raise BadDataError(
            f"The address of the file is not a URL: {error}."
        ) from None
    except httpx.HTTPError as error:
        raise TemporaryError(
            f"Fetching {_shown(url)} failed: {type(error).__name__}. "
            "The service may be down: try again."
        ) from None


def _write(answer: httpx.Response, target: Path, limit: int) -> None:
    size = 0
    with target.open("wb") as file:
        for piece in answer.iter_bytes(MEBIBYTE):
            size += len(piece)
            if size > limit:
                raise BadDataError(
                    f"The file is larger than {limit // MEBIBYTE} MiB, the "
                    "most that this analysis takes. Upload a part of it, or "
                    "only the columns that are needed."
                )
            file.write(piece)


def _refusal(url: SecretStr, status: int) -> ModerateError:
    shown = _shown(url)
    if status == HTTPStatus.NOT_FOUND:
        return BadDataError(
            f"There is no file at {shown} (404). Was it removed? "
            "Upload it again and start a new job."
        )
    if status in EXPIRED:
        return BadDataError(
            f"The store refused access to {shown} ({status}). Its URL "
            "has most likely expired: start a new job."
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in TRY_AGAIN:
        return TemporaryError(f"The store answered {status} for {shown}.")
    return BadDataError(f"The store answered {status} for {shown}.")


def _shown(url: SecretStr) -> str:
    parts = urlsplit(url.get_secret_value())
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
