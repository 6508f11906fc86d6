"""The connections check of PostgreSQL, Keycloak and OpenMetadata."""

from http.server import BaseHTTPRequestHandler

import pytest

from local_services.process import LOOPBACK, free_port
from steps.contract.errors import ExitCode
from tests.conftest import ServedDatabases, ServedKeycloak
from tests.connections.test_check import STEP, WRONG, connection, line
from tests.servers import Respond, answer, answering, web_server
from tests.step_process import RunStep

TOKEN = "5ec3e7-t0ken"
VERSION = b'{"version": "2.0.6", "revision": "x", "timestamp": 1}'


def catalog(status: int = 200, version: bytes = VERSION) -> Respond:
    """Answer as OpenMetadata does; the status is that of all but versions."""

    def respond(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/api/v1/system/version":
            answer(request, 200, version)
        elif request.headers["Authorization"] == f"Bearer {TOKEN}":
            answer(request, status, b'{"data": []}')
        else:
            answer(request, 401)

    return respond


def settings(url: str, token: str = TOKEN) -> dict[str, str]:
    """Return the settings of an OpenMetadata server."""
    host, _, port = url.rpartition(":")
    return {
        "OPEN_METADATA_HOST": host,
        "OPEN_METADATA_PORT": port,
        "OPEN_METADATA_TOKEN": token,
    }


@pytest.mark.parametrize("service", ["keycloak", "open-metadata", "postgres"])
def test_a_service_that_is_not_set_up_is_reported(
    step: RunStep, service: str
) -> None:
    assert "not configured, and not required" in line(step(STEP), service)


def test_a_database_server_that_answers_is_listed_with_its_time(
    step: RunStep, database_server: ServedDatabases
) -> None:
    run = step(STEP, **database_server.environment)
    assert connection(run, "postgres")["seconds"] > 0


def test_a_database_server_that_refuses_names_the_settings(
    step: RunStep, database_server: ServedDatabases
) -> None:
    run = step(
        STEP, **{**database_server.environment, "POSTGRES_PASSWORD": WRONG}
    )
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "POSTGRES_USERNAME and POSTGRES_PASSWORD" in line(run, "postgres")
    assert WRONG not in run.everything


def test_a_database_server_that_is_down_is_temporary(
    step: RunStep, database_server: ServedDatabases
) -> None:
    down = {**database_server.environment, "POSTGRES_PORT": str(free_port())}
    assert step(STEP, **down).exit_code == ExitCode.TEMPORARY_FAILURE


def test_a_keycloak_that_answers_is_listed_with_its_time(
    step: RunStep, keycloak_server: ServedKeycloak
) -> None:
    run = step(STEP, **keycloak_server.environment)
    assert connection(run, "keycloak")["seconds"] > 0


def test_a_keycloak_that_refuses_names_the_settings(
    step: RunStep, keycloak_server: ServedKeycloak
) -> None:
    wrong = {**keycloak_server.environment, "KEYCLOAK_ADMIN_PASSWORD": WRONG}
    run = step(STEP, **wrong)
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "KEYCLOAK_ADMIN_PASSWORD" in line(run, "keycloak")
    assert WRONG not in run.everything


def test_a_realm_that_is_not_there_is_a_fault_of_settings(
    step: RunStep, keycloak_server: ServedKeycloak
) -> None:
    run = step(STEP, **keycloak_server.environment_of("elsewhere"))
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "KEYCLOAK_MAIN_REALM_NAME" in line(run, "keycloak")


def test_a_catalog_that_answers_is_listed_with_its_time(step: RunStep) -> None:
    with web_server(catalog()) as url:
        run = step(STEP, **settings(url))
    assert connection(run, "open-metadata")["seconds"] > 0


def test_a_catalog_that_refuses_the_token_is_reported(step: RunStep) -> None:
    with web_server(catalog()) as url:
        run = step(STEP, **settings(url, token=WRONG))
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "Check OPEN_METADATA_TOKEN" in line(run, "open-metadata")
    assert WRONG not in run.everything


def test_a_catalog_that_fails_is_temporary(step: RunStep) -> None:
    with web_server(catalog(status=503)) as url:
        run = step(STEP, **settings(url))
    assert run.exit_code == ExitCode.TEMPORARY_FAILURE


def test_a_catalog_that_is_down_is_temporary(step: RunStep) -> None:
    run = step(STEP, **settings(f"http://{LOOPBACK}:{free_port()}"))
    assert run.exit_code == ExitCode.TEMPORARY_FAILURE


@pytest.mark.parametrize("body", [b"<html></html>", b"{}", b"[]"])
def test_what_is_no_catalog_is_a_fault_of_settings(
    step: RunStep, body: bytes
) -> None:
    with web_server(answering(200, body)) as url:
        run = step(STEP, **settings(url))
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "Check OPEN_METADATA_HOST" in line(run, "open-metadata")
