"""Claims: one holder at a time, repeated with pauses, set aside at last."""

from datetime import UTC, datetime, timedelta

import pytest

from steps.contract.errors import BadDataError
from steps.state.items import Claim, FailedItem, ItemStatus, RetryPolicy
from steps.state.state import State
from tests.hostile import hostile
from tests.relay.waiting import eventually

LONG_SECONDS = 3600.0
SHORT_SECONDS = 0.05
AT_ONCE = RetryPolicy(first_pause_seconds=0, longest_pause_seconds=0)
PATIENT = RetryPolicy()
ERROR = "the ledger is full"


def taken(
    state: State, *keys: str, seconds: float = LONG_SECONDS
) -> list[Claim]:
    """Claim items."""
    return state.claim(keys, holder="pod-1", lease_seconds=seconds)


def status_of(state: State, key: str) -> ItemStatus:
    """Return where one item stands."""
    return state.statuses([key])[key]


def fail(state: State, key: str, times: int) -> None:
    """Claim an item and fail, several times without a pause."""
    for _ in range(times):
        (claim,) = taken(state, key)
        assert state.failed(claim, ERROR, retry_policy=AT_ONCE)


def expired(state: State, key: str) -> Claim:
    """Claim an item and let the lease run out."""
    (claim,) = taken(state, key, seconds=SHORT_SECONDS)
    eventually(lambda: status_of(state, key) is ItemStatus.DUE)
    return claim


def test_a_new_item_is_due(state: State) -> None:
    assert status_of(state, "jane") is ItemStatus.DUE


def test_a_claimed_item_is_claimed(state: State) -> None:
    taken(state, "jane")
    assert status_of(state, "jane") is ItemStatus.CLAIMED


def test_a_claimed_item_is_given_to_no_other_holder(
    state: State, other: State
) -> None:
    taken(state, "jane")
    assert taken(other, "jane") == []


def test_a_deleted_item_is_due_again_without_a_history(
    state: State,
) -> None:
    fail(state, "jane", times=1)
    (claim,) = taken(state, "jane")
    assert state.delete(claim)
    assert status_of(state, "jane") is ItemStatus.DUE
    assert state.failed_items() == []


def test_an_item_that_somebody_else_has_taken_is_not_deleted(
    state: State, other: State
) -> None:
    lost = expired(state, "jane")
    taken(other, "jane")
    assert not state.delete(lost)
    assert status_of(state, "jane") is ItemStatus.CLAIMED


def test_claims_come_in_the_order_of_the_keys(state: State) -> None:
    claims = taken(state, "c", "a", "b")
    assert [claim.key for claim in claims] == ["c", "a", "b"]


def test_the_first_keys_are_taken_where_there_is_a_limit(
    state: State,
) -> None:
    claims = state.claim(
        ["c", "a", "b"], holder="pod-1", lease_seconds=9, limit=2
    )
    assert [claim.key for claim in claims] == ["c", "a"]


def test_what_is_over_the_limit_stays_due(state: State) -> None:
    state.claim(["c", "a"], holder="pod-1", lease_seconds=9, limit=1)
    assert status_of(state, "a") is ItemStatus.DUE


def test_a_key_that_is_named_twice_is_claimed_once(state: State) -> None:
    assert len(taken(state, "jane", "jane")) == 1


def test_a_done_item_is_done(state: State) -> None:
    (claim,) = taken(state, "jane")
    state.done(claim)
    assert status_of(state, "jane") is ItemStatus.DONE


def test_a_done_item_is_never_claimed_again(state: State) -> None:
    (claim,) = taken(state, "jane")
    state.done(claim)
    assert taken(state, "jane") == []


def test_recording_twice_that_an_item_is_done_is_as_good_as_once(
    state: State,
) -> None:
    (claim,) = taken(state, "jane")
    assert [state.done(claim), state.done(claim)] == [True, True]


def test_recording_twice_that_an_item_failed_counts_once(state: State) -> None:
    (claim,) = taken(state, "jane")
    assert [state.failed(claim, ERROR) for _ in range(2)] == [True, True]
    assert state.failed_items()[0].failures == 1


