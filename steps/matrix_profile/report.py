"""Reports to the platform how a job ended, also after a failure."""

import logging
from typing import Any

from pydantic import BaseModel, ConfigDict

from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.errors import (
    BadSettingsError,
    ModerateError,
    TemporaryError,
)
from steps.contract.failures import Failure, parse_failures
from steps.contract.log import as_text, redact
from steps.contract.process import secrets_of
from steps.contract.step import Retry, step
from steps.contract.wire import Encoded
from steps.matrix_profile.diagnosis import diagnose
from steps.matrix_profile.job_results import JobResults
from steps.matrix_profile.message import job_id_of

SUCCEEDED = "Succeeded"
LONGEST_LOG_BYTES = 5 * 1024**2
ARCHIVED_LOG = "workflow-logs/{workflow}/{pod}/main.log"
LOG_KEY = "logs/matrix-profile-job-{job}-{workflow}.log"
LOG_TYPE = "text/plain; charset=utf-8"

log = logging.getLogger(__name__)


class ReportInputs(BaseModel):
    """How the workflow ended, as Argo passes it to the exit handler.

    Attributes:
        message: The queue message's body.
        workflow: The workflow's name.
        status: ``{{workflow.status}}``.
        failures: ``{{workflow.failures}}``.
        output_key: Where the report was to go.
        again: Whether the results that the job has are replaced.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    message: Encoded
    workflow: str
    status: str
    failures: Encoded
    output_key: str
    again: bool = False


class ReportOutputs(BaseModel):
    """What was reported to the platform.

    Attributes:
        results: The job's results, None where the message names no job.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    results: dict[str, Any] | None


@step(
    "matrix-profile-report",
    deadline_seconds=600,
    retry=Retry(limit=60, pause_seconds=10, longest_pause_seconds=600),
)
def report(
    inputs: ReportInputs,
    s3: BucketSettings | BadSettingsError,
    api: PlatformApiSettings,
) -> ReportOutputs:
    """Patches the job with its results, once unless it is run again.

    Args:
        inputs: How the workflow ended.
        s3: The object store, or why there is none; the job is patched anyway.
        api: The Platform API.

    Returns:
        What the job's results are now.

    Raises:
        ModerateError: The job could not be patched; worth repeating when it
            is a TemporaryError.
    """
    from steps.clients.platform_api import PlatformApi
    from steps.clients.platform_api.jobs import (
        finish_job,
        read_job,
    )

    job_id = job_id_of(inputs.message)
    if job_id is None:
        log.warning("The message names no job, so none can be patched")
        return ReportOutputs(results=None)
    with PlatformApi(api) as platform:
        job = read_job(platform, job_id)
        if job.finalised_at is None or inputs.again:
            results = (
                _results_without_store(job_id, inputs, s3)
                if isinstance(s3, BadSettingsError)
                else _results(job_id, inputs, s3, secrets_of([s3, api]))
            )
            job = finish_job(
                platform, job_id, results.model_dump(), again=inputs.again
            )
    log.info("Job %d has been reported", job_id)
    return ReportOutputs(results=job.results)


def _results(
    job_id: int,
    inputs: ReportInputs,
    s3: BucketSettings,
    secrets: list[str],
) -> JobResults:
    bucket = s3.s3_job_outputs_bucket_name
    store = ObjectStore(s3)
    results = JobResults(workflow_job_id=job_id, output_bucket=bucket)
    if inputs.status == SUCCEEDED:
        place = ObjectPlace(bucket, inputs.output_key)
        fault = _fault_of_output(place, store, inputs.workflow)
        if fault:
            return results.model_copy(update={"error": fault})
        return results.model_copy(update={"output_key": place.key})
    message, text = (
        redact(part, secrets)
        for part in _failed_container(inputs, store, bucket)
    )
    key = LOG_KEY.format(job=job_id, workflow=inputs.workflow)
    return results.model_copy(
        update={
            "error": diagnose(message, text, inputs.workflow),
            "error_logs_key": _upload_log(
                text, store, ObjectPlace(bucket, key)
            ),
        }
    )


def _results_without_store(
    job_id: int, inputs: ReportInputs, fault: BadSettingsError
) -> JobResults:
    message, text = _end_of_log(_failures(inputs))
    error = (
        f"The job ended well, but its report cannot be seen: {fault}"
        if inputs.status == SUCCEEDED
        else diagnose(redact(message), redact(text), inputs.workflow)
    )
    return JobResults(workflow_job_id=job_id, output_bucket="", error=error)


def _fault_of_output(
    place: ObjectPlace, store: ObjectStore, workflow: str
) -> str | None:
    """Returns what is wrong with the output of a job that ended well."""
    try:
        if store.size(place):
            return None
    except TemporaryError:
        raise
    except ModerateError as error:
        return f"The job ended well, but its report cannot be seen: {error}"
    return (
        "The job ended well but left no report. An operator can look at the "
        f"workflow {workflow}."
    )


def _failures(inputs: ReportInputs) -> list[Failure]:
    try:
        return parse_failures(inputs.failures)
    except ModerateError as error:
        log.warning("%s", error)
        return []


def _failed_container(
    inputs: ReportInputs, store: ObjectStore, bucket: str
) -> tuple[str, str]:
    """Returns why the container failed, and its log."""
    failures = _failures(inputs)
    for failure in failures:
        key = ARCHIVED_LOG.format(
            workflow=inputs.workflow, pod=failure.pod_name
        )
        try:
            content = store.tail(ObjectPlace(bucket, key), LONGEST_LOG_BYTES)
        except ModerateError as error:
            log.warning("The archived log cannot be read: %s", error)
            break
        if content:
            return failure.reason, as_text(_decoded(content))
    return _end_of_log(failures)


def _end_of_log(failures: list[Failure]) -> tuple[str, str]:
    """Returns why the container failed, and the end of its log."""
    for failure in failures:
        if failure.log_end:
            return failure.reason, as_text(failure.log_end)
    return (failures[0].reason if failures else ""), ""


def _decoded(content: bytes) -> str:
    """Reads a log's end, without a cut line: it may hold half a secret."""
    if len(content) == LONGEST_LOG_BYTES:
        content = content.partition(b"\n")[2] or content
    return content.decode(errors="replace")


def _upload_log(
    text: str, store: ObjectStore, place: ObjectPlace
) -> str | None:
    if not text:
        return None
    try:
        store.upload(text.encode(), place, LOG_TYPE)
    except ModerateError as error:
        log.warning("The log is not kept: %s", error)
        return None
    return place.key
