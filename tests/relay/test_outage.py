"""Impossible messages, short tokens, and Keycloak away for a minute.

RabbitMQ and Keycloak are real, relay and steps are processes, and the Platform
API is its double, behind a gateway as the platform's.
"""

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_services.keycloak import REALM
from local_services.platform_api import (
    KeycloakRealm,
    PlatformApiDouble,
    PlatformJob,
    platform_api,
)
from steps.contract.platform_id import LARGEST_ID
from steps.relay.session import PREFETCH
from tests.conftest import ServedKeycloak, ServedStore
from tests.local_services.processes import serving
from tests.matrix_profile.messages import message
from tests.relay.conftest import RunRelay
from tests.relay.local_jobs import LocalJobs, local_jobs
from tests.relay.process import Relay
from tests.relay.queue import Queue
from tests.relay.recorder import Recorder
from tests.relay.test_metrics import exported
from tests.relay.waiting import eventually

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]

TOKEN_SECONDS = 20
AWAY_SECONDS = 60.0
SETTLED_SECONDS = 400.0
CLIENT = "gateway"
IMPOSSIBLE = (LARGEST_ID + 1, 2**40, 2**63, 10**400, 0, -1, True, "7", None)
ABSENT_JOB = LARGEST_ID
KEY = "jane-assets/readings.csv"
MESSAGES = "moderate_relay_messages"


@contextmanager
def signing_in(
    keycloak: ServedKeycloak, double: PlatformApiDouble
) -> Iterator[None]:
    """Let the double's account sign in at Keycloak, for short tokens."""
    admin = keycloak.admin(REALM)
    before = admin.get_realm(REALM)["accessTokenLifespan"]
    admin.update_realm(REALM, {"accessTokenLifespan": TOKEN_SECONDS})
    client = admin.create_client(
        {
            "clientId": CLIENT,
            "publicClient": True,
            "directAccessGrantsEnabled": True,
        }
    )
    account = {
        "username": "workflows",
        "enabled": True,
        "email": "workflows@example.org",
        "emailVerified": True,
        "firstName": "W",
        "lastName": "F",
        "credentials": [
            {"type": "password", "value": double.password, "temporary": False}
        ],
    }
    user = admin.create_user(account)
    url = keycloak.environment["KEYCLOAK_SERVER_URL"]
    double.realm = KeycloakRealm(f"{url}/realms/{REALM}", CLIENT)
    try:
        yield
    finally:
        admin = keycloak.admin(REALM)
        admin.delete_user(user)
        admin.delete_client(client)
        admin.update_realm(REALM, {"accessTokenLifespan": before})


@contextmanager
def stopped(keycloak: ServedKeycloak) -> Iterator[None]:
    """Stop Keycloak, so that it answers no request, for a minute."""
    url = keycloak.environment["KEYCLOAK_SERVER_URL"]
    processes = [one.pid for one in serving(url.rpartition(":")[2])]
    assert processes
    started = time.monotonic()
    try:
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        yield
        eventually(
            lambda: time.monotonic() - started > AWAY_SECONDS,
            2 * AWAY_SECONDS,
        )
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


@dataclass(frozen=True)
class Platform:
    """A platform whose gateway asks a real Keycloak.

    Attributes:
        double: The platform's state.
        environment: The settings that reach it, by variable name.
        keycloak: Its Keycloak.
    """

    double: PlatformApiDouble
    environment: Mapping[str, str]
    keycloak: ServedKeycloak


@pytest.fixture
def real_platform(keycloak_server: ServedKeycloak) -> Iterator[Platform]:
    """A platform of the test's own."""
    double = PlatformApiDouble()
    with signing_in(keycloak_server, double), platform_api(double) as served:
        yield Platform(double, served, keycloak_server)


@pytest.fixture
def jobs(
    real_platform: Platform, s3: ServedStore, tmp_path: Path
) -> Iterator[LocalJobs]:
    """What runs the jobs, and the file that they analyse."""
    s3.put(KEY, "time,consumption\n2026-01-01,1\n")
    with local_jobs(tmp_path, s3, real_platform.environment) as running:
        yield running


def real(jobs: list[PlatformJob]) -> list[str]:
    return [message(workflow_job_id=job.id, key=KEY) for job in jobs]


def invalid(jobs: list[PlatformJob]) -> list[str]:
    return [message(workflow_job_id=job.id, key="") for job in jobs]


def reports(jobs: list[PlatformJob]) -> list[int]:
    return [job.reports for job in jobs]


def settled(running: Relay) -> float:
    """Count the messages that do not come back to the queue."""
    outcomes = exported(running, MESSAGES)
    return sum(outcomes.values()) - outcomes["kept"]


def test_every_job_is_reported_once_and_the_rest_are_dead_letters(
    relay: RunRelay,
    queue: Queue,
    webhook: Recorder,
    real_platform: Platform,
    jobs: LocalJobs,
) -> None:
    double = real_platform.double
    first, second = ([double.add_job() for _ in range(4)] for _ in range(2))
    refused, failing = (
        [double.add_job() for _ in range(PREFETCH)] for _ in range(2)
    )
    impossible = [
        message(workflow_job_id=number, key=f"{turn}.csv")
        for number in IMPOSSIBLE
        for turn in range(2)
    ]
    dead = [
        *impossible,
        *invalid(refused),
        *invalid(failing),
        message(workflow_job_id=ABSENT_JOB, key=""),
    ]
    double.broken.update(f"/job/{job.id}" for job in failing)
    reached = real_platform.environment

    def all_are_reported(some: list[PlatformJob]) -> bool:
        jobs.start_new(list(webhook.taken))
        return jobs.are_done() and all(job.reports for job in some)

    queue.publish(*impossible, *real(first), *real(first))
    with relay(**reached) as running:
        eventually(lambda: all_are_reported(first), SETTLED_SECONDS)
        with stopped(real_platform.keycloak):
            double.tokens.clear()
            queue.publish(*invalid(failing), *invalid(refused))
            eventually(lambda: exported(running, MESSAGES)["kept"])
            running.kill()
            queue.publish(*dead[-1:], *real(second), *real(second))
            with relay(**reached) as another:
                eventually(lambda: len(webhook.taken) >= 16)
                eventually(another.is_up)
                assert exported(another, MESSAGES)["given_up"] == 0
                jobs.start_new(list(webhook.taken))
                another.kill()
    assert reports(refused) == [0] * PREFETCH
    eventually(lambda: queue.consumers() == 0)
    left = queue.waiting()
    with relay(**reached) as last:
        eventually(
            lambda: all_are_reported([*second, *refused]), SETTLED_SECONDS
        )
        eventually(lambda: settled(last) == left, SETTLED_SECONDS)
        assert last.stop() == 0
    assert jobs.are_done()
    assert jobs.exit_codes[78] == 0
    assert reports([*first, *second, *refused]) == [1] * (8 + PREFETCH)
    assert reports(failing) == [0] * PREFETCH
    for job in [*first, *second]:
        assert job.results
        assert job.results["output_key"]
    assert queue.waiting() == 0
    letters = queue.dead_letters()
    assert {one.body.decode() for one in letters} == set(dead)
    assert all(one.headers["x-reason"] for one in letters)