def test_a_failed_item_waits(state: State) -> None:
    (claim,) = taken(state, "jane")
    state.failed(claim, ERROR)
    assert status_of(state, "jane") is ItemStatus.WAITING


def test_a_waiting_item_is_not_claimed(state: State) -> None:
    (claim,) = taken(state, "jane")
    state.failed(claim, ERROR)
    assert taken(state, "jane") == []


def test_an_item_that_has_waited_is_due(state: State) -> None:
    retry_policy = RetryPolicy(first_pause_seconds=SHORT_SECONDS)
    (claim,) = taken(state, "jane")
    state.failed(claim, ERROR, retry_policy=retry_policy)
    eventually(lambda: len(taken(state, "jane")) == 1)


@pytest.mark.parametrize(
    ("failures", "minutes"),
    [(1, 5), (2, 10), (3, 20), (7, 320), (8, 360), (9, 360)],
)
def test_the_pauses_grow_from_five_minutes_to_six_hours(
    state: State, failures: int, minutes: int
) -> None:
    fail(state, "jane", failures - 1)
    (claim,) = taken(state, "jane")
    state.failed(claim, ERROR)
    (item,) = state.failed_items()
    assert item.next_try
    pause = item.next_try - datetime.now(UTC)
    assert abs(pause - timedelta(minutes=minutes)) < timedelta(minutes=1)


def test_an_item_that_failed_before_has_the_count(state: State) -> None:
    fail(state, "jane", 2)
    (claim,) = taken(state, "jane")
    assert claim.failures == 2


def test_nine_failures_do_not_set_an_item_aside(state: State) -> None:
    fail(state, "jane", PATIENT.most_failures - 1)
    assert status_of(state, "jane") is ItemStatus.DUE


def test_ten_failures_set_an_item_aside(state: State) -> None:
    fail(state, "jane", PATIENT.most_failures)
    assert status_of(state, "jane") is ItemStatus.SET_ASIDE


def test_an_item_set_aside_is_not_claimed(state: State) -> None:
    fail(state, "jane", PATIENT.most_failures)
    assert taken(state, "jane") == []


def test_an_item_set_aside_is_listed_with_its_last_error(
    state: State,
) -> None:
    fail(state, "jane", PATIENT.most_failures)
    assert state.failed_items() == [FailedItem("jane", 10, ERROR, None, True)]


def test_a_done_item_is_not_listed_among_the_failed(state: State) -> None:
    fail(state, "jane", 1)
    (claim,) = taken(state, "jane")
    state.done(claim)
    assert state.failed_items() == []


def test_items_set_aside_are_listed_first(state: State) -> None:
    fail(state, "a", 1)
    fail(state, "b", PATIENT.most_failures)
    assert [item.key for item in state.failed_items()] == ["b", "a"]


def test_a_released_item_is_due(state: State) -> None:
    fail(state, "jane", PATIENT.most_failures)
    assert state.release("jane")
    assert status_of(state, "jane") is ItemStatus.DUE


def test_a_released_item_begins_anew(state: State) -> None:
    fail(state, "jane", PATIENT.most_failures)
    state.release("jane")
    (claim,) = taken(state, "jane")
    assert claim.failures == 0


def test_an_item_that_has_not_failed_cannot_be_released(state: State) -> None:
    taken(state, "jane")
    assert not state.release("jane")


def test_releasing_one_item_leaves_the_others(state: State) -> None:
    fail(state, "a", PATIENT.most_failures)
    fail(state, "b", PATIENT.most_failures)
    state.release("a")
    assert status_of(state, "b") is ItemStatus.SET_ASIDE


def test_all_items_can_be_released_at_once(state: State) -> None:
    fail(state, "a", PATIENT.most_failures)
    fail(state, "b", 1)
    assert state.release_all() == 2


def test_an_item_is_free_again_once_its_lease_has_run_out(
    state: State, other: State
) -> None:
    expired(state, "jane")
    assert len(taken(other, "jane")) == 1


