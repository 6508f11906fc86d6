"""Which failures are a message's own, and which are its service's."""

import pytest

from steps.relay import poison as module
from steps.relay.poison import MOST_TRIES, PoisonDetector

POISON, OTHER, THIRD = b"poison", b"other", b"third"


class Clock:
    """A clock that a test moves.

    Attributes:
        now: What it shows, in seconds.
    """

    now = 1_000.0

    def monotonic(self) -> float:
        """Return what it shows."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The detector's clock."""
    moved = Clock()
    monkeypatch.setattr(module, "time", moved)
    return moved


@pytest.fixture
def detector(clock: Clock) -> "Driven":
    """A detector, and the clock with which it is driven."""
    return Driven(clock)


class Driven:
    """A detector whose events come a try's pause apart."""

    def __init__(self, clock: Clock) -> None:
        """Take a new detector."""
        self.detector = PoisonDetector()
        self.clock = clock

    def fails(self, key: bytes, *, works: bool | None = None) -> int:
        """Let a message fail; return how many tries count."""
        self.clock.now += module.TRY_SECONDS
        return self.detector.failed(key, works=works)

    def passes(self, key: bytes = OTHER) -> None:
        """Let a message pass that is begun now."""
        self.clock.now += module.TRY_SECONDS
        self.detector.passed(key, self.clock.now)


def test_nothing_counts_while_all_messages_fail(detector: Driven) -> None:
    for _ in range(10 * MOST_TRIES):
        assert detector.fails(POISON) == 0
        assert detector.fails(OTHER) == 0


def test_a_failure_counts_when_another_message_has_passed(
    detector: Driven,
) -> None:
    counted = []
    for _ in range(MOST_TRIES + 1):
        counted.append(detector.fails(POISON))
        detector.passes()
    assert counted == list(range(MOST_TRIES + 1))


def test_it_goes_on_counting_when_nothing_else_comes(detector: Driven) -> None:
    detector.fails(POISON)
    detector.passes()
    counted = [detector.fails(POISON) for _ in range(MOST_TRIES)]
    assert counted == list(range(1, MOST_TRIES + 1))


def test_counting_stops_when_others_begin_to_fail(detector: Driven) -> None:
    detector.fails(POISON)
    detector.passes()
    assert detector.fails(POISON) == 1
    detector.fails(OTHER)
    for _ in range(10 * MOST_TRIES):
        assert detector.fails(POISON) == 0
        assert detector.fails(OTHER) == 0


def test_counting_goes_on_when_the_service_is_back(detector: Driven) -> None:
    detector.fails(POISON)
    detector.passes()
    detector.fails(POISON)
    detector.fails(OTHER)
    detector.passes(OTHER)
    assert detector.fails(POISON) == 2


def test_a_message_that_was_begun_before_the_failure_proves_nothing(
    detector: Driven, clock: Clock
) -> None:
    begun = clock.now
    detector.fails(POISON)
    detector.detector.passed(OTHER, begun)
    assert detector.fails(POISON) == 0


def test_failures_in_a_row_count_once(detector: Driven) -> None:
    detector.fails(POISON)
    detector.passes()
    detector.fails(POISON)
    assert detector.detector.failed(POISON) == 1
    assert detector.detector.failed(POISON) == 1


def test_a_probe_decides_alone(detector: Driven) -> None:
    assert detector.fails(POISON, works=True) == 1
    assert detector.fails(POISON, works=False) == 0
    assert detector.fails(POISON, works=True) == 2


def test_a_message_that_passes_is_dropped(detector: Driven) -> None:
    detector.fails(POISON, works=True)
    detector.passes(POISON)
    assert detector.fails(POISON, works=True) == 1


def test_a_message_that_is_given_up_may_be_replayed(detector: Driven) -> None:
    for _ in range(MOST_TRIES):
        detector.fails(POISON, works=True)
    assert detector.fails(POISON, works=True) == 1


def test_the_oldest_are_dropped_where_there_are_too_many(
    detector: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_RECORDED", 2)
    for key in (POISON, OTHER, THIRD):
        detector.fails(key, works=True)
    assert detector.fails(OTHER, works=True) == 2
    assert detector.fails(POISON, works=True) == 1
