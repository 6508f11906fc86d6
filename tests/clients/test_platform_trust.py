"""Questions for DIDs and proofs: none of them is asked twice."""

from collections.abc import Iterator

import pytest
from pydantic import HttpUrl

from local_services.object_store import BUCKET
from local_services.platform_api.trust import Kind
from local_services.process import LOOPBACK, free_port
from steps.clients.platform_api import ATTEMPTS, PassingError, PlatformApi
from steps.clients.platform_api.asset_objects import objects_without_proof
from steps.clients.platform_api.trust import (
    ask_for_did,
    ask_for_proof,
    read_did_task,
    read_proof_task,
)
from tests.conftest import ServedPlatform
from tests.servers import losing_answers

HOSTILE = "ñandú+ß@{{=1+1}}.example_-"
QUESTION = "POST /user/did"


def quick(platform: ServedPlatform, url: str = "") -> PlatformApi:
    """Make an impatient client, of the double or of another server."""
    settings = platform.settings
    if url:
        settings = settings.model_copy(update={"api_base_url": HttpUrl(url)})
    return PlatformApi(settings, timeout_seconds=1, longest_pause_seconds=0.01)


@pytest.fixture
def api(platform: ServedPlatform) -> Iterator[PlatformApi]:
    """An impatient client of the double."""
    with quick(platform) as client:
        yield client


def test_a_did_is_asked_for_by_the_exact_username(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    ask_for_did(api, HOSTILE)
    (task,) = platform.double.trust.tasks.values()
    assert task.item == (Kind.DID, HOSTILE)


def test_a_did_that_is_there_starts_no_task(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    platform.double.trust.dids[HOSTILE] = "did:example:1"
    answer = ask_for_did(api, HOSTILE)
    assert (answer.task_id, answer.is_there) == (None, True)


def test_a_task_that_ended_well_has_no_error(api: PlatformApi) -> None:
    number = ask_for_did(api, "jane").task_id
    assert number
    task = read_did_task(api, number)
    assert (task.is_open, task.error) == (False, None)


def test_a_task_that_runs_is_open(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    platform.double.trust.seconds = 600
    number = ask_for_did(api, "jane").task_id
    assert number
    assert read_did_task(api, number).is_open


def test_a_proof_is_asked_for_by_the_objects_number(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    platform.double.add_object("a.csv", BUCKET)
    other = platform.double.add_object("1", BUCKET)
    ask_for_proof(api, other.id)
    (task,) = platform.double.trust.tasks.values()
    assert task.item == (Kind.PROOF, other.id)


def test_a_proof_task_has_the_reason_of_its_failure(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    stored = platform.double.add_object("a.csv", BUCKET)
    number = ask_for_proof(api, stored.id).task_id
    assert number
    assert "does not have a DID" in str(read_proof_task(api, number).error)


@pytest.mark.parametrize("status", [429, 503])
def test_a_question_that_was_turned_away_is_asked_again(
    platform: ServedPlatform, api: PlatformApi, status: int
) -> None:
    platform.double.statuses.extend([status] * (ATTEMPTS - 1))
    assert ask_for_did(api, "jane").task_id


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_question_that_may_have_been_taken_is_not_asked_again(
    platform: ServedPlatform, api: PlatformApi, status: int
) -> None:
    platform.double.statuses.append(status)
    with pytest.raises(PassingError) as caught:
        ask_for_did(api, "jane")
    assert caught.value.may_be_taken
    assert platform.double.requests.count(QUESTION) == 1


def test_a_question_whose_answer_was_lost_is_not_asked_again(
    platform: ServedPlatform,
) -> None:
    upstream = platform.environment["API_BASE_URL"]
    with (
        losing_answers(upstream, "POST", 1, "/user") as url,
        quick(platform, url) as api,
        pytest.raises(PassingError) as caught,
    ):
        ask_for_did(api, "jane")
    assert caught.value.may_be_taken
    assert len(platform.double.trust.tasks) == 1


def test_a_refused_connection_takes_no_question(
    platform: ServedPlatform,
) -> None:
    with (
        quick(platform, f"http://{LOOPBACK}:{free_port()}") as api,
        pytest.raises(PassingError) as caught,
    ):
        ask_for_did(api, "jane")
    assert not caught.value.may_be_taken


def test_a_question_is_asked_again_after_a_401(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    api.sign_in()
    platform.double.tokens.clear()
    ask_for_did(api, "jane")
    assert len(platform.double.trust.tasks) == 1


def test_objects_without_a_proof_are_paged_through(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    numbers = {platform.double.add_object("", BUCKET).id for _ in range(103)}
    pages = list(objects_without_proof(api))
    assert [len(page.objects) for page in pages] == [100, 3]
    assert {one.id for page in pages for one in page.objects} == numbers
