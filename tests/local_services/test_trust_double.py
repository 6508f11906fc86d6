"""The double's trust service keeps to the contract, faults included."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from local_services.object_store import BUCKET
from local_services.platform_api.trust import Kind
from tests.conftest import ServedPlatform
from tests.relay.waiting import eventually

LONG_SECONDS = 600
SHORT_SECONDS = 0.05


@pytest.fixture
def http(platform: ServedPlatform) -> Iterator[httpx.Client]:
    """A signed-in client."""
    double = platform.double
    token = double.token_of()
    with httpx.Client(
        base_url=platform.environment["API_BASE_URL"],
        headers={"Authorization": f"Bearer {token}"},
    ) as client:
        yield client


def did(http: httpx.Client, username: str = "jane") -> dict[str, Any]:
    """Ask for a DID."""
    answer = http.post("/user/did", json={"username": username})
    document: dict[str, Any] = answer.raise_for_status().json()
    return document


def proof(http: httpx.Client, key_or_id: str | int) -> dict[str, Any]:
    """Ask for a proof."""
    question = {"object_key_or_id": key_or_id}
    answer = http.post("/asset/proof", json=question)
    document: dict[str, Any] = answer.raise_for_status().json()
    return document


def task(http: httpx.Client, kind: str, number: int) -> dict[str, Any]:
    """Read a task."""
    answer = http.get(f"/{kind}/task/{number}")
    document: dict[str, Any] = answer.raise_for_status().json()
    return document


def ended(http: httpx.Client, kind: str, number: int) -> Callable[[], bool]:
    """Return whether a task has ended."""

    def look() -> bool:
        return task(http, kind, number)["finished_at"] is not None

    return look


def test_a_did_is_there_once_its_task_has_ended(http: httpx.Client) -> None:
    asked = did(http)
    eventually(ended(http, "user/did", asked["task_id"]))
    again = did(http)
    assert again["task_id"] is None
    assert again["user_meta"]["trust_did"]


def test_a_task_has_neither_result_nor_error_while_it_runs(
    platform: ServedPlatform, http: httpx.Client
) -> None:
    platform.double.trust.seconds = LONG_SECONDS
    open_task = task(http, "user/did", did(http)["task_id"])
    assert (open_task["result"], open_task["error"]) == (None, None)


def test_asking_twice_costs_two_entries_and_the_second_one_fails(
    platform: ServedPlatform, http: httpx.Client
) -> None:
    platform.double.trust.seconds = SHORT_SECONDS
    first, second = did(http)["task_id"], did(http)["task_id"]
    eventually(ended(http, "user/did", second))
    assert task(http, "user/did", first)["error"] is None
    assert "in the meantime" in task(http, "user/did", second)["error"]
    assert platform.double.trust.ledger == [(Kind.DID, "jane")] * 2


def test_a_task_that_begins_late_finds_the_did_already_there(
    platform: ServedPlatform, http: httpx.Client
) -> None:
    first = did(http)["task_id"]
    platform.double.trust.seconds_before = SHORT_SECONDS
    platform.double.trust.dids.clear()
    second = did(http)["task_id"]
    platform.double.trust.dids["jane"] = "did:example:other"
    eventually(ended(http, "user/did", second))
    assert first != second
    assert "already" in task(http, "user/did", second)["error"]


def test_a_restart_leaves_a_task_unfinished_for_ever(
    platform: ServedPlatform, http: httpx.Client
) -> None:
    platform.double.trust.seconds = LONG_SECONDS
    lost = did(http)["task_id"]
    platform.double.trust.restart()
    platform.double.trust.seconds = 0
    eventually(ended(http, "user/did", did(http)["task_id"]))
    assert task(http, "user/did", lost)["finished_at"] is None


@pytest.mark.parametrize(
    "question", [{}, {"username": ""}, {"username": 1}, {"user": 1}]
)
def test_a_malformed_question_is_refused(
    http: httpx.Client, question: dict[str, object]
) -> None:
    assert http.post("/user/did", json=question).status_code == 422


def test_a_proof_without_its_owners_did_ends_in_an_error(
    platform: ServedPlatform, http: httpx.Client
) -> None:
    stored = platform.double.add_object("jane-assets/a.csv", BUCKET)
    number = proof(http, stored.id)["task_id"]
    eventually(ended(http, "asset/proof", number))
    assert "jane" in task(http, "asset/proof", number)["error"]
    assert platform.double.trust.ledger == []


@pytest.mark.parametrize("owner", ["jane", None])
def test_a_proof_is_made_with_the_did_of_the_owner_or_of_who_asks(
    platform: ServedPlatform, http: httpx.Client, owner: str | None
) -> None:
    stored = platform.double.add_object("a.csv", BUCKET, owner)
    platform.double.trust.dids[owner or "workflows"] = "did:example:1"
    number = proof(http, stored.id)["task_id"]
    eventually(ended(http, "asset/proof", number))
    assert proof(http, stored.id)["obj"]["proof_id"]
