"""The imported realm lets people sign in to the catalog, and no more."""

from dataclasses import replace

import httpx
import pytest

from local_services.stack.sign_in import (
    CLIENT,
    Realm,
    claims_of,
    realm_of,
    sign_in,
)
from steps.clients.keycloak import KeycloakReader
from steps.clients.keycloak_settings import KeycloakSettings
from steps.contract.errors import BadSettingsError, TemporaryError
from tests.local_services.stack.conftest import FIRST_START_SECONDS, UsedStack

pytestmark = pytest.mark.timeout(FIRST_START_SECONDS)
WRONG = "wrong-password"


@pytest.fixture
def realm(stack: UsedStack) -> Realm:
    """The realm of the stack's Keycloak."""
    return realm_of(stack.values)


@pytest.fixture
def password(stack: UsedStack) -> str:
    """The password of the catalog's first administrator."""
    return stack.values["OPEN_METADATA_ADMIN_PASSWORD"]


def asked(realm: Realm, redirect_uri: str, **further: str) -> httpx.Response:
    """Ask for the page where people sign in."""
    return httpx.get(
        realm.login_endpoint,
        params={
            "client_id": CLIENT,
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": redirect_uri,
            **further,
        },
    )


def test_the_first_administrator_signs_in(realm: Realm, password: str) -> None:
    claims = claims_of(sign_in(realm, password))
    assert claims["preferred_username"] == "admin"
    assert claims["email"] == "admin@example.org"


def test_the_token_is_made_for_the_catalog(
    realm: Realm, password: str
) -> None:
    claims = claims_of(sign_in(realm, password))
    assert (claims["aud"], claims["azp"]) == (CLIENT, CLIENT)


def test_the_token_names_the_issuer_that_browsers_see(
    realm: Realm, password: str
) -> None:
    assert claims_of(sign_in(realm, password))["iss"] == realm.url


def test_a_token_that_is_fetched_from_inside_names_that_issuer_too(
    stack: UsedStack, realm: Realm, password: str
) -> None:
    port = stack.values["KEYCLOAK_PORT"]
    inside = f"http://127.0.0.1:{port}/realms/moderate"
    token = sign_in(replace(realm, inside=inside), password)
    assert claims_of(token)["iss"] == realm.url != inside


def test_a_wrong_password_is_refused(realm: Realm) -> None:
    with pytest.raises(BadSettingsError, match="refused to sign 'admin' in"):
        sign_in(realm, WRONG)


def test_a_wrong_client_secret_gets_no_token(
    realm: Realm, password: str
) -> None:
    with pytest.raises(TemporaryError, match="401"):
        sign_in(replace(realm, client_secret=WRONG), password)


def test_the_catalogs_own_address_is_accepted(realm: Realm) -> None:
    assert asked(realm, realm.redirect_uri).status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/callback",
        "{own}/../elsewhere",
        "{own}?next=//example.org",
        "{own}.example.org",
    ],
)
def test_another_address_is_refused(realm: Realm, elsewhere: str) -> None:
    redirect_uri = elsewhere.format(own=realm.redirect_uri)
    answer = asked(realm, redirect_uri)
    assert answer.status_code == 400
    assert "redirect_uri" in answer.text


def test_a_password_alone_gets_no_token(realm: Realm, password: str) -> None:
    answer = httpx.post(
        realm.token_endpoint,
        data={
            "grant_type": "password",
            "client_id": CLIENT,
            "client_secret": realm.client_secret,
            "username": "admin",
            "password": password,
            "scope": "openid",
        },
    )
    assert answer.json()["error"] == "unauthorized_client"


def test_a_token_in_the_address_is_not_to_be_had(realm: Realm) -> None:
    answer = asked(
        realm, realm.redirect_uri, response_type="id_token", nonce="n"
    )
    assert "unauthorized_client" in answer.headers["Location"]


def test_containers_get_the_issuer_of_browsers_and_endpoints_of_theirs(
    stack: UsedStack, realm: Realm
) -> None:
    """A container asks at another address than a browser does."""
    inside = f"http://127.0.0.1:{stack.values['KEYCLOAK_PORT']}"
    found = httpx.get(
        f"{inside}/realms/moderate/.well-known/openid-configuration"
    ).json()
    assert found["issuer"] == realm.url
    assert found["authorization_endpoint"].startswith(realm.url)
    assert found["token_endpoint"].startswith(inside)
    assert found["jwks_uri"].startswith(inside)


def test_the_pipelines_account_sees_the_realms_users(
    stack: UsedStack,
) -> None:
    settings = KeycloakSettings.of(stack.values)
    names = {user.username for user in KeycloakReader(settings).users()}
    assert names == {"admin", "jane"}
