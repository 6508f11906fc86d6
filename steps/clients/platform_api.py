"""The Platform API, as every feature sees it."""

import email.utils
import logging
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Self

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter
from pydantic import ValidationError as InvalidAnswer
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    TemporaryError,
)
from steps.contract.log import redact

TOKEN_LIFETIME_SECONDS = 300
TIMEOUT_SECONDS = 30.0
CONNECT_TIMEOUT_SECONDS = 10.0
ATTEMPTS = 4
LONGEST_PAUSE_SECONDS = 10.0
ANSWER_EXCERPT = 200

log = logging.getLogger(__name__)


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""A moment of the platform's, which writes UTC and does not say so."""


class Job(BaseModel):
    """An analysis job, as far as the pipelines need to know it.

    Attributes:
        id: Number of the job.
        job_type: What kind of analysis it is.
        arguments: What it is to analyse.
        created_at: When it was created.
        results: What was reported, None until then.
        finalised_at: When it was reported, None until then.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    job_type: str
    arguments: dict[str, Any]
    created_at: Moment
    results: dict[str, Any] | None = None
    finalised_at: datetime | None = None


class AssetObject(BaseModel):
    """A file of an asset, as far as the pipelines need to know it.

    Attributes:
        id: Number of the object.
        key: Its key in the object store; old rows may have none.
        bucket: Its bucket, where the platform says so.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    key: str | None = None
    bucket: str | None = None


_asset_objects = TypeAdapter(list[AssetObject])


class MissingError(BadDataError):
    """There is nothing of that number."""


class _PassingError(TemporaryError):
    """An answer, or the lack of one, that passes by itself."""

    def __init__(self, message: str, pause_seconds: float = 0) -> None:
        super().__init__(message)
        self.pause_seconds = pause_seconds


