"""Every DID is requested once, also after failures in between."""

from dataclasses import replace

from local_services.platform_api.trust import Kind
from steps.state.items import ItemStatus
from steps.trust.inputs import USERS
from tests.relay.waiting import eventually
from tests.trust.usernames import MERGED_BY_A_SLUG, USERNAMES
from tests.trust.world import CLOCK_BACK, MAKE_DUE, World, at_once

TWENTY = [f"user-{number:02}" for number in range(20)]
FEW = TWENTY[:8]
TASK_SECONDS = 0.2
LONG_SECONDS = 2.0


def test_every_user_gets_a_did(world: World) -> None:
    total = world.users(FEW)
    assert (total.made, total.table) == (len(FEW), "")
    assert world.platform.trust.dids.keys() == set(FEW)


def test_a_pod_signs_in_once(world: World) -> None:
    world.users(FEW, at_a_time=1)
    assert world.platform.requests.count("POST /user/did") == len(FEW)
    assert world.platform.requests.count("POST /api/token") == 1


def test_a_second_run_asks_for_nothing(world: World) -> None:
    world.users(FEW)
    world.users(FEW)
    assert len(world.platform.trust.tasks) == len(FEW)


def test_usernames_come_out_as_they_went_in(world: World) -> None:
    world.users(USERNAMES)
    assert world.platform.trust.dids.keys() == set(USERNAMES)


def test_names_that_a_slug_would_merge_stay_apart(world: World) -> None:
    world.users(MERGED_BY_A_SLUG[:1])
    world.users(MERGED_BY_A_SLUG)
    assert len(world.entries()) == len(MERGED_BY_A_SLUG)


def test_a_did_that_is_there_costs_nothing(world: World) -> None:
    world.platform.trust.dids["jane"] = "did:example:before"
    total = world.users(["jane"])
    assert (total.there, world.entries()) == (1, [])


def test_two_runs_at_once_ask_for_each_user_once(world: World) -> None:
    world.platform.trust.seconds = TASK_SECONDS
    at_once(*[lambda: world.users(FEW)] * 2)
    assert sorted(world.entries(), key=str) == [
        (Kind.DID, name) for name in FEW
    ]


def test_no_more_than_the_limit_are_asked_for(world: World) -> None:
    assert world.users(FEW, limit=3).made == 3


def test_no_more_than_so_many_are_asked_for_at_a_time(world: World) -> None:
    world.platform.trust.seconds = LONG_SECONDS
    world.users(TWENTY[:6], at_a_time=3)
    assert world.platform.trust.most_at_once == 3


def test_after_a_restart_of_the_api_the_lost_are_asked_for_again(
    world: World,
) -> None:
    trust = world.platform.trust
    trust.seconds = TASK_SECONDS

    def restart() -> None:
        eventually(lambda: len(trust.ledger) >= 8 and trust.open_tasks())
        trust.restart()

    impatient = replace(world, task_seconds=1.0)
    at_once(restart, lambda: impatient.users(TWENTY))
    lost = [task for task in trust.tasks.values() if task.lost]
    assert lost
    world.sql(MAKE_DUE)
    world.users(TWENTY)
    assert len(world.entries()) == len(trust.dids) == len(TWENTY)


def test_a_question_whose_task_is_lost_is_not_asked_again_at_once(
    world: World,
) -> None:
    world.platform.trust.seconds = 600
    impatient = replace(world, task_seconds=0.6)
    for _ in range(2):
        impatient.users(["jane"])
    assert len(world.platform.trust.tasks) == 1
    assert world.status_of(USERS, "jane") is ItemStatus.WAITING


def test_a_claim_is_renewed_while_its_task_runs(world: World) -> None:
    trust = world.platform.trust
    trust.seconds = 6
    seen = set()

    def watch() -> None:
        eventually(trust.open_tasks)
        while trust.open_tasks():
            seen.add(world.status_of(USERS, "jane"))

    short = replace(world, task_seconds=30, lease_seconds=3)
    at_once(watch, lambda: short.users(["jane"]))
    assert seen == {ItemStatus.CLAIMED}


def test_a_clock_moved_back_by_an_hour_brings_no_second_question(
    world: World,
) -> None:
    world.platform.trust.errors[Kind.DID, "joe"] = "the ledger is full"
    world.users(["jane", "joe"])
    asked = len(world.platform.trust.tasks)
    world.sql(CLOCK_BACK)
    world.users(["jane", "joe"])
    assert len(world.platform.trust.tasks) == asked


def test_a_did_made_in_the_meantime_is_found_by_asking_again(
    world: World,
) -> None:
    trust = world.platform.trust
    trust.seconds = TASK_SECONDS

    def somebody_else() -> None:
        eventually(trust.open_tasks)
        trust.dids["jane"] = "did:example:other"

    at_once(somebody_else, lambda: world.users(["jane"]))
    (task,) = trust.tasks.values()
    assert "in the meantime" in str(task.error)
    assert world.status_of(USERS, "jane") is ItemStatus.DONE


def test_a_did_made_before_its_task_began_is_found_by_asking_again(
    world: World,
) -> None:
    trust = world.platform.trust
    trust.seconds_before = TASK_SECONDS

    def somebody_else() -> None:
        eventually(trust.open_tasks)
        trust.dids["jane"] = "did:example:other"

    at_once(somebody_else, lambda: world.users(["jane"]))
    assert world.status_of(USERS, "jane") is ItemStatus.DONE
    assert world.entries() == []
