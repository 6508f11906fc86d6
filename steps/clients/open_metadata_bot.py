"""Tokens of OpenMetadata's bots, as an administrator gets them."""

import re
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from steps.clients.open_metadata import TokenRefusedError, check_server
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    TemporaryError,
)

TIMEOUT_SECONDS = 30
# The server caches a bot's token for up to two minutes, and refuses the new
# one as long.
ACCEPTED_WITHIN_SECONDS = 300.0
POLL_SECONDS = 2.0
TOKEN = re.compile(r"[\x21-\x7e]+")
# What the server stores, and answers to generateToken; it refuses it itself.
ENCRYPTED = "fernet:"
AnswerT = TypeVar("AnswerT", bound=BaseModel)
REFUSED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})


class Expiry(StrEnum):
    """In days, or as OpenMetadata calls it (``JWTTokenExpiry``)."""

    ONE_HOUR = "OneHour"
    DAY = "1"
    WEEK = "7"
    MONTH = "30"
    TWO_MONTHS = "60"
    QUARTER = "90"
    NEVER = "Unlimited"


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
    if token.startswith(ENCRYPTED):
        raise BadDataError(
            "That token is encrypted, and OpenMetadata itself refuses it. "
            "Copy the token from its pages (Settings, Bots)."
        )
    return token


def generate(
    administrator: OpenMetadataSettings,
    bot: str,
    expiry: Expiry,
    accepted_within_seconds: float = ACCEPTED_WITHIN_SECONDS,
) -> str:
    """Makes a new token, and waits until the server takes it.

    The old token ends with it, at the latest when the server's cache does.

    Args:
        administrator: The server, with an administrator's token.
        bot: The bot's name.
        expiry: When the new token runs out.
        accepted_within_seconds: The longest wait.

    Returns:
        The new token.

    Raises:
        TemporaryError: The server is gone, or refuses the new token for too
            long.
        ModerateError: The server refuses, or has no such bot.
    """
    token = administrator.open_metadata_token.get_secret_value()
    with httpx.Client(
        base_url=f"{administrator.api_root}/v1/",
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIMEOUT_SECONDS,
    ) as client:
        new = _generated(client, bot, expiry)
    _await_accepted(
        administrator.model_copy(
            update={"open_metadata_token": SecretStr(new)}
        ),
        accepted_within_seconds,
    )
    return new


def _generated(client: httpx.Client, bot: str, expiry: Expiry) -> str:
    """Makes a token, and reads it back: the first answer is encrypted."""
    found = _answer(
        lambda: client.get(f"bots/name/{quote(bot, safe='')}"), _Bot
    )
    user = quote(found.bot_user.id, safe="")
    _answer(
        lambda: client.put(
            f"users/generateToken/{user}", json={"JWTTokenExpiry": expiry}
        ),
        _Generated,
    )
    made = _answer(lambda: client.get(f"users/token/{user}"), _Generated)
    return checked_token(made.token)


def _await_accepted(settings: OpenMetadataSettings, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            check_server(settings, TIMEOUT_SECONDS)
        except (TokenRefusedError, TemporaryError) as error:
            if time.monotonic() > until:
                raise TemporaryError(
                    f"OpenMetadata has made a new token and does not take it "
                    f"after {seconds:.0f} s: {error} The token that is stored "
                    "stays; it may have ended. Run this again."
                ) from error
            time.sleep(POLL_SECONDS)
        else:
            return


def _answer(
    ask: Callable[[], httpx.Response], shape: type[AnswerT]
) -> AnswerT:
    try:
        answer = ask()
    except httpx.RequestError as error:
        raise TemporaryError(
            f"OpenMetadata did not answer: {type(error).__name__} {error}. "
            "Check OPEN_METADATA_HOST and OPEN_METADATA_PORT; `moderate open "
            "openmetadata` forwards a port to one in the cluster."
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
