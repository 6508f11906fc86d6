"""Pauses that grow."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from steps.relay import pauses as module
from steps.relay.pauses import Pauses


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHORTEST_PAUSE_SECONDS", 0.1)


def waited(pauses: Pauses) -> float:
    started = time.monotonic()
    pauses.wait(Event())
    return time.monotonic() - started


def test_pauses_grow() -> None:
    pauses = Pauses()
    first, _, third = (waited(pauses) for _ in range(3))
    assert first >= 0.05
    assert third >= 0.2


def test_pauses_are_short_again_after_a_success() -> None:
    pauses = Pauses()
    for _ in range(3):
        waited(pauses)
    pauses.reset()
    assert waited(pauses) < 0.2


def test_pauses_have_a_limit() -> None:
    pauses = Pauses(longest_seconds=0.1)
    assert max(waited(pauses) for _ in range(4)) < 0.3


def test_a_pause_ends_when_it_is_stopped() -> None:
    stop = Event()
    stop.set()
    pauses = Pauses()
    started = time.monotonic()
    for _ in range(10):
        pauses.wait(stop)
    assert time.monotonic() - started < 0.1


def test_failures_that_come_together_share_a_pause() -> None:
    pauses = Pauses()
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda _: waited(pauses), range(8)))
    assert max(together) < 0.2
    assert waited(pauses) < 0.4
