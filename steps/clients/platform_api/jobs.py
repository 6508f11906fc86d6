"""Analysis jobs of the Platform API."""

import logging
from datetime import datetime
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

from steps.clients.platform_api.answers import Moment, document, shaped
from steps.clients.platform_api.connection import PlatformApi
from steps.clients.platform_api.errors import MissingError
from steps.contract.errors import ModerateError
from steps.contract.platform_id import LARGEST_ID

log = logging.getLogger(__name__)


class Job(BaseModel):
    """The part of an analysis job that the pipelines need.

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


_job = TypeAdapter(Job)


def read_job(api: PlatformApi, job_id: int) -> Job:
    """Reads a job.

    Args:
        api: The Platform API.
        job_id: Number of the job.

    Returns:
        The job.

    Raises:
        ModerateError: There is no such job, or the API refused or failed.
    """
    return _read(api.read(f"/job/{job_id}"))


def find_job(api: PlatformApi, job_id: int) -> Job | None:
    """Reads a job, if there is one.

    Args:
        api: The Platform API.
        job_id: Number of the job.

    Returns:
        The job, None when there is none of that number.

    Raises:
        ModerateError: The API refused or failed.
    """
    try:
        return read_job(api, job_id)
    except MissingError:
        return None


def are_served(api: PlatformApi) -> bool:
    """Asks for a job that hardly exists: that there is none is an answer.

    Args:
        api: The Platform API.

    Returns:
        Whether the API answered; a job that it fails on is at fault then.
    """
    try:
        find_job(api, LARGEST_ID)
    except ModerateError:
        return False
    return True


def finish_job(
    api: PlatformApi,
    job_id: int,
    results: dict[str, Any],
    *,
    again: bool = False,
) -> Job:
    """Reports the results of a job, once.

    The API replaces the results at each report, so a report is sent only to a
    job that has none, unless they are to be replaced. A report whose
    answer was lost is not sent again before the job has been read.

    Args:
        api: The Platform API.
        job_id: Number of the job.
        results: What to report.
        again: Whether the results that the job has are replaced.

    Returns:
        The job with the results that it has now.

    Raises:
        ModerateError: There is no such job, or the API refused or failed.
    """

    def report() -> Job:
        job = _read(api.send("GET", f"/job/{job_id}"))
        if job.finalised_at is not None and not (
            again and job.results != results
        ):
            log.info("Job %d has its results already", job_id)
            return job
        return _read(
            api.send("PATCH", f"/job/{job_id}", json={"results": results})
        )

    return api.repeat(report)


def _read(answer: httpx.Response) -> Job:
    return shaped(document(answer), _job, "a job")
