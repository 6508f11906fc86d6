"""The token that OpenMetadata's server has given its ingestion bot."""

from collections.abc import Mapping

import httpx
from pydantic import BaseModel
from pydantic import ValidationError as InvalidAnswer

from moderate.errors import UnreachableError
from moderate.services.stack.names import Name, address
from moderate.services.stack.sign_in import realm_of, sign_in

BOT = "ingestion-bot"
TIMEOUT_SECONDS = 30.0


class Reference(BaseModel):
    """An entity that another one points at.

    Attributes:
        id: Its number.
    """

    id: str


class Bot(BaseModel):
    """A bot, as far as it matters here.

    Attributes:
        botUser: The account that it acts as.
    """

    botUser: Reference  # noqa: N815  (the server's own name)


class Token(BaseModel):
    """How an account signs in.

    Attributes:
        JWTToken: Its token.
    """

    JWTToken: str


class Mechanism(BaseModel):
    """What an account signs in with.

    Attributes:
        config: Its details.
    """

    config: Token


def bot_token(values: Mapping[str, str]) -> str:
    """Asks the server for the bot's token, as its first administrator.

    Args:
        values: The stack's settings by variable name.

    Returns:
        The token.

    Raises:
        ToolError: Keycloak or OpenMetadata refused, or did not answer.
    """
    password = values["OPEN_METADATA_ADMIN_PASSWORD"]
    return ask_for_token(
        address(Name.OPEN_METADATA, values),
        sign_in(realm_of(values), password),
    )


def ask_for_token(url: str, administrator: str) -> str:
    """Asks a server for its ingestion bot's token.

    Args:
        url: Where the server is.
        administrator: The token of one of its administrators.

    Returns:
        The bot's token.

    Raises:
        UnreachableError: It refused, or did not answer.
    """
    try:
        with httpx.Client(
            base_url=f"{url}/api/v1",
            headers={"Authorization": f"Bearer {administrator}"},
            timeout=TIMEOUT_SECONDS,
        ) as client:
            answer = client.get(f"/bots/name/{BOT}").raise_for_status()
            account = Bot.model_validate_json(answer.content).botUser.id
            answer = client.get(f"/users/auth-mechanism/{account}")
            answer.raise_for_status()
            found = Mechanism.model_validate_json(answer.content)
    except (httpx.HTTPError, InvalidAnswer) as error:
        raise UnreachableError(
            "OpenMetadata did not tell its bot's token "
            f"({type(error).__name__}). Sign in at {url}, copy it from "
            "Settings, Bots, and write it into the `.env` as "
            "OPEN_METADATA_TOKEN."
        ) from error
    return found.config.JWTToken
