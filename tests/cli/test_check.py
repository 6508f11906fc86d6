"""``moderate check`` asks the services of this machine's settings."""

import json

import pytest

from local_services.process import LOOPBACK, free_port
from steps.contract.errors import ExitCode
from tests.cli.test_commands import moderate
from tests.conftest import ServedDatabases, ServedPlatform, ServedStore

PASSWORD = "wr0ng-5ec3e7"


def nowhere() -> dict[str, str]:
    """Return the settings of a database server that is down."""
    return {
        "POSTGRES_HOST": LOOPBACK,
        "POSTGRES_PORT": str(free_port()),
        "POSTGRES_USERNAME": "workflows",
        "POSTGRES_PASSWORD": PASSWORD,
    }


def test_nothing_configured_is_no_fault() -> None:
    done = moderate("check")
    assert done.returncode == 0
    assert "not asked" in done.stdout


def test_every_service_is_in_the_table() -> None:
    text = moderate("check").stdout
    for service in ("keycloak", "open-metadata", "platform-api", "postgres"):
        assert f" {service} " in text


def test_services_that_answer_are_no_fault(
    s3: ServedStore,
    platform: ServedPlatform,
    database_server: ServedDatabases,
) -> None:
    settings = {
        **s3.environment,
        **platform.environment,
        **database_server.environment,
    }
    done = moderate("check", "--json", settings=settings)
    assert done.returncode == 0, done.stdout
    found = {one["service"]: one for one in json.loads(done.stdout)}
    for service in ("s3", "platform-api", "postgres"):
        assert found[service]["seconds"] > 0


def test_a_service_that_is_down_has_a_next_step() -> None:
    done = moderate("check", settings=nowhere())
    assert done.returncode == ExitCode.TEMPORARY_FAILURE
    assert "Check POSTGRES_HOST" in " ".join(done.stdout.split())


def test_settings_that_are_not_complete_have_an_exit_code_of_their_own() -> (
    None
):
    done = moderate("check", settings={"POSTGRES_HOST": LOOPBACK})
    assert done.returncode == ExitCode.BAD_SETTINGS


def test_a_required_service_that_is_not_set_up_is_a_fault() -> None:
    done = moderate("check", "--required", "s3", "--json")
    assert done.returncode == ExitCode.BAD_SETTINGS
    (s3,) = [one for one in json.loads(done.stdout) if one["service"] == "s3"]
    assert "S3_ENDPOINT_URL" in s3["error"]


def test_an_unknown_service_is_named() -> None:
    done = moderate("check", "--required", "fax")
    assert "There is no service 'fax'" in done.stderr


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_no_secret_is_shown(option: tuple[str, ...]) -> None:
    done = moderate("check", *option, settings=nowhere())
    assert PASSWORD not in done.stdout + done.stderr
