"""The OpenMetadata server: whether it is the right one, and answers."""

from importlib.metadata import version
from typing import TYPE_CHECKING

from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError, TemporaryError

if TYPE_CHECKING:
    import httpx

FRAMEWORK = "openmetadata-ingestion"
TIMEOUT_SECONDS = 30
REFUSED = frozenset({401, 403})


def check_server(settings: OpenMetadataSettings) -> None:
    """Sees that the server is up, of our version, and takes the token.

    Args:
        settings: Where the server is, and the token.

    Raises:
        TemporaryError: It does not answer.
        BadSettingsError: It is of another version, or refuses the token.
    """
    import httpx

    token = settings.open_metadata_token.get_secret_value()
    with httpx.Client(
        base_url=settings.api_root,
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIMEOUT_SECONDS,
    ) as client:
        _check_version(_answer(client, "/v1/system/version"))
        _answer(client, "/v1/services/databaseServices?limit=1")


def _answer(client: "httpx.Client", path: str) -> "httpx.Response":
    import httpx

    where = f"OpenMetadata at {client.base_url}"
    try:
        answer = client.get(path)
    except httpx.HTTPError as error:
        raise TemporaryError(
            f"{where} did not answer: {error or type(error).__name__}. Check "
            "OPEN_METADATA_HOST and OPEN_METADATA_PORT, and that the service "
            "is up."
        ) from error
    if answer.status_code in REFUSED:
        raise BadSettingsError(
            f"{where} refused the token ({answer.status_code}). Check "
            "OPEN_METADATA_TOKEN: it is the token of the ingestion bot "
            "(Settings, Bots), and may have run out."
        )
    if answer.is_server_error:
        raise TemporaryError(f"{where} answered {answer.status_code}.")
    if not answer.is_success:
        raise BadSettingsError(
            f"{where} answered {answer.status_code} to {path}. Check "
            "OPEN_METADATA_HOST and OPEN_METADATA_PORT."
        )
    return answer


def _check_version(answer: "httpx.Response") -> None:
    try:
        servers = str(answer.json()["version"])
    except (KeyError, TypeError, ValueError):
        raise BadSettingsError(
            f"What answers at {answer.url} is not OpenMetadata. Check "
            "OPEN_METADATA_HOST and OPEN_METADATA_PORT."
        ) from None
    ours = version(FRAMEWORK)
    if _minor(servers) != _minor(ours):
        raise BadSettingsError(
            f"The OpenMetadata server is version {servers}, the ingestion "
            f"framework {ours}: their first two numbers must be the same. "
            f"Set {FRAMEWORK} to {'.'.join(_minor(servers))} in "
            "pyproject.toml and build the image `openmetadata` again, or "
            "change the server."
        )


def _minor(text: str) -> list[str]:
    return text.split(".")[:2]
