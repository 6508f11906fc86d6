"""The token of OpenMetadata's ingestion bot, and a new one in its place."""

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, ValidationError

from moderate.operations.expiry import Expiry
from moderate.operations.kubernetes import Cluster
from moderate.settings import from_this_machine
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.connections.open_metadata import ask_open_metadata
from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    NoPermissionError,
    TemporaryError,
)
from workflows.authoring.names import CONFIG_MAP, secret_name

VARIABLE = "OPEN_METADATA_TOKEN"
SECRET = f"secret/{secret_name(OpenMetadataSettings.service)}"
TIMEOUT_SECONDS = 30
TOKEN = re.compile(r"[\x21-\x7e]+")
HELM_LABEL = "app.kubernetes.io/managed-by"
AnswerT = TypeVar("AnswerT", bound=BaseModel)
REFUSED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})


class _Reference(BaseModel):
    id: str


class _Bot(BaseModel):
    bot_user: _Reference = Field(alias="botUser")


class _Generated(BaseModel):
    token: str = Field(alias="JWTToken", min_length=1)


def checked_token(text: str) -> str:
    """Reads a token as somebody gave it.

    Args:
        text: The token, maybe with a line's end.

    Returns:
        The token.

    Raises:
        BadDataError: It is empty, or holds what no token holds.
    """
    token = text.strip()
    if TOKEN.fullmatch(token) is None:
        raise BadDataError(
            "That is no token: it is empty, or holds spaces, line breaks or "
            "special characters. Copy it from OpenMetadata (Settings, Bots)."
        )
    return token


def settings_with(cluster: Cluster, token: str) -> OpenMetadataSettings:
    """Finds the server: this machine's settings, or the installation's.

    Args:
        cluster: The installation's namespace.
        token: The token to sign in with.

    Returns:
        The settings.

    Raises:
        BadSettingsError: Nobody says where the server is.
        ModerateError: The cluster refuses or is gone.
    """
    installed = cluster.read(f"configmap/{CONFIG_MAP}").get("data", {})
    values = {**installed, **from_this_machine(), VARIABLE: token}
    return OpenMetadataSettings.of(values)


def check_secret(cluster: Cluster) -> str:
    """Sees that the Secret can be changed, and will stay changed.

    Args:
        cluster: The installation's namespace.

    Returns:
        What a person should know of it; empty where there is nothing.

    Raises:
        BadSettingsError: Something else writes it.
        NoPermissionError: This account may not change it.
        ModerateError: There is none, or the cluster refuses or is gone.
    """
    metadata = cluster.read(SECRET)["metadata"]
    owners = [one["kind"] for one in metadata.get("ownerReferences", [])]
    if owners:
        raise BadSettingsError(
            f"The {SECRET} is written by its {owners[0]}, which would bring "
            "the old token back. Rotate the token there."
        )
    if not cluster.may("patch", SECRET):
        raise NoPermissionError(
            f"This account may not change the {SECRET}. Ask an administrator "
            "of the cluster."
        )
    if metadata.get("labels", {}).get(HELM_LABEL) == "Helm":
        return (
            "The chart has made this Secret of its values: write the new "
            "token there too, or the next upgrade brings the old one back."
        )
    return ""


def generate(
    administrator: OpenMetadataSettings, bot: str, expiry: Expiry
) -> str:
    """Asks the server for a new token; the old one ends with it.

    Args:
        administrator: The server, with an administrator's token.
        bot: The bot's name.
        expiry: When the new token runs out.

    Returns:
        The new token.

    Raises:
        ModerateError: The server refuses, has no such bot, or is gone.
    """
    token = administrator.open_metadata_token.get_secret_value()
    with httpx.Client(
        base_url=f"{administrator.api_root}/v1/",
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIMEOUT_SECONDS,
    ) as client:
        found = _answer(
            lambda: client.get(f"bots/name/{quote(bot, safe='')}"), _Bot
        )
        made = _answer(
            lambda: client.put(
                f"users/generateToken/{quote(found.bot_user.id, safe='')}",
                json={"JWTTokenExpiry": expiry},
            ),
            _Generated,
        )
    return checked_token(made.token)


def replace(cluster: Cluster, settings: OpenMetadataSettings) -> None:
    """Puts a token into the Secret, after the server has taken it.

    Args:
        cluster: The installation's namespace.
        settings: The server, with the new token.

    Raises:
        ModerateError: The server does not take it, or is gone.
        ModerateError: The cluster refuses or is gone.
    """
    ask_open_metadata(settings, TIMEOUT_SECONDS)
    token = settings.open_metadata_token.get_secret_value()
    cluster.patch(SECRET, {"stringData": {VARIABLE: token}})


def _answer(
    ask: Callable[[], httpx.Response], shape: type[AnswerT]
) -> AnswerT:
    try:
        answer = ask()
    except httpx.RequestError as error:
        raise TemporaryError(
            f"OpenMetadata did not answer: {type(error).__name__} {error}. "
            "Check OPEN_METADATA_HOST and OPEN_METADATA_PORT; `moderate open "
            "openmetadata` makes a way to one inside the cluster."
        ) from error
    if answer.status_code in REFUSED:
        raise BadSettingsError(
            f"OpenMetadata answered {answer.status_code}: the token that you "
            "gave is no administrator's, or has run out."
        )
    if answer.is_server_error:
        raise TemporaryError(f"OpenMetadata answered {answer.status_code}.")
    if not answer.is_success:
        raise BadDataError(
            f"OpenMetadata answered {answer.status_code} to "
            f"{answer.request.url.path}. Check --bot, and OPEN_METADATA_HOST."
        )
    try:
        return shape.model_validate_json(answer.content)
    except ValidationError:
        raise BadDataError(
            f"OpenMetadata's answer to {answer.request.url.path} is not of "
            "the form that is known. Make the token in its pages (Settings, "
            "Bots), and run this without --generate."
        ) from None
