"""A double of the Platform API: the one private part of the outside world.

It keeps to the contract strictly, faults included: it rejects what the real
one would reject, and can be told to fail as the real one does.
"""

import secrets
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Form, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse

from moderate.services.process import LOOPBACK, ServiceError, free_port

USERNAME = "workflows"
START_SECONDS = 10
POLL_SECONDS = 0.01
UNAUTHORIZED = 401
NOT_FOUND = 404
UNPROCESSABLE = 422
BEARER = "Bearer "


@dataclass
class PlatformJob:
    """A job of the platform.

    Attributes:
        id: Its number.
        arguments: What it is to analyse.
        created_at: When it was created.
        results: What was reported, None until then.
        finalised_at: When it was last reported.
        reports: How often it was reported.
    """

    id: int
    arguments: dict[str, Any]
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    results: dict[str, Any] | None = None
    finalised_at: datetime | None = None
    reports: int = 0


@dataclass(frozen=True)
class PlatformObject:
    """An asset object of the platform.

    Attributes:
        id: Its number.
        key: Its key; a row from the platform's early days has none.
        bucket: Its bucket.
    """

    id: int
    key: str | None
    bucket: str


@dataclass(frozen=True)
class ApiFault:
    """How the next requests fail.

    Attributes:
        status: The status that they are answered with.
        until: When it passes, by the monotonic clock, in seconds.
        headers: Further headers of the answer.
    """

    status: int
    until: float
    headers: Mapping[str, str] = field(default_factory=dict)


class JobResultsPatch(BaseModel):
    """The body of ``PATCH /job/{id}``."""

    model_config = ConfigDict(extra="forbid")

    results: dict[str, Any]


@dataclass
class PlatformApiDouble:
    """The platform's state, for whoever runs the double.

    Attributes:
        password: The password of its one account.
        jobs: The jobs by number.
        objects: The asset objects by number.
        requests: Method and path of each request, in order.
        tokens: The tokens that are valid.
        failing: How requests fail at the moment, if they do.
        statuses: Answers for the next requests but for tokens, in order.
    """

    password: str = field(
        default_factory=lambda: secrets.token_urlsafe(24), repr=False
    )
    jobs: dict[int, PlatformJob] = field(default_factory=dict)
    objects: dict[int, PlatformObject] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set, repr=False)
    failing: ApiFault | None = None
    statuses: deque[int] = field(default_factory=deque)

    def add_job(self, **arguments: object) -> PlatformJob:
        """Creates a job, as the platform does before it sends a message.

        Args:
            **arguments: What it is to analyse.

        Returns:
            The job.
        """
        number = max(self.jobs, default=0) + 1
        job = PlatformJob(id=number, arguments=dict(arguments))
        self.jobs[job.id] = job
        return job

    def add_object(self, key: str | None, bucket: str) -> PlatformObject:
        """Stores an asset object.

        Args:
            key: Its key.
            bucket: Its bucket.

        Returns:
            The object.
        """
        number = max(self.objects, default=0) + 1
        stored = PlatformObject(number, key, bucket)
        self.objects[number] = stored
        return stored

    def fail(self, status: int, seconds: float, **headers: str) -> None:
        """Answers every request with an error for a while.

        Args:
            status: The status of the answers.
            seconds: How long.
            **headers: Further headers of the answers.
        """
        until = time.monotonic() + seconds
        self.failing = ApiFault(status, until, headers)

    def application(self) -> FastAPI:
        """Returns the web application that serves this state."""
        application = FastAPI(
            openapi_url=None, redirect_slashes=False, title="Platform API"
        )
        application.middleware("http")(self._with_faults)
        application.post("/api/token")(self._token)
        signed_in = [Depends(self._signed_in)]
        application.get("/asset/object/batch", dependencies=signed_in)(
            self._object_batch
        )
        application.get("/job/{job_id}", dependencies=signed_in)(self._job)
        application.patch("/job/{job_id}", dependencies=signed_in)(
            self._patch_job
        )
        return application

    async def _with_faults(self, request: Request, call_next: Any) -> Response:  # noqa: ANN401
        self.requests.append(f"{request.method} {request.url.path}")
        fault = self.failing
        if fault and time.monotonic() < fault.until:
            return JSONResponse(
                {"detail": "failing as told"},
                fault.status,
                headers=dict(fault.headers),
            )
        if self.statuses and request.url.path != "/api/token":
            return JSONResponse(
                {"detail": "failing as told"}, self.statuses.popleft()
            )
        answer: Response = await call_next(request)
        return answer

    def _signed_in(self, request: Request) -> None:
        header = request.headers.get("Authorization", "")
        if header.removeprefix(BEARER) not in self.tokens:
            raise HTTPException(UNAUTHORIZED, "Not authenticated")

    def _token(
        self,
        username: Annotated[str, Form()],
        password: Annotated[str, Form()],
    ) -> dict[str, str]:
        if (username, password) != (USERNAME, self.password):
            raise HTTPException(UNAUTHORIZED, "Incorrect credentials")
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        return {"access_token": token}

    def _object_batch(self, ids: str) -> list[dict[str, Any]]:
        numbers = ids.split(",")
        if not all(number.isdecimal() for number in numbers):
            raise HTTPException(UNPROCESSABLE, "ids are not numbers")
        return [
            {
                "id": stored.id,
                "key": stored.key,
                "bucket": stored.bucket,
                "asset": {"username": "jane"},
            }
            for number in numbers
            if (stored := self.objects.get(int(number)))
        ]

    def _job(self, job_id: int) -> dict[str, Any]:
        job = self.jobs.get(job_id)
        if job is None:
            raise HTTPException(NOT_FOUND, "No such job")
        return {
            "id": job.id,
            "job_type": "matrix_profile",
            "arguments": job.arguments,
            "results": job.results,
            "created_at": job.created_at.replace(tzinfo=None).isoformat(),
            "finalised_at": job.finalised_at,
            "creator_username": "jane",
        }

    def _patch_job(
        self, job_id: int, patch: JobResultsPatch
    ) -> dict[str, Any]:
        self._job(job_id)
        job = self.jobs[job_id]
        job.results = patch.results
        job.finalised_at = datetime.now(UTC)
        job.reports += 1
        return self._job(job_id)


@contextmanager
def platform_api(
    double: PlatformApiDouble, host: str = LOOPBACK
) -> Iterator[Mapping[str, str]]:
    """Serves a double of the Platform API.

    Args:
        double: Its state.
        host: The address to listen on.

    Yields:
        The settings that reach it, by variable name.

    Raises:
        ServiceError: It did not start.
    """
    port = free_port(host)
    runner = uvicorn.Server(
        uvicorn.Config(
            double.application(),
            host=host,
            port=port,
            log_level="critical",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    try:
        limit = time.monotonic() + START_SECONDS
        while not runner.started:
            if time.monotonic() > limit or not thread.is_alive():
                raise ServiceError("The Platform API double did not start.")
            time.sleep(POLL_SECONDS)
        yield {
            "API_BASE_URL": f"http://{host}:{port}",
            "API_USERNAME": USERNAME,
            "API_PASSWORD": double.password,
        }
    finally:
        runner.should_exit = True
        thread.join()
