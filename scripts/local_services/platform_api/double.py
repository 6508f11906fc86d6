"""The double's state, its sign-in and its faults."""

import asyncio
import math
import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form, HTTPException, Request, Response
from starlette.responses import JSONResponse
from starlette.status import HTTP_401_UNAUTHORIZED

from local_services.platform_api.assets import (
    PlatformAssets,
    asset_routes,
)
from local_services.platform_api.jobs import PlatformJob, job_routes
from local_services.platform_api.objects import (
    JANE,
    PlatformObject,
    batch_routes,
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

USERNAME = "workflows"
TOKEN_SECONDS = 300.0
BEARER = "Bearer "
STORED_BEFORE = frozenset({UploadFault.ANSWER_LOST, UploadFault.DAMAGED})
TOKEN_PATH = "/api/token"  # noqa: S105 - a path, no secret


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
class PlatformApiDouble:
    """The platform's state, for the process that runs the double.

    Attributes:
        trust: DIDs, proofs and their tasks.
        assets: The assets, and how uploads to them fail.
        password: The password of its one account.
        jobs: The jobs by number.
        objects: The asset objects by number.
        requests: Method and path of each request, in order.
        tokens: The tokens that are valid.
        failing: How requests fail at the moment, if they do.
        statuses: Answers for the next requests but for tokens, in order.
        answer_seconds: How long each answer takes.
        token_seconds: How long a token is valid.
        expired_status: The gateway's answer to an expired token: 400 with a
            newer Keycloak, 401 with an older one.
        refused_sign_ins: The gateway's messages to the next sign-ins, which
            it answers with 401.
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
    answer_seconds: float = 0
    token_seconds: float = TOKEN_SECONDS
    expired_status: int = HTTP_401_UNAUTHORIZED
    refused_sign_ins: deque[str] = field(default_factory=deque)

    def reset(self) -> None:
        """Removes objects, tokens, history and faults."""
        self.failing = None
        self.token_seconds = TOKEN_SECONDS
        self.expired_status = HTTP_401_UNAUTHORIZED
        self.refused_sign_ins.clear()
        self.statuses.clear()
        self.requests.clear()
        self.tokens.clear()
        self.objects.clear()
        self.trust.reset()

    def __post_init__(self) -> None:
        """Gives the trust service and the assets the asset objects."""
        self._expiries: dict[str, float] = {}
        self.trust = PlatformTrust(self.objects)
        self.assets = PlatformAssets(self.objects, USERNAME)

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
        application.post(TOKEN_PATH)(self._token)
        signed_in = [Depends(self._signed_in)]
        for routes in (
            job_routes(self.jobs),
            object_routes(self.objects),
            trust_routes(self.trust, USERNAME),
        ):
            application.include_router(routes, dependencies=signed_in)
        application.include_router(asset_routes(self.assets, self._signed_in))
        application.include_router(
            batch_routes(self.objects, self._is_authorized)
        )
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
        if fault is UploadFault.DAMAGED and self.assets.shelf:
            self.assets.shelf.damaged = True
        answer: Response = await call_next(request)
        return BrokenResponse() if fault is UploadFault.ANSWER_LOST else answer

    def _signed_in(self, request: Request) -> None:
        if self._is_authorized(request):
            return
        if request.headers.get("Authorization"):
            raise HTTPException(self.expired_status, "invalid_grant")
        raise HTTPException(HTTP_401_UNAUTHORIZED, "Not authenticated")

    def _is_authorized(self, request: Request) -> bool:
        header = request.headers.get("Authorization", "")
        token = header.removeprefix(BEARER)
        if time.monotonic() >= self._expiries.get(token, math.inf):
            self.tokens.discard(token)
        return token in self.tokens

    def _token(
        self,
        username: Annotated[str, Form()],
        password: Annotated[str, Form()],
    ) -> dict[str, str | float]:
        if self.refused_sign_ins:
            message = self.refused_sign_ins.popleft()
            raise HTTPException(HTTP_401_UNAUTHORIZED, message)
        if (username, password) != (USERNAME, self.password):
            raise HTTPException(HTTP_401_UNAUTHORIZED, "Incorrect credentials")
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        self._expiries[token] = time.monotonic() + self.token_seconds
        return {"access_token": token, "expires_in": self.token_seconds}
