"""The gateway in front of the double: it signs accounts in, and checks tokens.

It makes the tokens from Keycloak, which has three seconds to answer. A path
that asks it for no decision is passed on as it is; to the API, an expired
token is then as good as none.
"""

import asyncio
import math
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

import httpx
from fastapi import Form, HTTPException, Request
from starlette.responses import JSONResponse
from starlette.status import (
    HTTP_400_BAD_REQUEST,
    HTTP_401_UNAUTHORIZED,
    HTTP_403_FORBIDDEN,
)

USERNAME = "workflows"
TOKEN_SECONDS = 300.0
KEYCLOAK_SECONDS = 3.0
BEARER = "Bearer "
AWAY = "Accessing token endpoint URL failed."
NO_TOKEN = "Could not decode JSON from response."  # noqa: S105 - no secret
WRONG = {
    "error": "invalid_grant",
    "error_description": "Invalid user credentials",
}
EXPIRED = "invalid_grant"
NOT_ENABLED = "API access is not enabled for this user"


class Role(StrEnum):
    """What an account may do.

    Attributes:
        ADMINISTRATOR: Everything.
        ORDINARY: What belongs to it, and what is public.
        NONE: Sign in, and see what is public.
    """

    ADMINISTRATOR = "administrator"
    ORDINARY = "ordinary"
    NONE = "none"


@dataclass(frozen=True)
class Account:
    """An account of the platform.

    Attributes:
        username: Its name.
        role: What it may do.
    """

    username: str
    role: Role

    @property
    def is_administrator(self) -> bool:
        """Whether it may do everything."""
        return self.role is Role.ADMINISTRATOR


@dataclass(frozen=True)
class KeycloakRealm:
    """A realm of a real Keycloak.

    Attributes:
        url: The realm's URL.
        client_id: A public client of it, for direct access grants.
    """

    url: str
    client_id: str

    async def token(
        self, username: str, password: str, seconds: float
    ) -> httpx.Response:
        """Signs an account in.

        Args:
            username: The account.
            password: Its password.
            seconds: How long Keycloak may take.

        Returns:
            Keycloak's answer.

        Raises:
            httpx.TransportError: It did not answer in time.
        """
        form = {
            "grant_type": "password",
            "client_id": self.client_id,
            "username": username,
            "password": password,
        }
        async with httpx.AsyncClient(timeout=seconds) as client:
            return await client.post(
                f"{self.url}/protocol/openid-connect/token", data=form
            )


