"""The reader of users, against a real Keycloak."""

from http.server import BaseHTTPRequestHandler

import pytest

from local_services.keycloak import CROWD_REALM, EMPTY_REALM, REALM
from local_services.process import LOOPBACK, free_port
from steps.clients.keycloak import KeycloakReader
from steps.clients.keycloak_settings import KeycloakSettings
from steps.contract.errors import BadSettingsError, TemporaryError
from tests.conftest import CROWD, ServedKeycloak
from tests.servers import answer, answering, web_server

QUICK_SECONDS = 0.01
WRONG = "wr0ng-5ec3e7"
BEFORE_ALL = "aaa-before-all@example.org"


@pytest.fixture
def reader(keycloak_server: ServedKeycloak) -> KeycloakReader:
    """A reader of the realm with a few users."""
    return KeycloakReader(keycloak_server.settings_of(REALM))


@pytest.fixture
def crowd(keycloak_server: ServedKeycloak) -> KeycloakReader:
    """A reader of the realm with many users."""
    return KeycloakReader(keycloak_server.settings_of(CROWD_REALM))


def reading(**settings: str) -> KeycloakReader:
    """Make a reader that does not wait long before it asks again."""
    values = {
        "KEYCLOAK_SERVER_URL": f"http://{LOOPBACK}:{free_port()}",
        "KEYCLOAK_ADMIN_USERNAME": "workflows",
        "KEYCLOAK_ADMIN_PASSWORD": WRONG,
        **settings,
    }
    return KeycloakReader(
        KeycloakSettings.of(values),
        longest_pause_seconds=QUICK_SECONDS,
    )


def changed(served: ServedKeycloak, **settings: str) -> KeycloakReader:
    """Make a reader with some settings changed."""
    return reading(**{**served.environment, **settings})


@pytest.mark.parametrize(
    "username",
    [
        "jane",
        "jane-doe",
        "jane.doe",
        "jane.doe@example.org",
        "jane+doe_b-2@example.org",
        "nunez",
        "núñez",
        "strauss",
        "strauß",
    ],
)
def test_a_username_is_read_exactly(
    reader: KeycloakReader, username: str
) -> None:
    assert username in {user.username for user in reader.users()}


def test_service_accounts_are_no_users(reader: KeycloakReader) -> None:
    names = {user.username for user in reader.users()}
    assert not {name for name in names if name.startswith("service-account")}


def test_a_user_who_may_not_sign_in_is_marked(reader: KeycloakReader) -> None:
    off = {user.username for user in reader.users() if not user.enabled}
    assert off == {"left.the.project"}


@pytest.mark.parametrize("page_size", [1, 3, 5, 10, 11])
def test_every_user_is_read_once_in_pages_of_any_size(
    reader: KeycloakReader, page_size: int
) -> None:
    names = [user.username for user in reader.users(page_size)]
    assert len(names) == len(set(names)) == reader.count_users()


def test_every_user_of_a_crowd_is_read_once(crowd: KeycloakReader) -> None:
    names = [user.username for user in crowd.users()]
    assert len(names) == len(set(names)) == CROWD


def test_a_realm_without_users_has_none(
    keycloak_server: ServedKeycloak,
) -> None:
    reader = KeycloakReader(keycloak_server.settings_of(EMPTY_REALM))
    assert list(reader.users()) == []


def test_a_user_who_signs_up_meanwhile_shows_no_user_twice(
    keycloak_server: ServedKeycloak, reader: KeycloakReader
) -> None:
    users = reader.users(page_size=5)
    names = [next(users).username]
    with keycloak_server.joined(REALM, BEFORE_ALL):
        names += [user.username for user in users]
    assert len(names) == len(set(names))


def test_a_user_who_signs_up_meanwhile_hides_no_user(
    keycloak_server: ServedKeycloak, reader: KeycloakReader
) -> None:
    before = {user.username for user in reader.users()}
    users = reader.users(page_size=5)
    names = {next(users).username}
    with keycloak_server.joined(REALM, BEFORE_ALL):
        names |= {user.username for user in users}
    assert before <= names


