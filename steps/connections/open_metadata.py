"""Asks OpenMetadata whether it lets the pipelines in."""

from collections.abc import Callable

import httpx
from pydantic import BaseModel
from pydantic import ValidationError as InvalidAnswer

from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError, TemporaryError

# The version is told to everybody; the services only to those it knows.
VERSION_PATH = "/v1/system/version"
SERVICES_PATH = "/v1/services/databaseServices?limit=1"
REFUSED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})


class Version(BaseModel):
    """What OpenMetadata says of itself.

    Attributes:
        version: Its version.
    """

    version: str


def ask_open_metadata(
    settings: OpenMetadataSettings, timeout_seconds: float
) -> None:
    """Asks for the server's version, and for what its token may see.

    Args:
        settings: Where the server is and how to sign in.
        timeout_seconds: The longest silence of the server.

    Raises:
        BadSettingsError: It refused the token, or is no OpenMetadata.
        TemporaryError: It did not answer, or failed.
    """
    token = settings.open_metadata_token.get_secret_value()
    with httpx.Client(
        timeout=timeout_seconds,
        headers={"Authorization": f"Bearer {token}"},
    ) as client:

        def ask(path: str) -> httpx.Response:
            return _accepted(lambda: client.get(settings.api_root + path))

        _see_version(ask(VERSION_PATH))
        ask(SERVICES_PATH)


def _see_version(answer: httpx.Response) -> None:
    try:
        Version.model_validate_json(answer.content)
    except InvalidAnswer:
        raise BadSettingsError(
            "What answers there does not answer as OpenMetadata does. Check "
            "OPEN_METADATA_HOST and OPEN_METADATA_PORT."
        ) from None


def _accepted(ask: Callable[[], httpx.Response]) -> httpx.Response:
    try:
        answer = ask()
    except httpx.RequestError as error:
        raise TemporaryError(
            f"OpenMetadata did not answer: {type(error).__name__} {error}. "
            "Check OPEN_METADATA_HOST and OPEN_METADATA_PORT and that the "
            "service is up."
        ) from error
    fault = f"OpenMetadata answered {answer.status_code}"
    if answer.is_server_error:
        raise TemporaryError(f"{fault}. Look at its log.")
    if answer.status_code in REFUSED:
        raise BadSettingsError(
            f"{fault}: it does not take the token. Check "
            "OPEN_METADATA_TOKEN and whether it has expired."
        )
    if not answer.is_success:
        raise BadSettingsError(
            f"{fault} to {answer.request.url.path}. Check "
            "OPEN_METADATA_HOST and OPEN_METADATA_PORT."
        )
    return answer
