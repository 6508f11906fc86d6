"""The S3-compatible object store, as every feature sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr

from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    StepError,
    TemporaryError,
)
from steps.contract.settings import ServiceSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECT_TIMEOUT_SECONDS = 10
READ_TIMEOUT_SECONDS = 60
ATTEMPTS = 3
NOT_FOUND = 404
REFUSED = frozenset({400, 401, 403})


class S3Settings(ServiceSettings):
    """Where the object store is and how to sign in."""

    service: ClassVar[str] = "s3"

    s3_access_key_id: SecretStr = Field(
        description="the S3 access key", examples=["AKIAEXAMPLE"]
    )
    s3_secret_access_key: SecretStr = Field(
        description="the S3 secret key", examples=["a-long-secret"]
    )
    s3_region: str = Field(
        description="the S3 region", examples=["europe-west1"], min_length=1
    )
    s3_bucket_name: str = Field(
        description="the bucket of the assets",
        examples=["moderate"],
        min_length=1,
    )
    s3_endpoint_url: HttpUrl = Field(
        description="the URL of the S3 service",
        examples=["https://storage.googleapis.com"],
    )
    s3_job_outputs_bucket_name: str = Field(
        default="moderate-output-bucket",
        description="the bucket of the jobs' outputs",
        examples=["moderate-output-bucket"],
        min_length=1,
    )