def test_a_long_listing_survives_the_end_of_its_session(
    keycloak_server: ServedKeycloak, reader: KeycloakReader
) -> None:
    users = reader.users(page_size=5)
    next(users)
    admin = keycloak_server.admin("master")
    name = keycloak_server.environment["KEYCLOAK_ADMIN_USERNAME"]
    account = admin.get_user_id(name)
    assert account
    admin.user_logout(account)
    assert len(list(users)) == reader.count_users() - 1


def test_a_refused_password_names_the_settings(
    keycloak_server: ServedKeycloak,
) -> None:
    reader = changed(keycloak_server, KEYCLOAK_ADMIN_PASSWORD=WRONG)
    with pytest.raises(
        BadSettingsError,
        match=r"KEYCLOAK_ADMIN_USERNAME and KEYCLOAK_ADMIN_PASSWORD",
    ):
        reader.count_users()


def test_a_realm_that_is_not_there_is_named(
    keycloak_server: ServedKeycloak,
) -> None:
    reader = changed(keycloak_server, KEYCLOAK_MAIN_REALM_NAME="elsewhere")
    with pytest.raises(
        BadSettingsError, match=r"KEYCLOAK_MAIN_REALM_NAME .*'elsewhere'"
    ):
        next(reader.users())


def test_a_url_with_a_slash_at_its_end_works(
    keycloak_server: ServedKeycloak,
) -> None:
    url = keycloak_server.environment["KEYCLOAK_SERVER_URL"] + "/"
    reader = changed(keycloak_server, KEYCLOAK_SERVER_URL=url)
    assert reader.count_users() > 0


def test_a_wrong_path_of_the_url_is_a_fault_of_settings(
    keycloak_server: ServedKeycloak,
) -> None:
    url = keycloak_server.environment["KEYCLOAK_SERVER_URL"] + "/auth"
    reader = changed(keycloak_server, KEYCLOAK_SERVER_URL=url)
    with pytest.raises(BadSettingsError, match="KEYCLOAK_SERVER_URL"):
        reader.count_users()


def test_a_keycloak_that_is_down_is_temporary() -> None:
    with pytest.raises(TemporaryError, match="Check KEYCLOAK_SERVER_URL"):
        reading().count_users()


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_keycloak_that_fails_is_temporary(status: int) -> None:
    with (
        web_server(answering(status, b"starting")) as url,
        pytest.raises(TemporaryError, match=str(status)),
    ):
        reading(KEYCLOAK_SERVER_URL=url).count_users()


def test_a_keycloak_that_fails_is_asked_again() -> None:
    asked: list[str] = []

    def respond(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        answer(request, 503)

    with (
        web_server(respond) as url,
        pytest.raises(TemporaryError),
    ):
        reading(KEYCLOAK_SERVER_URL=url).count_users()
    assert len(asked) == 4


@pytest.mark.parametrize("body", [b"<html>welcome</html>", b"[]", b'"x"'])
def test_what_is_no_keycloak_is_a_fault_of_settings(body: bytes) -> None:
    with (
        web_server(answering(200, body)) as url,
        pytest.raises(BadSettingsError, match="KEYCLOAK_SERVER_URL"),
    ):
        reading(KEYCLOAK_SERVER_URL=url).count_users()


def test_the_password_is_in_no_error(silent_url: str) -> None:
    reader = KeycloakReader(
        KeycloakSettings.of(
            {
                "KEYCLOAK_SERVER_URL": silent_url,
                "KEYCLOAK_ADMIN_USERNAME": "workflows",
                "KEYCLOAK_ADMIN_PASSWORD": WRONG,
            },
        ),
        timeout_seconds=1,
        longest_pause_seconds=QUICK_SECONDS,
    )
    with pytest.raises(TemporaryError) as failed:
        reader.count_users()
    assert WRONG not in str(failed.value)
