"""The Platform API client, against its double and broken servers."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from threading import Barrier, Lock

import pytest
from pydantic import HttpUrl, SecretStr

from local_services.process import LOOPBACK, free_port
from steps.clients.platform_api import (
    ATTEMPTS,
    PlatformApi,
    RefusedError,
    SignInError,
)
from steps.clients.platform_api.connection import usable_seconds
from steps.clients.platform_api.jobs import finish_job, read_job
from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    ModerateError,
    TemporaryError,
)
from tests.conftest import ServedPlatform
from tests.servers import (
    answer,
    answering,
    body_of,
    losing_answers,
    web_server,
)

QUICK_SECONDS = 0.2
PAUSE_SECONDS = 0.01
SIGN_IN_SECONDS = 0.5
PODS = 40
ABSENT = 999_999
AWAY = "Accessing token endpoint URL failed."
RESULTS = {"workflow_job_id": 1, "error": "{{=1+1}} ñ"}
LATER = {"workflow_job_id": 1, "error": "later"}
SECRET = "5ec3e7-p4ssw0rd"
TOKEN_PATH = "POST /api/token"
BAD_GATEWAYS = [502] * (ATTEMPTS - 1)


@pytest.fixture
def api(platform: ServedPlatform) -> Iterator[PlatformApi]:
    """An impatient client of the double."""
    with quick(platform) as client:
        yield client


def quick(
    platform: ServedPlatform,
    url: str = "",
    pause: float = PAUSE_SECONDS,
    sign_in: float = SIGN_IN_SECONDS,
) -> PlatformApi:
    """Make an impatient client, of the double or of another server."""
    settings = platform.settings
    if url:
        settings = settings.model_copy(update={"api_base_url": HttpUrl(url)})
    return PlatformApi(
        settings,
        timeout_seconds=QUICK_SECONDS,
        longest_pause_seconds=pause,
        sign_in_seconds=sign_in,
    )


@contextmanager
def jobs_answering(status: int, body: bytes) -> Iterator[str]:
    """Give tokens, and answer everything else in the same way."""

    def respond(request: BaseHTTPRequestHandler) -> None:
        body_of(request)
        if request.path == "/api/token":
            answer(request, 200, b'{"access_token": "t0ken-5ec3e7"}')
        else:
            answer(request, status, body)

    with web_server(respond) as url:
        yield url


def test_a_job_is_read(platform: ServedPlatform, api: PlatformApi) -> None:
    job = platform.double.add_job(uploaded_s3_object_id=1)
    read = read_job(api, job.id)
    assert (read.id, read.arguments) == (job.id, job.arguments)


def test_a_new_job_has_no_results(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    read = read_job(api, platform.double.add_job().id)
    assert (read.results, read.finalised_at) == (None, None)


def test_a_token_is_fetched_once(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    read_job(api, job.id)
    read_job(api, job.id)
    assert platform.double.requests.count(TOKEN_PATH) == 1


def test_a_token_is_fetched_again_after_a_401(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    read_job(api, job.id)
    platform.double.tokens.clear()
    assert read_job(api, job.id).id == job.id
    assert platform.double.requests.count(TOKEN_PATH) == 2


@pytest.mark.parametrize("status", [400, 401])
def test_an_expired_token_is_replaced_and_the_request_repeated(
    platform: ServedPlatform, api: PlatformApi, status: int
) -> None:
    platform.double.expired_status = status
    job = platform.double.add_job()
    read_job(api, job.id)
    platform.double.tokens.clear()
    assert read_job(api, job.id).id == job.id
    assert platform.double.requests.count(TOKEN_PATH) == 2


def test_a_token_is_replaced_before_it_expires(
    platform: ServedPlatform,
) -> None:
    platform.double.token_seconds = 0
    job = platform.double.add_job()
    with (
        quick(platform) as api,
        pytest.raises(BadSettingsError, match=r"400 to GET .* Check API_USER"),
    ):
        read_job(api, job.id)
    platform.double.token_seconds = 20
    with quick(platform) as api:
        read_job(api, job.id)
        read_job(api, job.id)
    assert platform.double.requests.count(TOKEN_PATH) == 3


@pytest.mark.parametrize(
    ("expires_in", "usable"),
    [(300, 270), (20, 16), (0, 0), (None, 48), ("soon", 48), (1e999, 48)],
)
def test_a_token_is_used_until_it_expires_less_a_margin(
    expires_in: object, usable: float
) -> None:
    assert usable_seconds(expires_in) == usable


@pytest.mark.parametrize("text", [AWAY, "Could not decode JSON."])
def test_a_pause_of_keycloak_is_waited_for(
    platform: ServedPlatform, text: str
) -> None:
    job = platform.double.add_job()
    platform.double.refused_sign_ins.extend([text] * 3 * ATTEMPTS)
    with quick(platform, sign_in=60) as api:
        assert read_job(api, job.id).id == job.id


def test_a_long_pause_of_keycloak_is_worth_repeating_later(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    platform.double.refused_sign_ins.extend([AWAY] * 10_000)
    with pytest.raises(TemporaryError, match=r"Keycloak.*API_PASSWORD"):
        read_job(api, 1)


def test_a_sign_in_is_refused_once_more_for_what_comes_after_its_time(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    platform.double.refused_sign_ins.extend([AWAY] * 10_000)
    for _ in range(2):
        platform.double.requests.clear()
        with pytest.raises(SignInError):
            read_job(api, 1)
    assert platform.double.requests == [TOKEN_PATH]


def test_a_gateway_that_has_not_found_keycloak_is_waited_for(
    platform: ServedPlatform,
) -> None:
    answers = iter([503] * 3 * ATTEMPTS)

    def respond(request: BaseHTTPRequestHandler) -> None:
        body_of(request)
        if status := next(answers, None):
            answer(request, status, b"Unable to determine token endpoint.")
        else:
            answer(request, 200, b'{"access_token": "t0ken"}')

    with (
        web_server(respond) as url,
        quick(platform, url, sign_in=60) as api,
    ):
        api.sign_in()


def test_many_pods_that_are_refused_at_once_come_back_apart(
    platform: ServedPlatform,
) -> None:
    gateway = BusyGateway(sign_ins_per_second=5)
    together = Barrier(PODS)
    with web_server(gateway.respond) as url, ThreadPoolExecutor(PODS) as pods:
        settings = platform.settings.model_copy(
            update={"api_base_url": HttpUrl(url)}
        )

        def sign_in(_: int) -> None:
            with PlatformApi(settings) as api:
                together.wait()
                api.sign_in()

        list(pods.map(sign_in, range(PODS)))
    assert gateway.asked.total() > PODS
    seconds = sorted(gateway.asked)
    later = [gateway.asked[second] for second in seconds[3:]]
    assert max(later, default=0) < PODS / 2


@dataclass
class BusyGateway:
    """A gateway whose Keycloak takes few sign-ins at once.

    Attributes:
        sign_ins_per_second: How many it takes in each second.
        asked: How many it got, by second.
    """

    sign_ins_per_second: int
    asked: Counter[int] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        """Give a token, or answer as a gateway that waited in vain."""
        body_of(request)
        with self._lock:
            second = int(time.monotonic())
            self.asked[second] += 1
            is_taken = self.asked[second] <= self.sign_ins_per_second
        if is_taken:
            answer(request, 200, b'{"access_token": "t0ken"}')
        else:
            answer(request, 401, json.dumps({"message": AWAY}).encode())


def test_threads_share_one_token(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    with ThreadPoolExecutor(8) as threads:
        read = [threads.submit(read_job, api, job.id) for _ in range(8)]
    assert all(one.result().id == job.id for one in read)
    assert platform.double.requests.count(TOKEN_PATH) == 1


@pytest.mark.parametrize("status", [400, 405, 409, 422])
def test_a_refused_request_is_no_fault_of_the_data(
    platform: ServedPlatform, api: PlatformApi, status: int
) -> None:
    platform.double.statuses.append(status)
    with pytest.raises(RefusedError) as caught:
        read_job(api, 1)
    assert not isinstance(caught.value, BadDataError)


def test_two_401_are_a_matter_of_settings(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    platform.double.statuses.extend([401, 401])
    with pytest.raises(BadSettingsError, match="Check API_USERNAME"):
        read_job(api, job.id)
    assert platform.double.requests.count(TOKEN_PATH) == 2


def test_a_403_is_a_matter_of_settings(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    platform.double.statuses.append(403)
    with pytest.raises(BadSettingsError, match="an administrator's"):
        read_job(api, job.id)


def test_a_wrong_password_is_a_matter_of_settings(
    platform: ServedPlatform,
) -> None:
    settings = platform.settings.model_copy(
        update={"api_password": SecretStr(SECRET)}
    )
    with (
        PlatformApi(
            settings,
            longest_pause_seconds=PAUSE_SECONDS,
            sign_in_seconds=SIGN_IN_SECONDS,
        ) as api,
        pytest.raises(BadSettingsError, match=r"Keycloak.*API_PASSWORD"),
    ):
        read_job(api, 1)
    assert set(platform.double.requests) == {TOKEN_PATH}
    assert len(platform.double.requests) > ATTEMPTS


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_failure_that_passes_is_waited_for(
    platform: ServedPlatform, api: PlatformApi, status: int
) -> None:
    job = platform.double.add_job()
    platform.double.statuses.extend([status] * (ATTEMPTS - 1))
    assert read_job(api, job.id).id == job.id


def test_a_failure_that_stays_is_worth_repeating_later(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    platform.double.fail(503, seconds=60)
    with pytest.raises(TemporaryError, match="answered 503 to POST"):
        read_job(api, 1)
    assert len(platform.double.requests) == ATTEMPTS


def test_an_absent_job_is_bad_data_and_not_asked_for_again(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    with pytest.raises(BadDataError, match=f"404 to GET /job/{ABSENT}"):
        read_job(api, ABSENT)
    assert platform.double.requests == [TOKEN_PATH, f"GET /job/{ABSENT}"]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured(platform: ServedPlatform, form: str) -> None:
    until = datetime.now(UTC) + timedelta(seconds=2)
    asked = "1" if form == "seconds" else format_datetime(until, usegmt=True)
    platform.double.fail(503, 0.5, **{"Retry-After": asked})
    job = platform.double.add_job()
    start = time.monotonic()
    with quick(platform, pause=1) as api:
        read_job(api, job.id)
    assert time.monotonic() - start >= 0.95
    assert platform.double.requests.count(TOKEN_PATH) == 2


@pytest.mark.parametrize("asked", ["3600", "soon", "²", "-1", "9" * 400])
def test_a_wild_retry_after_is_bounded(
    platform: ServedPlatform, api: PlatformApi, asked: str
) -> None:
    platform.double.fail(503, 0.005, **{"Retry-After": asked})
    job = platform.double.add_job()
    start = time.monotonic()
    read_job(api, job.id)
    assert time.monotonic() - start < 5


def test_a_silent_api_is_worth_repeating_later(
    platform: ServedPlatform, silent_url: str
) -> None:
    with (
        quick(platform, silent_url) as api,
        pytest.raises(TemporaryError, match="did not answer POST /api/token"),
    ):
        read_job(api, 1)


def test_a_refused_connection_is_worth_repeating_later(
    platform: ServedPlatform,
) -> None:
    with (
        quick(platform, f"http://{LOOPBACK}:{free_port()}") as api,
        pytest.raises(TemporaryError, match="Check API_BASE_URL"),
    ):
        read_job(api, 1)


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"\xff", b"null"])
def test_an_answer_that_is_no_json_object_is_worth_repeating_later(
    platform: ServedPlatform, body: bytes
) -> None:
    with (
        web_server(answering(200, body)) as url,
        quick(platform, url) as api,
        pytest.raises(TemporaryError, match="not a JSON object"),
    ):
        read_job(api, 1)


def test_a_sign_in_without_a_token_is_worth_repeating_later(
    platform: ServedPlatform,
) -> None:
    with (
        web_server(answering(200, b"{}")) as url,
        quick(platform, url) as api,
        pytest.raises(TemporaryError),
    ):
        read_job(api, 1)


@pytest.mark.parametrize("body", [b"{}", b'{"id": "x"}', b'{"id": null}'])
def test_a_job_of_an_unknown_shape_is_a_matter_of_settings(
    platform: ServedPlatform, body: bytes
) -> None:
    with (
        jobs_answering(200, body) as url,
        quick(platform, url) as api,
        pytest.raises(BadSettingsError, match="unknown shape"),
    ):
        read_job(api, 1)


@pytest.mark.parametrize("status", [401, 403, 404, 422, 500])
def test_a_secret_that_the_api_repeats_is_not_in_the_error(
    platform: ServedPlatform, status: int
) -> None:
    password = platform.double.password
    echo = f"\n<p>no {password} t0ken-5ec3e7 please</p>\n".encode()
    with (
        jobs_answering(status, echo) as url,
        quick(platform, url) as api,
        pytest.raises(ModerateError) as caught,
    ):
        read_job(api, 1)
    assert str(caught.value).count("***") == 2
    assert password not in str(caught.value)
    assert "t0ken-5ec3e7" not in str(caught.value)


def test_an_error_is_one_short_line(platform: ServedPlatform) -> None:
    page = b"<html>\n" * 1000
    with (
        jobs_answering(404, page) as url,
        quick(platform, url) as api,
        pytest.raises(ModerateError) as caught,
    ):
        read_job(api, 1)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_a_job_is_finished_with_its_results(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    finish_job(api, job.id, RESULTS)
    assert platform.double.jobs[job.id].results == RESULTS


def test_a_job_is_reported_once(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    finish_job(api, job.id, RESULTS)
    finish_job(api, job.id, RESULTS)
    assert platform.double.jobs[job.id].reports == 1


def test_results_are_never_replaced(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    finish_job(api, job.id, RESULTS)
    assert finish_job(api, job.id, LATER).results == RESULTS


def test_results_are_replaced_when_asked(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    finish_job(api, job.id, RESULTS)
    assert finish_job(api, job.id, LATER, again=True).results == LATER


def test_a_report_is_repeated_while_the_api_fails(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    platform.double.statuses.extend(BAD_GATEWAYS)
    finish_job(api, job.id, RESULTS)
    assert platform.double.jobs[job.id].reports == 1


def test_a_report_whose_answer_was_lost_is_not_sent_again(
    platform: ServedPlatform,
) -> None:
    job = platform.double.add_job()
    upstream = platform.environment["API_BASE_URL"]
    with (
        losing_answers(upstream, "PATCH", times=1) as url,
        quick(platform, url) as api,
    ):
        finished = finish_job(api, job.id, RESULTS)
    assert finished.results == RESULTS
    assert platform.double.jobs[job.id].reports == 1


def test_a_report_that_fails_is_tried_as_often_as_any_request(
    platform: ServedPlatform, api: PlatformApi
) -> None:
    job = platform.double.add_job()
    platform.double.statuses.extend([503] * 100)
    with pytest.raises(TemporaryError):
        finish_job(api, job.id, RESULTS)
    assert platform.double.requests.count(f"GET /job/{job.id}") == ATTEMPTS
