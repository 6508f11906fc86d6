"""The token of the ingestion bot of a server that makes its own."""

from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from local_services.open_metadata.tokens import BOT
from local_services.stack.names import Name, address
from local_services.stack.settings import TOKEN, change_token
from local_services.stack.sign_in import realm_of, sign_in
from local_services.waiting import wait_until
from steps.clients.open_metadata import TokenRefusedError, check_server
from steps.clients.open_metadata_bot import Expiry, generate
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import TemporaryError

VERSION_PATH = "/api/v1/system/version"
PROBE_SECONDS = 5.0
START_SECONDS = 900.0
TIMEOUT_SECONDS = 30.0


def await_server(values: Mapping[str, str]) -> None:
    """Waits until the server answers.

    Args:
        values: The stack's settings by variable name.

    Raises:
        TemporaryError: It does not, after a long time.
    """
    url = address(Name.OPEN_METADATA, values)
    if not wait_until(lambda: _is_served(url), START_SECONDS):
        raise TemporaryError(
            f"OpenMetadata does not answer at {url}. See what the container "
            "`openmetadata` logs, and run this again."
        )


def administrators_token(values: Mapping[str, str]) -> str:
    """Signs in as the first administrator.

    Args:
        values: The stack's settings by variable name.

    Returns:
        The administrator's token.

    Raises:
        ModerateError: Keycloak refused, or did not answer.
    """
    return sign_in(realm_of(values), values["OPEN_METADATA_ADMIN_PASSWORD"])


def with_accepted_token(
    file: Path,
    values: Mapping[str, str],
    administrator: Callable[[Mapping[str, str]], str] = administrators_token,
) -> Mapping[str, str]:
    """Checks that the server takes the bot's token; gets a new one if not.

    Args:
        file: The ``.env``, which gets the new token.
        values: Its settings by variable name.
        administrator: Gets an administrator's token.

    Returns:
        The settings, with a token that the server takes.

    Raises:
        ModerateError: Keycloak or OpenMetadata refused, or did not answer;
            the file is unchanged.
    """
    try:
        check_server(_settings(values), TIMEOUT_SECONDS)
    except TokenRefusedError:
        signed_in = _settings({**values, TOKEN: administrator(values)})
        token = generate(signed_in, BOT, Expiry.NEVER)
        change_token(file, token)
        return {**values, TOKEN: token}
    return values


def _settings(values: Mapping[str, str]) -> OpenMetadataSettings:
    return OpenMetadataSettings.of(values)


def _is_served(url: str) -> bool:
    try:
        answer = httpx.get(url + VERSION_PATH, timeout=PROBE_SECONDS)
    except httpx.HTTPError:
        return False
    return answer.is_success
