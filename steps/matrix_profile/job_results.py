"""The results of a matrix profile job, as the Platform API keeps them."""

from pydantic import BaseModel, ConfigDict


class JobResults(BaseModel):
    """The results of a job; the names are the contract.

    Attributes:
        workflow_job_id: The job.
        output_bucket: Bucket of the report.
        output_key: Key of the report, only when it exists.
        error: What a person can act on, None on success.
        error_logs_key: Key of the failed container's log, if there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    workflow_job_id: int
    output_bucket: str
    output_key: str | None = None
    error: str | None = None
    error_logs_key: str | None = None
