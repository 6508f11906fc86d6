"""The double's analysis jobs."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel
from starlette.status import HTTP_404_NOT_FOUND

from local_services.platform_api.filters import (
    PageOf,
    checked_id,
    chosen,
)
from local_services.platform_api.gateway import Gateway

JANE = "jane"
COLUMNS = {"id": int, "job_type": str, "creator_username": str}


@dataclass
class PlatformJob:
    """A job of the platform.

    Attributes:
        id: Its number.
        arguments: What it is to analyse.
        creator: Who asked for it.
        created_at: When it was created.
        results: What was reported, None until then.
        finalised_at: When it was last reported.
        reports: How often it was reported.
    """

    id: int
    arguments: dict[str, Any]
    creator: str = JANE
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    results: dict[str, Any] | None = None
    finalised_at: datetime | None = None
    reports: int = 0

    def document(self) -> dict[str, Any]:
        """Returns the job as the platform shows it."""
        return {
            "id": self.id,
            "job_type": "matrix_profile",
            "arguments": self.arguments,
            "results": self.results,
            "extended_results": None,
            "created_at": self.created_at.replace(tzinfo=None).isoformat(),
            "finalised_at": self.finalised_at,
            "creator_username": self.creator,
        }


class JobResultsPatch(BaseModel):
    """The body of ``PATCH /job/{id}``."""

    results: dict[str, Any]


def job_routes(jobs: dict[int, PlatformJob], gateway: Gateway) -> APIRouter:
    """Routes the requests about jobs.

    Args:
        jobs: The jobs by number.
        gateway: The accounts.

    Returns:
        The routes.
    """
    router = APIRouter()

    def found(job_id: int) -> PlatformJob:
        job = jobs.get(checked_id(job_id))
        if job is None:
            raise HTTPException(HTTP_404_NOT_FOUND, "Not Found")
        return job

    @router.get("/job")
    def list_own(request: Request, query: PageOf) -> list[Any]:
        account = gateway.signed_in(request)
        own = [
            job.document()
            for job in list(jobs.values())
            if job.creator == account.username
        ]
        return list(chosen(own, query, COLUMNS))

    @router.get("/job/{job_id}")
    def read(job_id: int, request: Request) -> dict[str, Any]:
        account = gateway.signed_in(request)
        job = found(job_id)
        if not account.is_administrator and job.creator != account.username:
            raise HTTPException(HTTP_404_NOT_FOUND, "Not Found")
        return job.document()

    @router.patch("/job/{job_id}")
    def change(
        job_id: int, patch: JobResultsPatch, request: Request
    ) -> dict[str, Any]:
        gateway.administrator(request)
        job = found(job_id)
        job.results = patch.results
        job.finalised_at = datetime.now(UTC)
        job.reports += 1
        return job.document()

    return router