def test_a_renewed_claim_lasts_longer(state: State, other: State) -> None:
    (claim,) = taken(state, "jane", seconds=1)
    assert state.renew(claim, lease_seconds=LONG_SECONDS)
    watched, _ = state.claim(
        ["other", "one more"], holder="pod-1", lease_seconds=1
    )
    eventually(lambda: status_of(state, watched.key) is ItemStatus.DUE)
    assert taken(other, "jane") == []


@pytest.fixture
def overtaken(state: State, other: State) -> Claim:
    """A claim whose lease ran out, and that somebody else has now."""
    claim = expired(state, "jane")
    assert len(taken(other, "jane")) == 1
    return claim


def test_an_overtaken_claim_cannot_be_renewed(
    state: State, overtaken: Claim
) -> None:
    assert not state.renew(overtaken, lease_seconds=LONG_SECONDS)


def test_an_overtaken_claim_cannot_make_its_item_done(
    state: State, overtaken: Claim
) -> None:
    assert not state.done(overtaken)
    assert status_of(state, "jane") is ItemStatus.CLAIMED


def test_an_overtaken_claim_cannot_make_its_item_fail(
    state: State, overtaken: Claim
) -> None:
    assert not state.failed(overtaken, "too late")
    assert status_of(state, "jane") is ItemStatus.CLAIMED


def test_an_overtaken_claim_cannot_be_given_back(
    state: State, overtaken: Claim
) -> None:
    state.give_back([overtaken])
    assert status_of(state, "jane") is ItemStatus.CLAIMED


@pytest.mark.usefixtures("overtaken")
def test_a_lease_that_ran_out_is_a_failure_with_its_holder(
    state: State,
) -> None:
    (item,) = state.failed_items()
    assert item.failures == 1
    assert item.last_error == "pod-1 held it and ended without a result."


def test_an_item_that_kills_its_pod_each_time_is_set_aside(
    state: State,
) -> None:
    fail(state, "jane", PATIENT.most_failures - 1)
    expired(state, "jane")
    assert taken(state, "jane") == []
    assert status_of(state, "jane") is ItemStatus.SET_ASIDE


def test_a_lease_that_ran_out_can_still_be_settled_by_its_holder(
    state: State,
) -> None:
    assert state.done(expired(state, "jane"))


def test_an_item_that_is_given_back_is_due(state: State) -> None:
    state.give_back(taken(state, "jane"))
    assert status_of(state, "jane") is ItemStatus.DUE


def test_giving_back_is_no_failure(state: State) -> None:
    state.give_back(taken(state, "jane"))
    assert state.failed_items() == []


def test_namespaces_are_separate(state: State, elsewhere: State) -> None:
    taken(state, "jane")
    assert len(taken(elsewhere, "jane")) == 1


@hostile
def test_any_text_is_a_key(state: State, hostile: str) -> None:
    (claim,) = taken(state, hostile)
    assert claim.key == hostile
    assert state.done(claim)


def test_texts_that_look_the_same_stay_two(state: State) -> None:
    assert len(taken(state, "ñ", "n\u0303", "N\u0303", " ñ")) == 4


@pytest.mark.parametrize("key", ["a\0b", "\ud800", "ñ" * 1_025])
def test_a_key_that_cannot_be_kept_is_bad_data(state: State, key: str) -> None:
    with pytest.raises(BadDataError):
        taken(state, key)


def test_the_longest_key_is_kept(state: State) -> None:
    assert len(taken(state, "ñ" * 1_024)) == 1


@pytest.mark.parametrize("error", ["a\0b", "\ud800", "x" * 9_999, "{{=1+1}}"])
def test_any_error_can_be_recorded(state: State, error: str) -> None:
    (claim,) = taken(state, "jane")
    assert state.failed(claim, error)


def test_standings_come_in_the_order_of_the_keys(state: State) -> None:
    keys = [f"user-{number}" for number in range(500, 0, -1)]
    assert list(state.statuses(keys)) == keys


def test_no_keys_have_no_statuses(state: State) -> None:
    assert state.statuses([]) == {}
