"""One failing item never stops the others, and is tried again later."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import HttpUrl

from local_services.platform_api.trust import Kind
from local_services.process import LOOPBACK, free_port
from steps.contract.errors import BadDataError
from steps.state.items import FailedItem, ItemStatus, RetryPolicy
from steps.state.state import State
from steps.trust.inputs import LEASE_SECONDS, USERS, TrustBatchInputs
from steps.trust_users.ensure import ensure_dids
from tests.servers import losing_answers
from tests.trust.world import MAKE_DUE, World

FULL = "RuntimeError: the ledger is full"
MOST_FAILURES = 10
AT_ONCE = RetryPolicy(first_pause_seconds=0)
TOLERANCE_SECONDS = 30


def failed_items(world: World) -> list[FailedItem]:
    """List the users that have failed."""
    with State(world.postgres, USERS) as state:
        return state.failed_items()


def pause_seconds(world: World) -> float:
    """Return how long the one failed user waits for the next try."""
    (item,) = failed_items(world)
    assert item.next_try
    return (item.next_try - datetime.now(UTC)).total_seconds()


def fail(world: World, times: int = 1) -> None:
    """Let a user fail once, who has failed several times before."""
    world.platform.trust.errors[Kind.DID, "joe"] = FULL
    with State(world.postgres, USERS) as state:
        for _ in range(times - 1):
            (claim,) = state.claim(["joe"], holder="", lease_seconds=60)
            state.failed(claim, FULL, retry_policy=AT_ONCE)
    world.users(["joe"])


def test_the_others_are_done(world: World) -> None:
    world.platform.trust.errors[Kind.DID, "joe"] = FULL
    total = world.users(["jane", "joe", "jill"], at_a_time=1)
    assert (total.made, total.failed) == (2, 1)


def test_a_failed_did_is_looked_up_and_not_requested_again(
    world: World,
) -> None:
    world.platform.trust.errors[Kind.DID, "joe"] = FULL
    assert world.users(["joe"]).failed == 1
    assert len(world.platform.trust.tasks) == 1


def test_a_full_pool_costs_no_second_ledger_entry(world: World) -> None:
    world.platform.pool_is_full = True
    world.platform.pool_seconds = 0.05
    assert world.users(["jane"]).failed == 1
    world.platform.pool_is_full = False
    assert world.users(["jane"]).left == 0
    assert world.entries() == []
    world.sql(MAKE_DUE)
    assert world.users(["jane"]).made == 1
    assert len(world.entries()) == 1


@pytest.mark.parametrize("name", ["42", "١٢", "-1", "1.5", "nan", "1e5"])
def test_a_user_that_cannot_be_looked_up_is_requested_once_more(
    world: World, name: str
) -> None:
    world.platform.trust.errors[Kind.DID, name] = FULL
    assert world.users([name]).failed == 1
    assert len(world.platform.trust.tasks) == 2


def test_the_summary_names_who_failed_and_why(world: World) -> None:
    world.platform.trust.errors[Kind.DID, "joe"] = FULL
    total = world.users(["jane", "joe"])
    (line,) = [row for row in total.table.splitlines() if "joe" in row]
    assert FULL in line


def test_a_failed_item_is_not_tried_in_the_next_run(world: World) -> None:
    fail(world)
    asked = len(world.platform.trust.tasks)
    world.users(["joe"])
    assert len(world.platform.trust.tasks) == asked


@pytest.mark.parametrize(
    ("times", "seconds"), [(1, 300), (2, 600), (7, 19_200), (8, 21_600)]
)
def test_pauses_grow_from_five_minutes_to_six_hours(
    world: World, times: int, seconds: float
) -> None:
    fail(world, times)
    assert pause_seconds(world) == pytest.approx(
        seconds, abs=TOLERANCE_SECONDS
    )


def test_after_ten_failures_an_item_is_set_aside(world: World) -> None:
    fail(world, times=MOST_FAILURES)
    assert world.status_of(USERS, "joe") is ItemStatus.SET_ASIDE


def test_an_item_that_is_released_is_tried_again(world: World) -> None:
    fail(world, times=MOST_FAILURES)
    world.platform.trust.errors.clear()
    with State(world.postgres, USERS) as state:
        assert state.release("joe")
    assert world.users(["joe"]).made == 1


def test_without_a_trust_service_no_failure_is_counted(world: World) -> None:
    world.platform.trust.configured = False
    total = world.users(["jane", "joe"])
    assert (total.failed, total.left) == (0, 2)
    assert "503" in total.table
    assert failed_items(world) == []


def test_an_api_that_is_down_counts_no_failure(world: World) -> None:
    url = HttpUrl(f"http://{LOOPBACK}:{free_port()}")
    api = world.api.model_copy(update={"api_base_url": url})
    total = replace(world, api=api).users(["jane"])
    assert (total.failed, total.left) == (0, 1)
    assert world.status_of(USERS, "jane") is ItemStatus.DUE


def test_an_account_that_is_refused_counts_no_failure(world: World) -> None:
    api = world.api.model_copy(update={"api_username": "unknown"})
    total = replace(world, api=api).users(["jane", "joe"])
    assert (total.failed, total.left) == (0, 2)


def test_an_item_that_is_forbidden_does_not_stop_the_others(
    world: World,
) -> None:
    world.platform.statuses.append(403)
    total = world.users(["jane", "joe"], at_a_time=1)
    assert (total.failed, total.made) == (1, 1)


def test_a_token_that_ends_meanwhile_is_renewed(world: World) -> None:
    world.platform.statuses.append(401)
    assert world.users(["jane"]).made == 1


def test_a_lost_answer_leaves_the_item_alone_while_a_task_may_run(
    world: World,
) -> None:
    upstream = str(world.api.api_base_url).rstrip("/")
    with losing_answers(upstream, "POST", 1, "/user") as url:
        api = world.api.model_copy(update={"api_base_url": HttpUrl(url)})
        assert replace(world, api=api).users(["jane"]).failed == 1
    assert pause_seconds(world) > LEASE_SECONDS - TOLERANCE_SECONDS
    world.sql(MAKE_DUE)
    assert world.users(["jane"]).there == 1
    assert len(world.entries()) == 1


def test_a_task_that_cannot_be_read_for_a_while_is_waited_for(
    world: World,
) -> None:
    world.platform.trust.seconds = 1
    upstream = str(world.api.api_base_url).rstrip("/")
    with losing_answers(upstream, "GET", 2, "/user") as url:
        api = world.api.model_copy(update={"api_base_url": HttpUrl(url)})
        total = replace(world, api=api).users(["jane"])
    assert total.made == 1


def test_what_there_is_no_time_for_is_left(world: World) -> None:
    inputs = batch_inputs('{"items": ["jane"], "report_bytes": 1000}')
    late = inputs.model_copy(update={"batch_seconds": -1.0})
    ensure_dids(late, api=world.api, postgres=world.postgres)
    assert world.platform.trust.tasks == {}


@pytest.mark.parametrize("content", ["", "[]", '{"items": [1]}', "\x00"])
def test_a_malformed_batch_is_bad_data(world: World, content: str) -> None:
    with pytest.raises(BadDataError, match="malformed"):
        ensure_dids(
            batch_inputs(content), api=world.api, postgres=world.postgres
        )


def batch_inputs(content: str) -> TrustBatchInputs:
    """Return the inputs of one batch's pod."""
    return TrustBatchInputs(number=0, slot=0, content=content)
