"""Which jobs are resubmitted, and how often."""

from datetime import UTC, datetime, timedelta

import pytest

from local_services.object_store import BUCKET
from steps.contract.errors import BadDataError, TemporaryError
from steps.contract.message_id import is_usable
from steps.matrix_profile_catch_up.inputs import CatchUpInputs
from steps.matrix_profile_catch_up.search import LARGEST_GAP, MOST_NEW_JOBS
from steps.matrix_profile_catch_up.state import KEY
from tests.hostile import hostile
from tests.matrix_profile_catch_up.conftest import World

pytestmark = pytest.mark.services

AT_ONCE = CatchUpInputs(again_after_seconds=0)


def finish(world: World, job_id: int) -> None:
    world.platform.jobs[job_id].finalised_at = datetime.now(UTC)


def test_a_lost_job_is_resubmitted(world: World) -> None:
    job = world.job()
    assert world.catch_up().resubmitted == [job.id]


def test_what_is_resubmitted_can_be_followed(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    job = world.job()
    with caplog.at_level("INFO"):
        world.catch_up()
    (envelope,) = world.webhook.taken
    assert is_usable(envelope["message_id"])
    assert f"Job {job.id} has been resubmitted" in caplog.text


def test_the_message_is_the_one_that_was_lost(world: World) -> None:
    job = world.job(column="consumption", key="jane-assets/a.csv")
    world.catch_up()
    assert world.messages == [
        {
            "workflow_job_id": job.id,
            "analysis_variable": "consumption",
            "bucket": BUCKET,
            "key": "jane-assets/a.csv",
        }
    ]


@hostile
def test_a_hostile_column_comes_out_as_it_went_in(
    world: World, hostile: str
) -> None:
    world.job(column=hostile)
    world.catch_up()
    assert world.messages[0]["analysis_variable"] == hostile


def test_a_young_job_is_left_alone(world: World) -> None:
    world.job(age=timedelta(minutes=1))
    assert world.catch_up().resubmitted == []


def test_a_young_job_is_looked_at_again_when_it_is_older(
    world: World,
) -> None:
    job = world.job(age=timedelta(minutes=1))
    world.catch_up()
    job.created_at -= timedelta(hours=1)
    assert world.catch_up().resubmitted == [job.id]


def test_a_finished_job_is_left_alone(world: World) -> None:
    finish(world, world.job().id)
    assert world.catch_up().resubmitted == []


def test_an_old_job_is_given_up(world: World) -> None:
    world.job(age=timedelta(days=30))
    assert world.catch_up().open == 0


def test_a_job_is_resubmitted_once_while_its_workflow_may_run(
    world: World,
) -> None:
    world.job()
    world.catch_up()
    assert world.catch_up().resubmitted == []


def test_a_job_is_resubmitted_again_after_its_workflow_must_have_ended(
    world: World,
) -> None:
    job = world.job()
    world.catch_up()
    assert world.catch_up(AT_ONCE).resubmitted == [job.id]


def test_a_job_that_was_finished_meanwhile_is_dropped(world: World) -> None:
    job = world.job()
    world.catch_up()
    finish(world, job.id)
    assert world.catch_up(AT_ONCE).resubmitted == []
    assert world.state.open == {}


def test_an_open_job_does_not_hide_those_after_it(world: World) -> None:
    world.job()
    world.catch_up()
    later = world.job()
    assert world.catch_up().resubmitted == [later.id]


def test_finished_jobs_are_not_asked_for_again(world: World) -> None:
    for _ in range(3):
        finish(world, world.job().id)
    world.catch_up()
    world.platform.requests.clear()
    world.catch_up()
    assert "GET /job/3" not in world.platform.requests


@pytest.mark.parametrize("missing", [1, LARGEST_GAP - 1])
def test_missing_numbers_hide_no_job(world: World, missing: int) -> None:
    world.job()
    world.catch_up()
    removed = [world.job().id for _ in range(missing)]
    job = world.job()
    for number in removed:
        del world.platform.jobs[number]
    assert world.catch_up().resubmitted == [job.id]


def test_the_first_run_does_not_read_all_of_history(world: World) -> None:
    for _ in range(2 * MOST_NEW_JOBS):
        finish(world, world.job().id)
    world.catch_up()
    assert len(world.platform.requests) < 2 * MOST_NEW_JOBS


def test_a_job_without_its_object_gets_the_error(world: World) -> None:
    job = world.job()
    world.platform.objects.clear()
    world.catch_up()
    assert job.results is not None
    assert "no longer there" in job.results["error"]
    assert world.messages == []


def test_a_job_whose_object_has_no_key_gets_the_error(world: World) -> None:
    job = world.job(key="")
    world.catch_up()
    assert job.results is not None


def test_a_job_with_unusable_arguments_gets_the_error(world: World) -> None:
    job = world.job()
    job.arguments = {"x": 1}
    world.catch_up()
    assert job.results is not None
    assert "name no asset object" in job.results["error"]


def test_a_job_that_cannot_be_a_message_gets_the_error(world: World) -> None:
    job = world.job(column="")
    world.catch_up()
    assert job.results is not None
    assert "analysis_variable" in job.results["error"]


def test_a_webhook_that_fails_ends_the_run(world: World) -> None:
    world.job()
    world.webhook.always = 503
    with pytest.raises(TemporaryError):
        world.catch_up()


def test_jobs_that_the_platform_cannot_show_hold_up_no_other(
    world: World,
) -> None:
    first, *bad, last = (world.job() for _ in range(5))
    world.platform.broken.update(f"/job/{job.id}" for job in bad)
    assert world.catch_up().resubmitted == [first.id, last.id]
    assert world.catch_up().resubmitted == []
    world.platform.broken.clear()
    assert world.catch_up().resubmitted == [job.id for job in bad]


def test_a_job_whose_object_breaks_the_api_holds_up_no_other(
    world: World,
) -> None:
    bad, good = world.job(key=None), world.job()
    assert world.catch_up().resubmitted == [good.id]
    stored = world.platform.objects[bad.arguments["uploaded_s3_object_id"]]
    stored.key = "jane-assets/b.csv"
    assert world.catch_up().resubmitted == [bad.id]


def test_the_newest_job_is_not_lost_while_it_cannot_be_shown(
    world: World,
) -> None:
    job = world.job()
    world.platform.broken.add(f"/job/{job.id}")
    assert world.catch_up().resubmitted == []
    world.platform.broken.clear()
    assert world.catch_up().resubmitted == [job.id]


def test_an_open_job_that_can_never_be_shown_is_given_up(
    world: World,
) -> None:
    job = world.job()
    world.catch_up()
    world.platform.broken.add(f"/job/{job.id}")
    world.catch_up(CatchUpInputs(given_up_after_seconds=0))
    assert world.state.open == {}


def test_a_platform_that_is_away_ends_the_run(world: World) -> None:
    job = world.job()
    world.catch_up()
    world.platform.fail(503, seconds=600)
    with pytest.raises(TemporaryError):
        world.catch_up(AT_ONCE)
    assert set(world.state.open) == {job.id}


def test_what_was_done_before_a_failure_is_recorded(world: World) -> None:
    first, second = world.job(), world.job()
    world.webhook.statuses.extend([200, 503])
    with pytest.raises(TemporaryError):
        world.catch_up()
    assert set(world.state.open) == {first.id}
    assert world.catch_up().resubmitted == [second.id]


def test_a_state_that_is_none_is_named(world: World) -> None:
    world.values.put(KEY, {"seen": "everything"})
    with pytest.raises(BadDataError, match=KEY):
        world.catch_up()
