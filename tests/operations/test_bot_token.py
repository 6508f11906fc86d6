"""A new token is checked, stored and never shown."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from local_services.open_metadata.serving import ServedOpenMetadata
from local_services.process import free_port
from local_services.waiting import wait_until
from steps.clients.open_metadata_bot import Expiry, generate
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import ExitCode, TemporaryError
from tests.cli.test_commands import MODERATE, moderate
from tests.operations.stand_in import StandIn

SECRET = "secret/moderate-workflows-open-metadata"
VARIABLE = "OPEN_METADATA_TOKEN"
LONG_SECONDS = 3600
SLOWEST_SECONDS = 60
HOLDER = {
    "metadata": {"name": "postgres-ingestion-old"},
    "spec": {
        "workflowTemplateRef": {"name": "postgres-ingestion"},
        "arguments": {
            "parameters": [
                {"name": "include", "value": '["a"]'},
                {"name": "steps-image", "valueFrom": {}},
            ]
        },
    },
}
OTHER = {
    "metadata": {"name": "trust-users-old"},
    "spec": {"workflowTemplateRef": {"name": "trust-users"}},
}


class Installation:
    """A stand-in for a cluster with a Secret, and a real double."""

    def __init__(self, kubectl: StandIn, server: ServedOpenMetadata) -> None:
        """Takes both."""
        self.kubectl = kubectl
        self.server = server
        self.token = server.environment[VARIABLE]
        kubectl.prints("get configmap", {"data": {}})
        kubectl.prints("create", {"metadata": {"name": "postgres-new"}})

    def holds(
        self, *, running: tuple[object, ...] = (), **metadata: object
    ) -> None:
        """Sets up the Secret, and what runs."""
        self.kubectl.prints(f"get {SECRET}", {"metadata": metadata})
        self.kubectl.prints("get workflows", {"items": list(running)})
        self.kubectl.prints_text("auth can-i", "yes\n")

    def rotate(
        self, *arguments: str, given: str = "", **settings: str
    ) -> "subprocess.CompletedProcess[str]":
        """Runs the command, with what somebody types."""
        return moderate(
            "rotate-token",
            *arguments,
            settings={**self.settings, **settings},
            stdin=given,
        )

    @property
    def settings(self) -> dict[str, str]:
        """The command's settings, without a token."""
        environment = {**self.server.environment, **self.kubectl.environment}
        del environment[VARIABLE]
        return environment

    def refused(self) -> int:
        """How often the server has refused a token."""
        asked = self.server.double.requests()
        return sum(one["status"] == 401 for one in asked)

    def stored(self) -> list[str]:
        """The tokens that were put into the Secret."""
        return [
            one["stringData"][VARIABLE]
            for one in self.kubectl.given(f"patch {SECRET}")
        ]

    def takes(self, token: str) -> bool:
        """Whether the server takes a token."""
        host = self.server.environment["OPEN_METADATA_HOST"]
        port = self.server.environment["OPEN_METADATA_PORT"]
        answer = httpx.get(
            f"{host}:{port}/api/v1/services/databaseServices",
            headers={"Authorization": f"Bearer {token}"},
        )
        return answer.is_success


@pytest.fixture
def installation(
    kubectl: StandIn, catalog_server: ServedOpenMetadata
) -> Installation:
    """An installation in which nothing runs yet."""
    return Installation(kubectl, catalog_server)


def test_a_token_that_the_server_takes_is_stored(
    installation: Installation,
) -> None:
    installation.holds()
    done = installation.rotate(given=f"{installation.token}\n")
    assert done.returncode == 0, done.stderr
    assert installation.stored() == [installation.token]


def test_the_token_is_in_no_argument_and_no_output(
    installation: Installation,
) -> None:
    installation.holds()
    done = installation.rotate(given=installation.token)
    outputs = [*installation.kubectl.calls, done.stdout, done.stderr]
    assert not any(installation.token in one for one in outputs)


def test_a_token_that_the_server_refuses_is_not_stored(
    installation: Installation,
) -> None:
    installation.holds()
    done = installation.rotate(given="a-wrong-t0ken")
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "refused the token" in done.stderr
    assert "a-wrong-t0ken" not in done.stderr
    assert installation.stored() == []


def test_an_encrypted_token_is_65(installation: Installation) -> None:
    installation.holds()
    done = installation.rotate(given="fernet:Z0FBQUFBQm4")
    assert done.returncode == ExitCode.BAD_DATA
    assert "That token is encrypted" in done.stderr
    assert installation.stored() == []


@pytest.mark.parametrize(
    "given", ["", "\n", "two words", "first\nsecond", "ñ", "\x1b[31m"]
)
def test_what_is_no_token_is_65(
    installation: Installation, given: str
) -> None:
    installation.holds()
    done = installation.rotate(given=given)
    assert done.returncode == ExitCode.BAD_DATA
    assert "That is no token" in done.stderr


def test_a_server_that_is_down_is_75(installation: Installation) -> None:
    installation.holds()
    done = installation.rotate(given="x", OPEN_METADATA_PORT=str(free_port()))
    assert done.returncode == ExitCode.TEMPORARY_FAILURE
    assert installation.stored() == []