@dataclass
class Gateway:
    """The accounts and their tokens.

    Attributes:
        password: The password of all accounts.
        roles: The accounts: what each may do, by username.
        tokens: The accounts' names by the tokens that are valid.
        token_seconds: How long a token is valid.
        expired_status: The gateway's answer to an expired token: 400 with a
            newer Keycloak, 401 with an older one.
        decides: Whether the gateway checks tokens; the API alone does where
            not, and answers 401.
        keycloak_seconds: How long Keycloak takes to answer.
        keycloak_limit_seconds: How long the gateway waits for it.
        refused_sign_ins: The gateway's messages to the next sign-ins, which
            it answers with 401.
        realm: The real Keycloak that makes the tokens, where there is one.
    """

    password: str = field(
        default_factory=lambda: secrets.token_urlsafe(24), repr=False
    )
    roles: dict[str, Role] = field(
        default_factory=lambda: {USERNAME: Role.ADMINISTRATOR}
    )
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    token_seconds: float = TOKEN_SECONDS
    expired_status: int = HTTP_400_BAD_REQUEST
    decides: bool = True
    keycloak_seconds: float = 0
    keycloak_limit_seconds: float = KEYCLOAK_SECONDS
    refused_sign_ins: deque[str] = field(default_factory=deque)
    realm: KeycloakRealm | None = None
    _expiries: dict[str, float] = field(default_factory=dict, repr=False)

    def reset_gateway(self) -> None:
        """Removes tokens, faults and all accounts but the first."""
        self.roles.clear()
        self.roles[USERNAME] = Role.ADMINISTRATOR
        self.tokens.clear()
        self.token_seconds = TOKEN_SECONDS
        self.expired_status = HTTP_400_BAD_REQUEST
        self.decides = True
        self.keycloak_seconds = 0
        self.keycloak_limit_seconds = KEYCLOAK_SECONDS
        self.refused_sign_ins.clear()

    async def sign_in(
        self,
        username: Annotated[str, Form()],
        password: Annotated[str, Form()],
    ) -> JSONResponse:
        """Answers ``POST /api/token``."""
        limit = self.keycloak_limit_seconds
        await asyncio.sleep(min(self.keycloak_seconds, limit))
        if self.keycloak_seconds >= limit:
            return _refused({"message": AWAY})
        if self.refused_sign_ins:
            return _refused({"message": self.refused_sign_ins.popleft()})
        if self.realm:
            return await self._sign_in_at(self.realm, username, password)
        if username not in self.roles or password != self.password:
            return _refused(WRONG)
        token = self.token_of(username)
        self._expiries[token] = time.monotonic() + self.token_seconds
        return JSONResponse(
            {"access_token": token, "expires_in": self.token_seconds}
        )

    async def _sign_in_at(
        self, realm: KeycloakRealm, username: str, password: str
    ) -> JSONResponse:
        """Signs in at a real Keycloak, and answers as APISIX does."""
        asked = time.monotonic()
        limit = self.keycloak_limit_seconds
        try:
            answer = await realm.token(username, password, limit)
        except httpx.TransportError:
            return _refused({"message": AWAY})
        if not answer.is_success:
            return _refused({"message": NO_TOKEN})
        content = answer.json()
        token = content["access_token"]
        self.tokens[token] = username
        self._expiries[token] = asked + content["expires_in"]
        return JSONResponse(content)

    def token_of(self, username: str = USERNAME) -> str:
        """Makes a token that does not expire.

        Args:
            username: The account.

        Returns:
            The token.
        """
        token = secrets.token_urlsafe(24)
        self.tokens[token] = username
        return token

    def caller(self, request: Request) -> Account | None:
        """Finds the account of a request, where none is needed.

        Args:
            request: The request.

        Returns:
            The account; None without a valid token, or without a role.
        """
        found = self._account(request)
        return found if found and found.role is not Role.NONE else None

    def signed_in(self, request: Request) -> Account:
        """Finds the account of a request that needs one.

        Args:
            request: The request.

        Returns:
            The account.

        Raises:
            HTTPException: There is no valid token, or the account has no
                role.
        """
        found = self._account(request)
        if found is None:
            if self.decides and request.headers.get("Authorization"):
                raise HTTPException(self.expired_status, EXPIRED)
            raise HTTPException(HTTP_401_UNAUTHORIZED, "Not authenticated")
        if found.role is Role.NONE:
            raise HTTPException(HTTP_401_UNAUTHORIZED, NOT_ENABLED)
        return found

    def administrator(self, request: Request) -> Account:
        """Finds the account of a request that is an administrator's.

        Args:
            request: The request.

        Returns:
            The account.

        Raises:
            HTTPException: It is not an administrator's.
        """
        found = self.signed_in(request)
        if not found.is_administrator:
            raise forbidden()
        return found

    def _account(self, request: Request) -> Account | None:
        header = request.headers.get("Authorization", "")
        token = header.removeprefix(BEARER)
        if time.monotonic() >= self._expiries.get(token, math.inf):
            self.tokens.pop(token, None)
        username = self.tokens.get(token)
        if username is None:
            return None
        return Account(username, self.roles.get(username, Role.NONE))


def forbidden() -> HTTPException:
    """Returns the answer to what an account may not do."""
    return HTTPException(HTTP_403_FORBIDDEN, "Forbidden")


def _refused(content: dict[str, str]) -> JSONResponse:
    return JSONResponse(content, HTTP_401_UNAUTHORIZED)
