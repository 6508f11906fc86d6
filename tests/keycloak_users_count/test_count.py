"""The count of users, against a real Keycloak."""

import pytest

from local_services.keycloak import CROWD_REALM, EMPTY_REALM, REALM
from local_services.process import LOOPBACK, free_port
from steps.contract.errors import ExitCode
from tests.conftest import CROWD, ServedKeycloak
from tests.step_process import RunStep

STEP = "keycloak-users-count"


@pytest.mark.parametrize(
    ("realm", "users"), [(REALM, 10), (EMPTY_REALM, 0), (CROWD_REALM, CROWD)]
)
def test_users_are_counted_without_service_accounts(
    step: RunStep, keycloak_server: ServedKeycloak, realm: str, users: int
) -> None:
    run = step(STEP, **keycloak_server.environment_of(realm))
    assert run.outputs == {"users": str(users)}


def test_the_number_is_in_the_log(
    step: RunStep, keycloak_server: ServedKeycloak
) -> None:
    run = step(STEP, **keycloak_server.environment)
    assert "The realm 'moderate' has 10 users" in run.stderr


def test_the_password_is_nowhere(
    step: RunStep, keycloak_server: ServedKeycloak
) -> None:
    run = step(STEP, **keycloak_server.environment)
    password = keycloak_server.environment["KEYCLOAK_ADMIN_PASSWORD"]
    assert password not in run.everything


def test_a_keycloak_that_is_down_is_temporary(step: RunStep) -> None:
    run = step(
        STEP,
        KEYCLOAK_SERVER_URL=f"http://{LOOPBACK}:{free_port()}",
        KEYCLOAK_ADMIN_USERNAME="workflows",
        KEYCLOAK_ADMIN_PASSWORD="a-long-secret",
    )
    assert run.exit_code == ExitCode.TEMPORARY_FAILURE
    assert "Check KEYCLOAK_SERVER_URL" in run.stderr


def test_missing_settings_are_named(step: RunStep) -> None:
    run = step(STEP)
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "KEYCLOAK_SERVER_URL" in run.stderr
