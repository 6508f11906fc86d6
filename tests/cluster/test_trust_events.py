"""A burst of webhook calls, through all of Argo Events, misses no user."""

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from events.trust import CLOCK, TICK
from events.webhook import PORT
from local_services.process import LOOPBACK, free_port
from steps.trust.inputs import USERS
from tests.cluster.installation import rendered, service_secret
from tests.cluster.kubernetes import Namespace, fresh_namespace
from tests.relay.waiting import eventually

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(600),
    pytest.mark.usefixtures("host"),
]

TOKEN = "a-token-of-the-tests"
NAMES = (
    "moderate-workflows-*",
    "moderate-workflows.development",
    USERS,
    CLOCK,
)
# No workflow is to run: what counts is that it was created.
KINDS = {
    "EventBus",
    "EventSource",
    "Role",
    "RoleBinding",
    "Sensor",
    "ServiceAccount",
}
SELECTORS = (
    "eventbus-name=moderate-workflows",
    f"eventsource-name={USERS}",
    f"eventsource-name={CLOCK}",
    f"sensor-name={USERS}",
)
BURST = 1_000
CALLERS = 8
A_HANDFUL = 6
TICK_SECONDS = 10
AT_ONCE_SECONDS = 5


@dataclass(frozen=True)
class Trigger:
    """What starts ``trust-users`` on the cluster.

    Attributes:
        namespace: Where it is.
        http: A connection to the webhook.
    """

    namespace: Namespace
    http: httpx.Client

    def call(self, _: int = 0) -> None:
        """Call the webhook once."""
        self.http.post(f"/{USERS}", json={}).raise_for_status()

    def runs(self) -> list[datetime]:
        """Return when runs were created, in seconds."""
        return sorted(
            datetime.fromisoformat(item["metadata"]["creationTimestamp"])
            for item in self.namespace.get("workflows")["items"]
        )

    def has_run_since(self, moment: datetime) -> bool:
        """Return whether a run was created after a moment."""
        runs = self.runs()
        return bool(runs) and runs[-1] >= moment.replace(microsecond=0)


@contextmanager
def forwarded(namespace: Namespace) -> Iterator[str]:
    """Reach the webhook from here; yields its URL."""
    port = free_port()
    process = subprocess.Popen(
        [
            "kubectl",
            f"--namespace={namespace.name}",
            "port-forward",
            f"service/{USERS}-eventsource-svc",
            f"{port}:{PORT}",
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def trigger() -> Iterator[Trigger]:
    """The webhook, the calendar and the sensor, which have started a run."""
    with fresh_namespace() as namespace:
        objects = [one for one in rendered(*NAMES) if one["kind"] in KINDS]
        for one in objects:
            if one["metadata"]["name"] == CLOCK:
                one["spec"]["calendar"][TICK]["interval"] = f"{TICK_SECONDS}s"
        secret = service_secret("webhook", {"WEBHOOK_TOKEN": TOKEN})
        namespace.apply([secret, *objects])
        for selector in SELECTORS:
            namespace.await_pods(selector)
        with (
            forwarded(namespace) as url,
            httpx.Client(
                base_url=url,
                headers={"Authorization": f"Bearer {TOKEN}"},
                timeout=30,
            ) as http,
        ):
            made = Trigger(namespace, http)
            await_event_chain(made)
            yield made


def await_event_chain(trigger: Trigger) -> None:
    """Wait for the sensor: it starts at new events the first time."""

    def has_acted() -> bool:
        try:
            trigger.call()
        except httpx.HTTPError:
            return False
        return bool(trigger.runs())

    eventually(has_acted, 3 * TICK_SECONDS)


def test_a_burst_of_calls_becomes_a_handful_of_runs_and_misses_no_call(
    trigger: Trigger,
) -> None:
    before = len(trigger.runs())
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(trigger.call, range(BURST - 1)))
    last = datetime.now(UTC)
    trigger.call()
    eventually(lambda: trigger.has_run_since(last))
    assert len(trigger.runs()) - before <= A_HANDFUL


def test_a_call_after_a_quiet_time_starts_a_run_at_once(
    trigger: Trigger,
) -> None:
    runs = len(trigger.runs())
    time.sleep(TICK_SECONDS + 1)
    trigger.call()
    eventually(lambda: len(trigger.runs()) > runs, AT_ONCE_SECONDS)
