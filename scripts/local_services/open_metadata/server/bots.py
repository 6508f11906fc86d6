"""The ingestion bot, and the tokens that the server takes."""

import secrets
import time
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
from local_services.open_metadata.server.errors import RefusedError, not_found
from local_services.open_metadata.server.request import Request
from local_services.open_metadata.tokens import (
    ADMINISTRATOR,
    BOT,
    make_token,
    subject_of,
)

BEARER = "Bearer "
FOR_ADMINISTRATORS = ("users/generateToken/", "users/token/")
# The server's own is two minutes.
CACHE_SECONDS = 1.0
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
        self._cache_seconds = CACHE_SECONDS
        self._token = token
        self._administrators_token = administrators_token
        self._cached = token
        self._cached_until = 0.0

    def cache_for(self, seconds: float) -> None:
        """Caches the bot's token: a new one works when the time is over.

        Args:
            seconds: How long, from the next request on.
        """
        self._cache_seconds = seconds
        self._cached_until = 0.0

    def check(self, authorization: str, path: str) -> None:
        """Refuses requests without a valid token, or beyond its rights.

        Args:
            authorization: The request's header of that name.
            path: The request's path below the API's root.

        Raises:
            RefusedError: The token is not valid, its user does not exist, or
                is no administrator.
        """
        token = authorization.removeprefix(BEARER)
        subject = subject_of(token)
        if token == authorization or subject is None:
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "Invalid token")
        if subject not in {BOT, ADMINISTRATOR}:
            raise not_found("user", subject)
        if token != (
            self._cached_token()
            if subject == BOT
            else self._administrators_token
        ):
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "Invalid token")
        if path.startswith(FOR_ADMINISTRATORS) and subject != ADMINISTRATOR:
            raise RefusedError(
                HTTPStatus.FORBIDDEN, "Principal is not an administrator"
            )

    def _cached_token(self) -> str:
        if time.monotonic() >= self._cached_until:
            self._cached = self._token
            self._cached_until = time.monotonic() + self._cache_seconds
        return self._cached

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
        """``PUT /users/generateToken/{id}``: answers an encrypted token."""
        request.check_query()
        body = validated(GenerateJwtTokenRequest, request.json())
        _check_user(user)
        self._token = make_token(BOT)
        return _mechanism(f"fernet:{secrets.token_urlsafe()}", body[EXPIRY])

    def token(self, request: Request, user: str) -> Json:
        """``GET /users/token/{id}``: the token that can be used."""
        request.check_query()
        _check_user(user)
        return _mechanism(self._token, "Unlimited")


def _check_user(user: str) -> None:
    if user != USER_ID:
        raise not_found("user", user)


def _mechanism(token: str, expiry: str) -> Json:
    answer = {"JWTToken": token, EXPIRY: expiry}
    check_answer(JWTAuthMechanism, answer)
    return answer
