"""The double keeps to the Platform API's contract strictly."""

from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import ServedPlatform

ABSENT = 999_999


@pytest.fixture
def http(platform: ServedPlatform) -> Iterator[httpx.Client]:
    """A signed-in client."""
    url = platform.environment["API_BASE_URL"]
    with httpx.Client(base_url=url) as client:
        answer = client.post("/api/token", data=credentials(platform))
        token = answer.json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def credentials(platform: ServedPlatform) -> dict[str, str]:
    """Return the form of a sign-in."""
    return {
        "username": platform.environment["API_USERNAME"],
        "password": platform.environment["API_PASSWORD"],
    }


def test_a_wrong_password_is_refused(
    platform: ServedPlatform, http: httpx.Client
) -> None:
    form = {**credentials(platform), "password": "wrong"}
    assert http.post("/api/token", data=form).status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "Basic x"])
def test_a_request_without_a_valid_token_is_refused(
    platform: ServedPlatform, http: httpx.Client, header: str
) -> None:
    job = platform.double.add_job()
    headers = {"Authorization": header.strip()}
    answer = http.get(f"/job/{job.id}", headers=headers)
    assert answer.status_code == 401


def test_an_unknown_job_is_not_found(http: httpx.Client) -> None:
    assert http.get(f"/job/{ABSENT}").status_code == 404


@pytest.mark.parametrize("path", ["/job/1/", "//job/1", "/job//1"])
def test_a_slash_too_many_is_not_found(
    http: httpx.Client, platform: ServedPlatform, path: str
) -> None:
    url = platform.environment["API_BASE_URL"] + path
    assert http.get(url).status_code == 404


def test_a_job_has_the_fields_of_the_contract(
    platform: ServedPlatform, http: httpx.Client
) -> None:
    job = platform.double.add_job(analysis_variable="x")
    assert http.get(f"/job/{job.id}").json().keys() == {
        "id",
        "job_type",
        "arguments",
        "results",
        "created_at",
        "finalised_at",
        "creator_username",
    }


def test_a_new_job_has_no_results(
    platform: ServedPlatform, http: httpx.Client
) -> None:
    job = platform.double.add_job()
    document = http.get(f"/job/{job.id}").json()
    assert (document["results"], document["finalised_at"]) == (None, None)


@pytest.mark.parametrize(
    "body", [{}, {"results": []}, {"results": {}, "finalised_at": None}]
)
def test_a_malformed_patch_is_refused(
    platform: ServedPlatform, http: httpx.Client, body: dict[str, object]
) -> None:
    job = platform.double.add_job()
    answer = http.patch(f"/job/{job.id}", json=body)
    assert answer.status_code == 422


def test_a_second_patch_replaces_the_results_as_the_real_one_does(
    platform: ServedPlatform, http: httpx.Client
) -> None:
    job = platform.double.add_job()
    http.patch(f"/job/{job.id}", json={"results": {"a": 1}})
    http.patch(f"/job/{job.id}", json={"results": {"b": 2}})
    assert (job.results, job.reports) == ({"b": 2}, 2)


def test_an_injected_fault_passes(
    platform: ServedPlatform, http: httpx.Client
) -> None:
    job = platform.double.add_job()
    platform.double.statuses.append(503)
    codes = [http.get(f"/job/{job.id}").status_code for _ in range(2)]
    assert codes == [503, 200]


def test_a_secret_is_not_in_the_doubles_text(platform: ServedPlatform) -> None:
    assert platform.double.password not in repr(platform.double)
