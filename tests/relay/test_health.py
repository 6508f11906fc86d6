"""The relay's probes."""

import httpx
import pytest

from local_services.process import LOOPBACK, free_port
from steps.relay import health as module
from steps.relay.health import Health, probes
from steps.relay.metrics import RelayMetrics


def test_a_relay_is_not_ready_before_it_consumes() -> None:
    assert "not connected" in Health().why_not_ready()


def test_a_relay_that_consumes_is_ready() -> None:
    health = Health()
    health.consuming()
    assert not health.why_not_ready()


def test_a_relay_is_not_ready_after_a_failure() -> None:
    health = Health()
    health.consuming()
    health.failed("the webhook answered 500")
    assert health.why_not_ready() == "the webhook answered 500"


def test_a_relay_is_ready_again_after_a_delivery() -> None:
    health = Health()
    health.consuming()
    health.failed("the webhook answered 500")
    health.delivered()
    assert not health.why_not_ready()


def test_an_old_failure_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    health = Health()
    health.consuming()
    health.failed("the webhook answered 500")
    monkeypatch.setattr(module, "FAILURE_HOLDS_SECONDS", 0)
    assert not health.why_not_ready()


def test_a_relay_whose_connection_is_lost_is_not_ready() -> None:
    health = Health()
    health.consuming()
    health.not_consuming("the broker has gone")
    assert health.why_not_ready() == "the broker has gone"


def test_a_relay_is_live_while_its_connection_is_lost() -> None:
    health = Health()
    health.not_consuming("the broker has gone")
    assert not health.why_not_live()


def test_a_relay_whose_thread_is_silent_is_not_live(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LONGEST_SILENCE_SECONDS", -1)
    assert "silent" in Health().why_not_live()


@pytest.mark.parametrize(
    ("path", "status"), [("/ready", 503), ("/live", 200), ("/x", 404)]
)
def test_the_probes_are_http(path: str, status: int) -> None:
    port = free_port()
    with probes(Health(), RelayMetrics(), LOOPBACK, port):
        answer = httpx.get(f"http://{LOOPBACK}:{port}{path}")
    assert answer.status_code == status
