"""The message of a job, made again from the platform's data."""

import json

from pydantic import BaseModel, ConfigDict, ValidationError

from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.asset_objects import (
    AssetObject,
    find_asset_object,
)
from steps.clients.platform_api.jobs import Job
from steps.contract.errors import BadDataError
from steps.contract.platform_id import PlatformId
from steps.matrix_profile.message import parse_message


class JobArguments(BaseModel):
    """The arguments of a matrix profile job.

    Attributes:
        uploaded_s3_object_id: The asset object to analyse.
        analysis_variable: The CSV column to analyse.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    uploaded_s3_object_id: PlatformId
    analysis_variable: str


def message_of(job: Job, platform: PlatformApi, bucket: str) -> str:
    """Makes the message that the platform has sent for a job.

    Args:
        job: The job.
        platform: The Platform API.
        bucket: The bucket of the assets.

    Returns:
        The message's body.

    Raises:
        BadDataError: The job can never be run; with the reason.
        ModerateError: The platform could not be read.
    """
    try:
        arguments = JobArguments.model_validate(job.arguments)
    except ValidationError:
        raise BadDataError(
            f"The arguments of job {job.id} name no asset object and column "
            "to analyse. Start the analysis again."
        ) from None
    found = _asset_object(arguments.uploaded_s3_object_id, platform)
    text = json.dumps(
        {
            "workflow_job_id": job.id,
            "analysis_variable": arguments.analysis_variable,
            "bucket": found.bucket or bucket,
            "key": found.key,
        }
    )
    parse_message(text)
    return text


def _asset_object(object_id: int, platform: PlatformApi) -> AssetObject:
    found = find_asset_object(platform, object_id)
    if found is not None and found.key:
        return found
    raise BadDataError(
        f"The asset object {object_id} is no longer there. Upload the file "
        "again, and start the analysis again."
    )
