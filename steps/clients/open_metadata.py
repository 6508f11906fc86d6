"""Checks that an OpenMetadata server can be used by the pipelines."""

import httpx
from pydantic import BaseModel, ValidationError

from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError, TemporaryError

# The version in pyproject.toml; the server's minor version must be the same.
FRAMEWORK_VERSION = "2.0.6.0"
TIMEOUT_SECONDS = 30.0
# The version is public; the services need a token.
VERSION_PATH = "/v1/system/version"
SERVICES_PATH = "/v1/services/databaseServices?limit=1"
REFUSED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
PLACE = "Check OPEN_METADATA_HOST and OPEN_METADATA_PORT."


class TokenRefusedError(BadSettingsError):
    """The server does not take the token, or has no such user."""


class _Version(BaseModel):
    version: str


def check_server(
    settings: OpenMetadataSettings, timeout_seconds: float = TIMEOUT_SECONDS
) -> None:
    """Checks that the server is up, of our version, and accepts the token.

    Args:
        settings: Where the server is, and the token.
        timeout_seconds: The longest silence of the server.

    Raises:
        TemporaryError: It did not answer, or failed.
        TokenRefusedError: It refused the token.
        BadSettingsError: It is not OpenMetadata, or is of another version.
    """
    token = settings.open_metadata_token.get_secret_value()
    with httpx.Client(
        base_url=settings.api_root,
        timeout=timeout_seconds,
        headers={"Authorization": f"Bearer {token}"},
    ) as client:
        answer = _get(client, VERSION_PATH)
        if not answer.is_success:
            raise BadSettingsError(
                f"{answer.url} answered {answer.status_code}. {PLACE}"
            )
        _check_version(answer)
        _check_token(_get(client, SERVICES_PATH))


def _get(client: httpx.Client, path: str) -> httpx.Response:
    try:
        answer = client.get(path)
    except httpx.RequestError as error:
        raise TemporaryError(
            f"OpenMetadata at {client.base_url} did not answer: "
            f"{type(error).__name__} {error}. {PLACE} Check that the service "
            "is up."
        ) from error
    if answer.is_server_error:
        raise TemporaryError(
            f"OpenMetadata at {client.base_url} answered "
            f"{answer.status_code}. Look at its log."
        )
    return answer


def _check_version(answer: httpx.Response) -> None:
    try:
        server = _Version.model_validate_json(answer.content).version
    except ValidationError:
        raise BadSettingsError(
            f"What answers at {answer.url} is not OpenMetadata. {PLACE}"
        ) from None
    if _minor(server) != _minor(FRAMEWORK_VERSION):
        raise BadSettingsError(
            f"The OpenMetadata server is version {server}, the ingestion "
            f"framework {FRAMEWORK_VERSION}: their first two numbers must be "
            "the same. Pin openmetadata-ingestion to "
            f"{'.'.join(_minor(server))} in pyproject.toml and rebuild the "
            "image `openmetadata`, or change the server."
        )


def _check_token(answer: httpx.Response) -> None:
    fault = f"OpenMetadata answered {answer.status_code}"
    if answer.status_code in REFUSED:
        raise TokenRefusedError(
            f"{fault}: it refused the token. Check OPEN_METADATA_TOKEN: it is "
            "the token of the ingestion bot (Settings, Bots), and may have "
            "expired. A token that was made a moment ago may be refused for "
            "two minutes."
        )
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise TokenRefusedError(
            f"{fault}: the token's user does not exist. Set "
            "OPEN_METADATA_TOKEN to a token of the ingestion bot (Settings, "
            "Bots)."
        )
    if not answer.is_success:
        raise BadSettingsError(
            f"{fault} to {answer.request.url.path}. {PLACE}"
        )


def _minor(text: str) -> list[str]:
    return text.split(".")[:2]