class PlatformApi:
    """A signed-in connection to the Platform API."""

    def __init__(
        self,
        settings: PlatformApiSettings,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
    ) -> None:
        """Prepares the connection; nothing is sent yet.

        Args:
            settings: Where the API is and how to sign in.
            timeout_seconds: The longest silence of the API.
            longest_pause_seconds: The longest pause before a repetition.
        """
        self._settings = settings
        self._longest_pause_seconds = longest_pause_seconds
        self._http = httpx.Client(
            base_url=str(settings.api_base_url).rstrip("/"),
            timeout=httpx.Timeout(
                timeout_seconds,
                connect=min(timeout_seconds, CONNECT_TIMEOUT_SECONDS),
            ),
        )
        self._token = ""
        self._token_until = 0.0

    def __enter__(self) -> Self:
        """Returns itself; leaving closes the connections."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self._http.close()

    def sign_in(self) -> None:
        """Sees that the API answers and takes the account's password.

        Raises:
            StepError: The API refused or failed.
        """
        for attempt in self._retrying():
            with attempt:
                self._authorisation()

    def job(self, job_id: int) -> Job:
        """Reads a job.

        Args:
            job_id: Number of the job.

        Returns:
            The job.

        Raises:
            StepError: There is no such job, or the API refused or failed.
        """
        answer = self._repeated("GET", f"/job/{job_id}")
        return _read_job(answer)

    def find_job(self, job_id: int) -> Job | None:
        """Reads a job, if there is one.

        Args:
            job_id: Number of the job.

        Returns:
            The job, None when there is none of that number.

        Raises:
            StepError: The API refused or failed.
        """
        try:
            return self.job(job_id)
        except MissingError:
            return None

    def asset_objects(self, object_ids: Sequence[int]) -> list[AssetObject]:
        """Reads asset objects.

        Args:
            object_ids: Their numbers.

        Returns:
            Those that exist.

        Raises:
            StepError: The API refused or failed.
        """
        ids = ",".join(map(str, object_ids))
        try:
            answer = self._repeated("GET", f"/asset/object/batch?ids={ids}")
            return _asset_objects.validate_json(answer.content)
        except MissingError:
            return []
        except InvalidAnswer:
            raise BadDataError(
                "The Platform API answered with asset objects of an unknown "
                "shape."
            ) from None

    def finish_job(self, job_id: int, results: dict[str, Any]) -> Job:
        """Reports the results of a job, once.

        The API replaces the results at each report, so a report is sent only
        to a job that has none. A report whose answer was lost is not sent
        again before the job has been read.

        Args:
            job_id: Number of the job.
            results: What to report.

        Returns:
            The job with whatever results it has now.

        Raises:
            StepError: There is no such job, or the API refused or failed.
        """
        for attempt in self._retrying():
            with attempt:
                job = _read_job(self._send("GET", f"/job/{job_id}"))
                if job.finalised_at is not None:
                    log.info("Job %d has its results already", job_id)
                    return job
                answer = self._send(
                    "PATCH", f"/job/{job_id}", json={"results": results}
                )
        return _read_job(answer)

    def _repeated(self, method: str, path: str) -> httpx.Response:
        for attempt in self._retrying():
            with attempt:
                answer = self._send(method, path)
        return answer

    def _retrying(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type(_PassingError),
            stop=stop_after_attempt(ATTEMPTS),
            wait=self._pause,
            reraise=True,
        )

    def _pause(self, state: RetryCallState) -> float:
        longest = self._longest_pause_seconds
        jitter = wait_random_exponential(max=longest)(state)
        error = state.outcome.exception() if state.outcome else None
        asked = error.pause_seconds if isinstance(error, _PassingError) else 0
        return max(jitter, min(asked, longest))

    def _send(
        self, method: str, path: str, *, json: object = None
    ) -> httpx.Response:
        answer = self._ask(
            method, path, json=json, headers=self._authorisation()
        )
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._token = ""
            answer = self._ask(
                method, path, json=json, headers=self._authorisation()
            )
        return _accepted(answer, self._secrets())

    def _secrets(self) -> tuple[str, ...]:
        return self._settings.api_password.get_secret_value(), self._token

    def _authorisation(self) -> dict[str, str]:
        now = time.monotonic()
        if not self._token or now >= self._token_until:
            answer = _accepted(
                self._ask(
                    "POST",
                    "/api/token",
                    data={
                        "username": self._settings.api_username,
                        "password": (
                            self._settings.api_password.get_secret_value()
                        ),
                    },
                ),
                self._secrets(),
            )
            self._token = str(_document(answer).get("access_token", ""))
            self._token_until = now + TOKEN_LIFETIME_SECONDS
        return {"Authorization": f"Bearer {self._token}"}

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:  # noqa: ANN401
        try:
            return self._http.request(method, path, **request)
        except httpx.RequestError as error:
            raise _PassingError(
                f"The Platform API did not answer {method} {path}: "
                f"{type(error).__name__} {error}. Check API_BASE_URL and "
                "that the service is up."
            ) from error


def _accepted(
    answer: httpx.Response, secrets: Iterable[str]
) -> httpx.Response:
    if answer.is_success:
        return answer
    request = f"{answer.request.method} {answer.request.url.path}"
    fault = (
        f"The Platform API answered {answer.status_code} to {request}: "
        f"{_excerpt(answer, secrets)}"
    )
    if (
        answer.is_server_error
        or answer.status_code == httpx.codes.TOO_MANY_REQUESTS
    ):
        raise _PassingError(fault, _retry_after(answer))
    if answer.status_code in {
        httpx.codes.UNAUTHORIZED,
        httpx.codes.FORBIDDEN,
    }:
        raise BadSettingsError(
            f"{fault}. Check API_USERNAME and API_PASSWORD, and that the "
            "account is an administrator's."
        )
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise MissingError(fault)
    raise BadDataError(fault)


def _excerpt(answer: httpx.Response, secrets: Iterable[str]) -> str:
    line = " ".join(redact(answer.text, secrets).split())
    return line[:ANSWER_EXCERPT]


def _retry_after(answer: httpx.Response) -> float:
    value = answer.headers.get("Retry-After", "")
    if value.isdecimal():
        return float(value)
    moment = email.utils.parsedate_tz(value)
    if moment is None:
        return 0
    until = datetime.fromtimestamp(email.utils.mktime_tz(moment), UTC)
    return max(0, (until - datetime.now(UTC)).total_seconds())


def _document(answer: httpx.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise _PassingError(
            f"The Platform API answered {answer.request.url.path} with "
            "something that is not a JSON object. Check API_BASE_URL."
        )
    return document


def _read_job(answer: httpx.Response) -> Job:
    try:
        return Job.model_validate(_document(answer))
    except InvalidAnswer as error:
        raise BadDataError(
            "The Platform API answered with a job of an unknown shape: "
            f"{error.errors(include_input=False, include_url=False)}"
        ) from None
