"""Checks a request before anything is computed."""

import json
import logging
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict

from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.errors import BadDataError
from steps.contract.step import Retry, step
from steps.contract.wire import Encoded, EnvironmentText, label_for
from steps.matrix_profile.message import MatrixProfileMessage, parse_message
from steps.matrix_profile.settings import MatrixProfileSettings

FOLDER_MARK = "/"

log = logging.getLogger(__name__)


class PrepareInputs(BaseModel):
    """The inputs of prepare.

    Attributes:
        message: The queue message's body.
        url_valid_seconds: How long the job may need the input's URL.
        again: Whether a job that has its results is computed anew.
        where: Which rows to analyse, such as ``meter=A``; all where empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    message: Encoded
    url_valid_seconds: int
    again: bool = False
    where: Encoded = ""


class PrepareOutputs(BaseModel):
    """The parameters of the job container.

    Attributes:
        needed: Whether there is anything to compute; a job that has its
            results already needs nothing unless it is computed anew, and
            the rest is empty.
        label: What is analysed, readable and sanitised.
        image: The image to run.
        command: What runs in it, a JSON list of words.
        file_url: Presigned URL of the input; a credential.
        analysis_variable: The CSV column to analyse.
        output_bucket: Where the report goes.
        where: Which rows to analyse; all where empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    needed: bool
    label: str
    image: str = ""
    command: str = "[]"
    file_url: EnvironmentText = ""
    analysis_variable: EnvironmentText = ""
    output_bucket: str = ""
    where: EnvironmentText = ""


@step("matrix-profile-prepare", retry=Retry(limit=8), deadline_seconds=300)
def prepare(
    inputs: PrepareInputs,
    s3: BucketSettings,
    job: MatrixProfileSettings,
    api: PlatformApiSettings,
) -> PrepareOutputs:
    """Checks the message and the input object, and signs its URL.

    Args:
        inputs: The message and how long the URL must work.
        s3: The object store.
        job: The allowed images and the largest input.
        api: The Platform API, to read whether the job is done already.

    Returns:
        The parameters of the job container.

    Raises:
        BadDataError: The message, the image or the input object is unusable.
    """
    message = parse_message(inputs.message)
    log.info("Preparing job %d", message.workflow_job_id)
    label = label_for(
        f"job-{message.workflow_job_id}-{message.analysis_variable}"
    )
    if not inputs.again and _is_finished(message.workflow_job_id, api):
        log.info("Job %d has its results already", message.workflow_job_id)
        return PrepareOutputs(needed=False, label=label)
    chosen = choose_image(message, job)
    place = ObjectPlace(message.bucket, message.key)
    store = ObjectStore(s3)
    check_input(
        place, store, s3.s3_bucket_name, job.matrix_profile_largest_input_bytes
    )
    return PrepareOutputs(
        needed=True,
        label=label,
        image=chosen.image,
        command=json.dumps(chosen.command),
        file_url=store.presigned_url(place, inputs.url_valid_seconds),
        analysis_variable=message.analysis_variable,
        output_bucket=s3.s3_job_outputs_bucket_name,
        where=inputs.where,
    )


def _is_finished(job_id: int, api: PlatformApiSettings) -> bool:
    from steps.clients.platform_api import PlatformApi
    from steps.clients.platform_api.jobs import read_job

    with PlatformApi(api) as platform:
        return read_job(platform, job_id).finalised_at is not None


@dataclass(frozen=True)
class JobImage:
    """What computes.

    Attributes:
        image: The image with its tag.
        command: The words of its command.
    """

    image: str
    command: tuple[str, ...]


def choose_image(
    message: MatrixProfileMessage, settings: MatrixProfileSettings
) -> JobImage:
    """Picks the job image; a message may only name an allowed one.

    Args:
        message: The request.
        settings: The default image and the allow-list.

    Returns:
        The image and its command.

    Raises:
        BadDataError: The message names an image that is not allowed.
    """
    (default, command), *_ = settings.commands
    if message.image is None and message.tag is None:
        return JobImage(default, command)
    if message.image and message.tag and _has_tag(message.image):
        raise BadDataError(
            f"The image {message.image!r} has a tag already, and the message "
            f"names {message.tag!r} too. Name one of them."
        )
    repository = message.image or _without_tag(default)
    image = f"{repository}:{message.tag}" if message.tag else repository
    commands = [
        command
        for pattern, command in settings.commands
        if fnmatchcase(image, pattern)
    ]
    if not commands:
        raise BadDataError(
            f"The image {image!r} is not allowed. An operator can add it to "
            "MATRIX_PROFILE_ALLOWED_IMAGES; without image and tag the "
            "message runs the default image."
        )
    if not _has_tag(image):
        raise BadDataError(
            f"The image {image!r} has no tag. Name one in the message."
        )
    return JobImage(image, commands[0])


def check_input(
    place: ObjectPlace, store: ObjectStore, bucket: str, largest_bytes: int
) -> None:
    """Checks that the input exists and is within the size limit.

    Args:
        place: Where the input is, from the message.
        store: The object store.
        bucket: The only bucket that inputs may come from.
        largest_bytes: The largest size of an input.

    Raises:
        BadDataError: The input is elsewhere, absent, a folder, empty or too
            large.
    """
    if place.bucket != bucket:
        raise BadDataError(
            f"The bucket {place.bucket!r} is not the platform's. Inputs are "
            f"read from {bucket!r} only."
        )
    if place.key.endswith(FOLDER_MARK):
        raise BadDataError(
            f"The key {place.key!r} is a folder. Name a CSV file in it."
        )
    size = store.size(place)
    if size is None:
        raise BadDataError(
            f"There is no object {place.key!r} in the bucket "
            f"{place.bucket!r}. Was it removed or renamed since?"
        )
    if size == 0:
        raise BadDataError(
            f"The object {place.key!r} is empty. Upload a CSV file that has "
            "rows."
        )
    if size > largest_bytes:
        raise BadDataError(
            f"The object {place.key!r} has {size:,} bytes; at most "
            f"{largest_bytes:,} are analysed. Upload a shorter series, or "
            "raise MATRIX_PROFILE_LARGEST_INPUT_BYTES."
        )


def _has_tag(image: str) -> bool:
    return _without_tag(image) != image


def _without_tag(image: str) -> str:
    repository, _, name = image.partition("@")[0].rpartition("/")
    name = name.partition(":")[0]
    return f"{repository}/{name}" if repository else name
