"""Signs in to OpenMetadata's client of Keycloak, as a browser does."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from steps.contract.errors import BadSettingsError, TemporaryError

CLIENT = "openmetadata"
ADMINISTRATOR = "admin"
LOGIN_FORM = "kc-form-login"
TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Realm:
    """The realm's endpoints, and how its client signs in.

    Attributes:
        url: The realm's URL, which is its tokens' issuer.
        redirect_uri: Where the browser is sent back to.
        client_secret: The client's secret.
        inside: The realm's URL for services, where it is another one.
    """

    url: str
    redirect_uri: str
    client_secret: str
    inside: str | None = None

    @property
    def login_endpoint(self) -> str:
        """Where a browser is sent to sign in."""
        return f"{self.url}/protocol/openid-connect/auth"

    @property
    def token_endpoint(self) -> str:
        """Where the client gets its tokens."""
        return f"{self.inside or self.url}/protocol/openid-connect/token"


def realm_of(values: Mapping[str, str]) -> Realm:
    """Finds the stack's realm.

    Args:
        values: The stack's settings by variable name.

    Returns:
        The realm.
    """
    realm = values["KEYCLOAK_MAIN_REALM_NAME"]
    return Realm(
        url=f"{values['KEYCLOAK_SERVER_URL']}/realms/{realm}",
        redirect_uri=(
            f"http://{values['OPEN_METADATA_HOST']}:"
            f"{values['OPEN_METADATA_PORT']}/callback"
        ),
        client_secret=values["OPEN_METADATA_CLIENT_SECRET"],
    )


def sign_in(realm: Realm, password: str, user: str = ADMINISTRATOR) -> str:
    """Signs a user in with the authorization code flow.

    The request is the one that OpenMetadata's server makes.

    Args:
        realm: The realm.
        password: The user's password.
        user: The user's name.

    Returns:
        The ID token.

    Raises:
        BadSettingsError: Keycloak refused the user.
        TemporaryError: Keycloak refused the client, or did not answer.
    """
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS) as browser:
            code = _code(browser, realm, user, password)
        return _id_token(realm, code)
    except httpx.HTTPError as error:
        raise TemporaryError(
            f"Keycloak did not sign {user!r} in: {error}. See "
            "`moderate services status`."
        ) from error


def claims_of(token: str) -> dict[str, Any]:
    """Reads a token's claims, without a check of its signature.

    Args:
        token: The token.

    Returns:
        The claims by name.
    """
    part = token.split(".")[1]
    padded = part + "=" * (-len(part) % 4)
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
    return claims


class _LoginForm(HTMLParser):
    """Finds where a login page's form is sent to."""

    action: str | None = None

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        """Reads one tag."""
        found = dict(attrs)
        if tag == "form" and found.get("id") == LOGIN_FORM:
            self.action = found.get("action")


def _code(
    browser: httpx.Client, realm: Realm, user: str, password: str
) -> str:
    page = browser.get(
        realm.login_endpoint,
        params={
            "client_id": CLIENT,
            "response_type": "code",
            "response_mode": "query",
            "scope": "openid email profile",
            "redirect_uri": realm.redirect_uri,
            "state": secrets.token_urlsafe(),
            "nonce": secrets.token_urlsafe(),
            "prompt": "consent",
            "max_age": "0",
        },
    ).raise_for_status()
    form = _LoginForm()
    form.feed(page.text)
    if form.action is None:
        raise TemporaryError(f"Keycloak shows no login page at {realm.url}.")
    answer = browser.post(
        form.action,
        data={"username": user, "password": password},
        headers={"Cookie": _cookies_of(page)},
    )
    location: str = answer.headers.get("Location", "")
    code = parse_qs(urlsplit(location).query).get("code")
    if not code or not location.startswith(realm.redirect_uri):
        raise BadSettingsError(
            f"Keycloak refused to sign {user!r} in: it answered "
            f"{answer.status_code}."
        )
    return code[0]


def _cookies_of(page: httpx.Response) -> str:
    """Returns what a browser sends back, on localhost without TLS, too."""
    return "; ".join(
        f"{cookie.name}={cookie.value}" for cookie in iter(page.cookies.jar)
    )


def _id_token(realm: Realm, code: str) -> str:
    answer = httpx.post(
        realm.token_endpoint,
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": realm.redirect_uri,
            "client_id": CLIENT,
            "client_secret": realm.client_secret,
        },
        timeout=TIMEOUT_SECONDS,
    ).raise_for_status()
    return str(answer.json()["id_token"])
