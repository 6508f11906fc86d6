"""Every asset object gets a proof, and its owner a DID before that."""

import pytest

from local_services.object_store import BUCKET
from local_services.platform_api.trust import Kind
from steps.contract.errors import TemporaryError
from steps.state.items import ItemStatus
from steps.state.state import State
from steps.trust.inputs import OBJECTS, USERS
from steps.trust_objects.ensure import ensure_proofs
from tests.relay.waiting import eventually
from tests.trust.world import MAKE_DUE, World, at_once

FULL = "RuntimeError: the ledger is full"
TASK_SECONDS = 0.3
HOSTILE_KEY = "ñ-assets/{{=1+1}} 'x' 📈.csv"


def add(world: World, owner: str | None = "jane", key: str = "a.csv") -> int:
    """Store an asset object."""
    return world.platform.add_object(key, BUCKET, owner).id


def test_an_object_gets_a_proof(world: World) -> None:
    number = add(world, key=HOSTILE_KEY)
    assert world.objects().made == 1
    assert world.platform.objects[number].proof_id


def test_the_owners_did_is_made_first_in_the_same_run(world: World) -> None:
    number = add(world, owner="ñandú")
    world.objects()
    assert world.platform.trust.ledger == [
        (Kind.DID, "ñandú"),
        (Kind.PROOF, number),
    ]


def test_many_objects_of_one_owner_cost_one_did(world: World) -> None:
    world.platform.trust.seconds = TASK_SECONDS
    for _ in range(4):
        add(world)
    assert world.objects(at_a_time=4).made == 4
    assert len(world.entries(Kind.DID)) == 1


def test_an_ownerless_object_needs_the_did_of_the_account(
    world: World,
) -> None:
    add(world, owner=None)
    assert world.objects().made == 1
    assert world.entries() == [(Kind.DID, world.api.api_username)]


def test_a_did_that_another_run_makes_is_waited_for(world: World) -> None:
    world.platform.trust.seconds = TASK_SECONDS
    add(world)

    def objects() -> None:
        eventually(world.platform.trust.open_tasks)
        world.objects()

    at_once(lambda: world.users(["jane"]), objects)
    assert len(world.entries(Kind.DID)) == 1
    assert len(world.entries(Kind.PROOF)) == 1


def test_without_its_owners_did_an_object_fails_with_the_reason(
    world: World,
) -> None:
    world.platform.trust.errors[Kind.DID, "joe"] = FULL
    add(world, owner="joe")
    total = world.objects()
    assert total.failed == 1
    assert f"'joe' has no DID: {FULL}" in total.table


def test_no_proof_is_asked_for_without_its_owners_did(world: World) -> None:
    world.platform.trust.errors[Kind.DID, "joe"] = FULL
    add(world, owner="joe")
    world.objects()
    asked = {task.item[0] for task in world.platform.trust.tasks.values()}
    assert asked == {Kind.DID}


def test_an_owner_who_waits_is_not_asked_for_again(world: World) -> None:
    world.platform.trust.errors[Kind.DID, "joe"] = FULL
    world.users(["joe"])
    asked = len(world.platform.trust.tasks)
    add(world, owner="joe")
    assert "waiting" in world.objects().table
    assert len(world.platform.trust.tasks) == asked


def test_the_others_are_done(world: World) -> None:
    bad = add(world)
    good = [add(world) for _ in range(2)]
    world.platform.trust.errors[Kind.PROOF, bad] = FULL
    total = world.objects(at_a_time=1)
    assert (total.made, total.failed) == (len(good), 1)


def test_two_runs_at_once_ask_for_each_object_once(world: World) -> None:
    world.platform.trust.seconds = TASK_SECONDS
    numbers = [add(world) for _ in range(6)]
    at_once(*[world.objects] * 2)
    assert sorted(world.entries(Kind.PROOF)) == [
        (Kind.PROOF, number) for number in numbers
    ]


def test_rows_without_a_key_are_counted_and_never_tried(
    world: World,
) -> None:
    for key in (None, ""):
        world.platform.add_object(key, BUCKET)
    add(world)
    found = world.missing_objects()
    assert (found.without_key, found.due) == (2, 1)


def test_objects_on_later_pages_are_found(world: World) -> None:
    for _ in range(103):
        world.platform.add_object("", BUCKET)
    add(world)
    found = world.missing_objects()
    assert (found.without_key, found.due) == (103, 1)


def test_rows_on_which_the_api_fails_hide_no_other(world: World) -> None:
    for number in range(130):
        key = None if number in {0, 64, 129} else f"{number}.csv"
        world.platform.add_object(key, BUCKET)
    found = world.missing_objects(limit=500)
    assert (found.without_key, found.due) == (3, 127)


def test_an_api_that_fails_on_every_row_is_away(world: World) -> None:
    for _ in range(100):
        world.platform.add_object(None, BUCKET)
    with pytest.raises(TemporaryError, match="500"):
        world.missing_objects()


def test_a_run_takes_no_more_than_its_limit(world: World) -> None:
    for _ in range(5):
        add(world)
    assert world.missing_objects(limit=3).due == 3


def test_what_failed_waits_for_its_next_try(world: World) -> None:
    number = add(world)
    world.platform.trust.errors[Kind.PROOF, number] = FULL
    world.objects()
    found = world.missing_objects()
    assert (found.due, found.waiting) == (0, 1)


def test_a_proof_that_is_there_after_all_is_no_failure(world: World) -> None:
    number = add(world)
    found = world.missing_objects()
    world.platform.objects[number].proof_id = "proof:example:before"
    total = world.bring_about(found, ensure_proofs)
    assert (total.there, world.entries(Kind.PROOF)) == (1, [])


def test_a_proof_that_is_taken_away_is_made_again(world: World) -> None:
    number = add(world)
    world.objects()
    world.platform.objects[number].proof_id = None
    assert world.objects().made == 1


def test_an_object_that_is_done_is_no_failure_any_more(world: World) -> None:
    number = add(world)
    world.platform.trust.errors[Kind.PROOF, number] = FULL
    world.objects()
    world.platform.trust.errors.clear()
    world.sql(MAKE_DUE)
    world.objects()
    with State(world.postgres, OBJECTS) as state:
        assert state.failed_items() == []


def test_an_object_that_is_gone_is_left(world: World) -> None:
    number = add(world)
    found = world.missing_objects()
    del world.platform.objects[number]
    total = world.bring_about(found, ensure_proofs)
    assert (total.left, total.failed) == (1, 0)
    assert "no longer there" in total.table


def test_an_object_that_cannot_be_read_does_not_stop_the_others(
    world: World,
) -> None:
    for _ in range(2):
        add(world)
    found = world.missing_objects(at_a_time=1)
    world.platform.statuses.append(403)
    total = world.bring_about(found, ensure_proofs)
    assert (total.made, total.failed) == (1, 1)


def test_an_api_that_takes_no_questions_counts_no_failure(
    world: World,
) -> None:
    number = add(world)
    found = world.missing_objects()
    world.platform.trust.configured = False
    total = world.bring_about(found, ensure_proofs)
    assert (total.left, total.failed) == (1, 0)
    assert world.status_of(OBJECTS, str(number)) is ItemStatus.DUE
    assert world.status_of(USERS, "jane") is ItemStatus.DUE
