"""The settings of the job, from its environment."""

from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from steps.clients.object_store import ObjectPlace, S3Settings

SHORTEST_WINDOW = 4
FETCHABLE_SCHEMES = frozenset({"http", "https"})


class JobSettings(S3Settings):
    """The job's input, output and object store."""

    service: ClassVar[str] = "the matrix profile job"

    file_url: SecretStr = Field(
        description="the presigned URL of the CSV file",
        examples=["https://storage.example/moderate/readings.csv?…"],
    )
    analysis_variable: str = Field(
        description="the column to analyse",
        examples=["consumption"],
        min_length=1,
    )
    output_bucket: str = Field(
        description="the bucket that the report goes to",
        examples=["moderate-output-bucket"],
        min_length=1,
    )
    output_key: str = Field(
        description="the report's key in that bucket",
        examples=["matrixprofile-2f1c….html"],
        min_length=1,
    )
    window_length: int | None = Field(
        default=None,
        description="how many samples a window has",
        examples=["96"],
        ge=SHORTEST_WINDOW,
    )

    where: str = Field(
        default="",
        description="which rows to analyse, where a file holds several series",
        examples=["meter=A"],
    )

    @field_validator("file_url")
    @classmethod
    def _is_fetchable(cls, url: SecretStr) -> SecretStr:
        try:
            parts = urlsplit(url.get_secret_value())
        except ValueError:
            raise ValueError("is not a URL") from None
        if parts.scheme not in FETCHABLE_SCHEMES or not parts.hostname:
            raise ValueError("is not an http(s) URL")
        return url

    @field_validator("window_length", mode="before")
    @classmethod
    def _empty_means_unset(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def output(self) -> ObjectPlace:
        """Where the report goes."""
        return ObjectPlace(bucket=self.output_bucket, key=self.output_key)
