"""The requests of the search for lost jobs."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local_services.object_store import BUCKET
from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.asset_objects import read_asset_objects
from steps.clients.platform_api.jobs import find_job, read_job
from steps.contract.errors import TemporaryError
from tests.conftest import ServedPlatform

ABSENT = 999_999


@pytest.fixture
def api(platform: ServedPlatform) -> Iterator[PlatformApi]:
    """An impatient client of the double."""
    with PlatformApi(
        platform.settings, timeout_seconds=1, longest_pause_seconds=0.01
    ) as client:
        yield client


def test_a_job_that_is_not_there_is_none(api: PlatformApi) -> None:
    assert find_job(api, ABSENT) is None


def test_a_job_that_cannot_be_asked_for_is_not_taken_for_absent(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    platform.double.fail(503, seconds=600)
    with pytest.raises(TemporaryError):
        find_job(api, ABSENT)


def test_a_job_has_what_it_is_to_analyse(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    created = platform.double.add_job(analysis_variable="{{=1+1}} ñ")
    job = read_job(api, created.id)
    assert job.job_type == "matrix_profile"
    assert job.arguments == {"analysis_variable": "{{=1+1}} ñ"}


def test_a_moment_of_the_platform_is_in_utc(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    created = platform.double.add_job()
    created.created_at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert read_job(api, created.id).created_at == created.created_at


def test_asset_objects_are_read_by_their_numbers(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    first = platform.double.add_object("jane-assets/a.csv", BUCKET)
    second = platform.double.add_object("", BUCKET)
    found = read_asset_objects(api, [first.id, second.id])
    assert [(one.id, one.key) for one in found] == [
        (first.id, "jane-assets/a.csv"),
        (second.id, ""),
    ]


def test_asset_objects_that_are_not_there_are_left_out(
    api: PlatformApi,
) -> None:
    assert read_asset_objects(api, [ABSENT]) == []


def test_an_object_that_an_expired_token_hides_is_not_gone(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    stored = platform.double.add_object("jane-assets/a.csv", "moderate")
    read_asset_objects(api, [stored.id])
    platform.double.tokens.clear()
    assert [one.id for one in read_asset_objects(api, [stored.id])] == [
        stored.id
    ]
