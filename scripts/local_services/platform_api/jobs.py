"""The double's analysis jobs."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict
from starlette.status import HTTP_404_NOT_FOUND


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

    def document(self) -> dict[str, Any]:
        """Returns the job as the platform shows it."""
        return {
            "id": self.id,
            "job_type": "matrix_profile",
            "arguments": self.arguments,
            "results": self.results,
            "created_at": self.created_at.replace(tzinfo=None).isoformat(),
            "finalised_at": self.finalised_at,
            "creator_username": "jane",
        }


class JobResultsPatch(BaseModel):
    """The body of ``PATCH /job/{id}``."""

    model_config = ConfigDict(extra="forbid")

    results: dict[str, Any]


def job_routes(jobs: dict[int, PlatformJob]) -> APIRouter:
    """Routes the requests about jobs.

    Args:
        jobs: The jobs by number.

    Returns:
        The routes.
    """
    router = APIRouter()

    def found(job_id: int) -> PlatformJob:
        if job_id not in jobs:
            raise HTTPException(HTTP_404_NOT_FOUND, "No such job")
        return jobs[job_id]

    @router.get("/job/{job_id}")
    def read(job_id: int) -> dict[str, Any]:
        return found(job_id).document()

    @router.patch("/job/{job_id}")
    def change(job_id: int, patch: JobResultsPatch) -> dict[str, Any]:
        job = found(job_id)
        job.results = patch.results
        job.finalised_at = datetime.now(UTC)
        job.reports += 1
        return job.document()

    return router