def test_the_server_makes_a_token_for_an_administrator(
    installation: Installation,
) -> None:
    installation.holds()
    administrator = installation.server.administrators_token
    done = installation.rotate("--generate", given=administrator)
    assert done.returncode == 0, done.stderr
    (new,) = installation.stored()
    assert installation.takes(new)
    assert not installation.takes(installation.token)


@contextmanager
def waiting(
    installation: Installation,
) -> "Iterator[subprocess.Popen[str]]":
    """Runs the command until the server refuses the token that it made."""
    installation.server.double.cache_tokens(LONG_SECONDS)
    assert installation.takes(installation.token)
    with subprocess.Popen(
        [MODERATE, "rotate-token", "--generate"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=installation.settings,
        text=True,
    ) as command:
        assert command.stdin is not None
        command.stdin.write(installation.server.administrators_token)
        command.stdin.close()
        command.stdin = None
        assert wait_until(installation.refused, SLOWEST_SECONDS)
        yield command


@pytest.mark.timeout(SLOWEST_SECONDS)
def test_a_made_token_is_stored_once_the_server_takes_it(
    installation: Installation,
) -> None:
    installation.holds()
    with waiting(installation) as command:
        assert installation.stored() == []
        installation.server.double.cache_tokens(0)
        assert command.wait() == 0
    (new,) = installation.stored()
    assert installation.takes(new)


def test_a_made_token_that_the_server_never_takes_is_not_returned(
    installation: Installation,
) -> None:
    installation.server.double.cache_tokens(LONG_SECONDS)
    assert installation.takes(installation.token)
    environment = installation.server.environment
    administrator = OpenMetadataSettings.of(
        {**environment, VARIABLE: installation.server.administrators_token}
    )
    with pytest.raises(TemporaryError, match="does not take it after 1 s"):
        generate(administrator, "ingestion-bot", Expiry.DAY, 1)


@pytest.mark.timeout(SLOWEST_SECONDS)
def test_after_a_kill_the_next_run_stores_a_token_that_works(
    installation: Installation,
) -> None:
    installation.holds()
    with waiting(installation) as killed:
        killed.kill()
    assert installation.stored() == []
    installation.server.double.cache_tokens(0)
    assert not installation.takes(installation.token)
    administrator = installation.server.administrators_token
    done = installation.rotate("--generate", given=administrator)
    assert done.returncode == 0, done.stderr
    (new,) = installation.stored()
    assert installation.takes(new)


def test_only_an_administrator_makes_a_token(
    installation: Installation,
) -> None:
    installation.holds()
    done = installation.rotate("--generate", given=installation.token)
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "is no administrator's" in done.stderr
    assert installation.takes(installation.token)


def test_a_bot_that_there_is_not_is_65(installation: Installation) -> None:
    installation.holds()
    administrator = installation.server.administrators_token
    done = installation.rotate(
        "--generate", "--bot=no/such", given=administrator
    )
    assert done.returncode == ExitCode.BAD_DATA
    assert "Check --bot" in done.stderr


def test_a_secret_that_something_else_writes_is_left_alone(
    installation: Installation,
) -> None:
    installation.holds(ownerReferences=[{"kind": "ExternalSecret"}])
    done = installation.rotate(given=installation.token)
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "is written by its ExternalSecret" in done.stderr
    assert installation.stored() == []


def test_without_the_right_no_token_is_made(
    installation: Installation,
) -> None:
    installation.kubectl.prints(f"get {SECRET}", {"metadata": {}})
    installation.kubectl.prints_text("auth can-i", "no\n", code=1)
    administrator = installation.server.administrators_token
    done = installation.rotate("--generate", given=administrator)
    assert done.returncode == ExitCode.NO_PERMISSION
    assert installation.takes(installation.token)


def test_what_the_next_upgrade_would_bring_back_is_named(
    installation: Installation,
) -> None:
    installation.holds(labels={"app.kubernetes.io/managed-by": "Helm"})
    done = installation.rotate(given=installation.token)
    assert "the next upgrade brings the old one back" in done.stdout


def test_what_runs_with_the_old_token_is_named(
    installation: Installation,
) -> None:
    installation.holds(running=(HOLDER, OTHER))
    done = installation.rotate(given=installation.token)
    assert "postgres-ingestion-old runs with the old token" in done.stdout
    assert "trust-users-old" not in done.stdout


def test_what_runs_with_the_old_token_is_started_anew(
    installation: Installation,
) -> None:
    installation.holds(running=(HOLDER, OTHER))
    done = installation.rotate("--restart", given=installation.token)
    assert "postgres-new takes its place" in done.stdout
    (stop,) = installation.kubectl.given("patch workflow.argoproj.io/")
    assert stop == {"spec": {"shutdown": "Stop"}}
    (made,) = installation.kubectl.given("create")
    assert made["spec"]["arguments"]["parameters"] == [
        {"name": "include", "value": '["a"]'}
    ]


def test_a_dry_run_changes_nothing_and_asks_for_no_token(
    installation: Installation,
) -> None:
    installation.holds(running=(HOLDER,))
    done = installation.rotate("--restart", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "postgres-ingestion-old would be stopped" in done.stdout
    calls = " ".join(installation.kubectl.calls)
    assert "patch secret" not in calls.replace("can-i patch secret", "")
    assert "create" not in calls
