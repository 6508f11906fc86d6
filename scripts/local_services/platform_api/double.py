"""The double's state, its routes and its faults."""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse
from starlette.status import HTTP_500_INTERNAL_SERVER_ERROR

from local_services.platform_api.assets import (
    PlatformAssets,
    asset_routes,
)
from local_services.platform_api.gateway import Gateway
from local_services.platform_api.jobs import PlatformJob, job_routes
from local_services.platform_api.objects import (
    JANE,
    PlatformObject,
    object_routes,
)
from local_services.platform_api.trust import PlatformTrust
from local_services.platform_api.trust_routes import trust_routes
from local_services.platform_api.upload import (
    BrokenResponse,
    UploadFault,
    failed_upload,
    is_upload,
)

STORED_BEFORE = frozenset({UploadFault.ANSWER_LOST, UploadFault.DAMAGED})
TOKEN_PATH = "/api/token"  # noqa: S105 - a path, no secret
POOL_SECONDS = 30.0
POOL_POLL_SECONDS = 0.02


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


@dataclass
class PlatformApiDouble(Gateway):
    """The platform's state, for the process that runs the double.

    Attributes:
        trust: DIDs, proofs and their tasks.
        assets: The assets, and how uploads to them fail.
        jobs: The jobs by number.
        objects: The asset objects by number.
        requests: Method and path of each request, in order.
        failing: How requests fail at the moment, if they do.
        statuses: Answers for the next requests but for tokens, in order.
        broken: The paths that it always answers with 500.
        answer_seconds: How long each answer takes.
        pool_is_full: Whether something else holds all of the API's database
            connections.
        pool_seconds: How long a request waits for a connection.
    """

    jobs: dict[int, PlatformJob] = field(default_factory=dict)
    objects: dict[int, PlatformObject] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    failing: ApiFault | None = None
    statuses: deque[int] = field(default_factory=deque)
    broken: set[str] = field(default_factory=set)
    answer_seconds: float = 0
    pool_is_full: bool = False
    pool_seconds: float = POOL_SECONDS

    def reset(self) -> None:
        """Removes objects, accounts, tokens, history and faults."""
        self.reset_gateway()
        self.failing = None
        self.pool_is_full = False
        self.pool_seconds = POOL_SECONDS
        self.statuses.clear()
        self.broken.clear()
        self.requests.clear()
        self.objects.clear()
        self.trust.reset()

    def __post_init__(self) -> None:
        """Gives the trust service and the assets the asset objects."""
        self.trust = PlatformTrust(self.objects)
        self.assets = PlatformAssets(self.objects)

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

    def add_object(
        self, key: str | None, bucket: str, owner: str | None = JANE
    ) -> PlatformObject:
        """Stores an asset object.

        Args:
            key: Its key.
            bucket: Its bucket.
            owner: The username of its asset's owner, None without one.

        Returns:
            The object.
        """
        number = max(self.objects, default=0) + 1
        stored = PlatformObject(number, key, bucket, owner)
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
        application.post(TOKEN_PATH)(self.sign_in)
        for routes in (
            job_routes(self.jobs, self),
            object_routes(self.objects, self.assets.shown, self),
            asset_routes(self.assets, self),
            trust_routes(self.trust, self),
        ):
            application.include_router(routes)
        return application

    async def _with_faults(self, request: Request, call_next: Any) -> Response:  # noqa: ANN401
        self.requests.append(f"{request.method} {request.url.path}")
        await asyncio.sleep(self.answer_seconds)
        fault = self.failing
        if fault and time.monotonic() < fault.until:
            return JSONResponse(
                {"detail": "an injected fault"},
                fault.status,
                headers=dict(fault.headers),
            )
        if self.statuses and request.url.path != TOKEN_PATH:
            return JSONResponse(
                {"detail": "an injected fault"}, self.statuses.popleft()
            )
        if request.url.path in self.broken or (
            request.url.path != TOKEN_PATH and not await self._has_connection()
        ):
            return JSONResponse(
                {"detail": "Internal Server Error"},
                HTTP_500_INTERNAL_SERVER_ERROR,
            )
        if self.assets.faults and is_upload(request):
            return await self._with_upload_fault(request, call_next)
        answer: Response = await call_next(request)
        return answer

    async def _with_upload_fault(
        self,
        request: Request,
        call_next: Any,  # noqa: ANN401
    ) -> Response:
        fault = self.assets.faults.popleft()
        if fault not in STORED_BEFORE:
            return await failed_upload(request, fault)
        if fault is UploadFault.DAMAGED and self.assets.upload_bucket:
            self.assets.upload_bucket.damaged = True
        answer: Response = await call_next(request)
        return BrokenResponse() if fault is UploadFault.ANSWER_LOST else answer

    async def _has_connection(self) -> bool:
        """Waits for a database connection, as long as the API does."""
        ends = time.monotonic() + self.pool_seconds
        while (
            self.pool_is_full
            or len(self.trust.open_tasks()) >= self.trust.connections
        ):
            if time.monotonic() >= ends:
                return False
            await asyncio.sleep(POOL_POLL_SECONDS)
        return True
