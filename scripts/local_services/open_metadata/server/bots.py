"""The ingestion bot, and the tokens that the server takes."""

from http import HTTPStatus
from uuid import NAMESPACE_URL, uuid5

from metadata.generated.schema.auth.generateToken import (
    GenerateJwtTokenRequest,
)
from metadata.generated.schema.auth.jwtAuth import JWTAuthMechanism
from metadata.generated.schema.entity.bot import Bot

from local_services.open_metadata.server.bodies import (
    Json,
    check_answer,
    validated,
)
from local_services.open_metadata.server.errors import RefusedError
from local_services.open_metadata.server.request import Request
from local_services.open_metadata.tokens import BOT, make_token

BEARER = "Bearer "
FOR_ADMINISTRATORS = "users/generateToken/"
BOT_ID = str(uuid5(NAMESPACE_URL, f"bot/{BOT}"))
USER_ID = str(uuid5(NAMESPACE_URL, f"user/{BOT}"))
EXPIRY = "JWTTokenExpiry"


class Bots:
    """One bot, whose token an administrator can renew."""

    def __init__(self, token: str, administrators_token: str) -> None:
        """Takes the tokens that are valid.

        Args:
            token: The bot's.
            administrators_token: An administrator's.
        """
        self._token = token
        self._administrators_token = administrators_token

    def check(self, authorization: str, path: str) -> None:
        """Lets nobody in who is not known, or may not do this.

        Args:
            authorization: The request's header of that name.
            path: The request's path below the API's root.

        Raises:
            RefusedError: The token is not valid, or no administrator's.
        """
        token = authorization.removeprefix(BEARER)
        if token == authorization or token not in {
            self._token,
            self._administrators_token,
        }:
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "Invalid token")
        if (
            path.startswith(FOR_ADMINISTRATORS)
            and token != self._administrators_token
        ):
            raise RefusedError(
                HTTPStatus.FORBIDDEN, "Principal is not an administrator"
            )

    def by_name(self, request: Request, name: str) -> Json:
        """``GET /bots/name/{name}``: the bot."""
        request.check_query("fields", "include")
        if name != BOT:
            raise RefusedError(
                HTTPStatus.NOT_FOUND, f"bot instance for {name} not found"
            )
        answer = {
            "id": BOT_ID,
            "name": BOT,
            "fullyQualifiedName": BOT,
            "botUser": {"id": USER_ID, "type": "user", "name": BOT},
        }
        check_answer(Bot, answer)
        return answer

    def generate(self, request: Request, user: str) -> Json:
        """``PUT /users/generateToken/{id}``: the old token ends with it."""
        request.check_query()
        body = validated(GenerateJwtTokenRequest, request.json())
        if user != USER_ID:
            raise RefusedError(
                HTTPStatus.NOT_FOUND, f"user instance for {user} not found"
            )
        self._token = make_token(BOT)
        answer = {"JWTToken": self._token, EXPIRY: body[EXPIRY]}
        check_answer(JWTAuthMechanism, answer)
        return answer
