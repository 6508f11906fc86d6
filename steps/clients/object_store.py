"""The S3-compatible object store, as every feature sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, HttpUrl, SecretStr

from steps.contract.errors import (
    BadSettingsError,
    ModerateError,
    TemporaryError,
)
from steps.contract.settings import ServiceSettings

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectTypeDef

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
        description="the S3 region",
        examples=["europe-west1"],
        pattern=r"^[A-Za-z0-9-]+$",
    )
    s3_endpoint_url: HttpUrl = Field(
        description="the URL of the S3 service",
        examples=["https://storage.googleapis.com"],
    )


class BucketSettings(S3Settings):
    """The object store and the platform's buckets in it."""

    s3_bucket_name: str = Field(
        description="the bucket of the assets",
        examples=["moderate"],
        min_length=1,
    )
    s3_job_outputs_bucket_name: str = Field(
        default="moderate-output-bucket",
        description="the bucket of the jobs' outputs",
        examples=["moderate-output-bucket"],
        min_length=1,
    )


@dataclass(frozen=True)
class ObjectPlace:
    """Where an object is.

    Attributes:
        bucket: Name of the bucket.
        key: Key of the object.
    """

    bucket: str
    key: str

    def __str__(self) -> str:
        """Returns the place as a person writes it, on one line."""
        return repr(f"s3://{self.bucket}/{self.key}")


@dataclass(frozen=True)
class ListedObject:
    """An object as a listing shows it.

    Attributes:
        key: Key of the object.
        version: Another text when the object was written since; empty where
            the store has no ETag.
    """

    key: str
    version: str


@dataclass(frozen=True)
class Level:
    """What is directly at the top of a bucket.

    Attributes:
        prefixes: The prefixes, with their slash.
        keys: The objects that are below no prefix.
    """

    prefixes: list[str]
    keys: list[str]


class ObjectStore:
    """A connection to the object store."""

    def __init__(
        self,
        settings: S3Settings,
        *,
        read_timeout_seconds: float = READ_TIMEOUT_SECONDS,
    ) -> None:
        """Prepares a client; nothing is sent yet.

        Args:
            settings: Where the store is and how to sign in.
            read_timeout_seconds: The longest silence of the store.
        """
        self._client = _client(settings, read_timeout_seconds)

    def size(self, place: ObjectPlace) -> int | None:
        """Returns an object's size in bytes, or None when it is absent.

        Args:
            place: The object.

        Raises:
            ModerateError: The store refused, failed or did not answer.
        """
        from botocore.exceptions import ClientError

        with _explained(f"looking at {place}"):
            try:
                head = self._client.head_object(
                    Bucket=place.bucket, Key=place.key
                )
            except ClientError as error:
                if _status(error) == NOT_FOUND:
                    return None
                raise
        return head["ContentLength"]

    def look_into(self, bucket: str) -> None:
        """Checks that a bucket is there and can be listed.

        Args:
            bucket: Name of the bucket.

        Raises:
            ModerateError: The store refused, failed or did not answer.
        """
        with _explained(f"listing the bucket {bucket!r}"):
            self._client.list_objects_v2(Bucket=bucket, MaxKeys=1)

    def top_level(self, bucket: str) -> Level:
        """Lists what is directly at the top of a bucket, through all pages.

        Args:
            bucket: Name of the bucket.

        Raises:
            ModerateError: The store refused, failed or did not answer.
        """
        level = Level([], [])
        paginator = self._client.get_paginator("list_objects_v2")
        with _explained(f"listing the bucket {bucket!r}"):
            for page in paginator.paginate(Bucket=bucket, Delimiter="/"):
                level.prefixes.extend(
                    found["Prefix"] for found in page.get("CommonPrefixes", [])
                )
                level.keys.extend(
                    found["Key"] for found in page.get("Contents", [])
                )
        return level

    def keys(self, bucket: str, prefix: str) -> Iterator[str]:
        """Lists all keys below a prefix, through all pages.

        Args:
            bucket: Name of the bucket.
            prefix: What the keys begin with.

        Yields:
            The keys.

        Raises:
            ModerateError: The store refused, failed or did not answer.
        """
        for listed in self.objects(bucket, prefix):
            yield listed.key

    def objects(self, bucket: str, prefix: str) -> Iterator[ListedObject]:
        """Lists all objects below a prefix, through all pages.

        Args:
            bucket: Name of the bucket.
            prefix: What the keys begin with.

        Yields:
            The objects.

        Raises:
            ModerateError: The store refused, failed or did not answer.
        """
        paginator = self._client.get_paginator("list_objects_v2")
        with _explained(f"listing {ObjectPlace(bucket, prefix)}"):
            for page in paginator.paginate(Bucket=bucket, Prefix=prefix):
                for found in page.get("Contents", []):
                    yield ListedObject(found["Key"], _version(found))

    def presigned_url(self, place: ObjectPlace, valid_seconds: int) -> str:
        """Signs a URL that reads an object: a credential, never log it.

        Args:
            place: The object.
            valid_seconds: How long the URL works.

        Returns:
            The URL.
        """
        return self._client.generate_presigned_url(
            "get_object",
            Params={"Bucket": place.bucket, "Key": place.key},
            ExpiresIn=valid_seconds,
        )

    def upload(
        self, content: bytes | Path, place: ObjectPlace, content_type: str
    ) -> None:
        """Writes an object, replacing one of the same key.

        Args:
            content: The bytes, or the file that holds them.
            place: Where they go.
            content_type: Their media type.

        Raises:
            ModerateError: The store refused, failed or did not answer.
        """
        with _explained(f"writing {place}"):
            if isinstance(content, Path):
                self._client.upload_file(
                    str(content),
                    place.bucket,
                    place.key,
                    ExtraArgs={"ContentType": content_type},
                )
                return
            self._client.put_object(
                Bucket=place.bucket,
                Key=place.key,
                Body=content,
                ContentType=content_type,
            )

    def tail(self, place: ObjectPlace, limit: int) -> bytes | None:
        """Reads the end of an object.

        Args:
            place: The object.
            limit: The most bytes to read.

        Returns:
            The last bytes, or None when the object is absent.

        Raises:
            ModerateError: The store refused, failed or did not answer.
        """
        size = self.size(place)
        if not size:
            return None if size is None else b""
        with _explained(f"reading {place}"):
            answer = self._client.get_object(
                Bucket=place.bucket,
                Key=place.key,
                Range=f"bytes={max(0, size - limit)}-{size - 1}",
            )
            return answer["Body"].read()


def _client(settings: S3Settings, read_timeout_seconds: float) -> "S3Client":
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        aws_access_key_id=settings.s3_access_key_id.get_secret_value(),
        aws_secret_access_key=(
            settings.s3_secret_access_key.get_secret_value()
        ),
        region_name=settings.s3_region,
        endpoint_url=str(settings.s3_endpoint_url),
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=read_timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def _version(listed: "ObjectTypeDef") -> str:
    tag = listed.get("ETag", "").strip('"')
    if not tag:
        return ""
    written = listed.get("LastModified", "")
    return f"{tag} {listed.get('Size', '')} {written}"


def _status(error: "ClientError") -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


@contextmanager
def _explained(action: str) -> Iterator[None]:
    from boto3.exceptions import S3UploadFailedError
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ParamValidationError,
    )

    try:
        yield
    except ClientError as error:
        raise _from_answer(action, error) from error
    except S3UploadFailedError as error:
        cause = error.__context__
        if isinstance(cause, ClientError):
            raise _from_answer(action, cause) from error
        raise TemporaryError(f"S3 failed while {action}: {error}") from error
    except ParamValidationError as error:
        raise BadSettingsError(
            f"S3 cannot be asked while {action}: {error}"
        ) from error
    except BotoCoreError as error:
        raise TemporaryError(
            f"S3 did not answer while {action}: {error}. "
            "Check S3_ENDPOINT_URL and that the service is up."
        ) from error


def _from_answer(action: str, error: "ClientError") -> ModerateError:
    status = _status(error)
    code = error.response["Error"].get("Code", "unknown")
    if status == NOT_FOUND:
        return BadSettingsError(
            f"S3 has no such bucket or object ({code}), while {action}."
        )
    if status in REFUSED:
        return BadSettingsError(
            f"S3 refused access ({status} {code}) while {action}. Check "
            "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, and what that key "
            "may do in this bucket."
        )
    return TemporaryError(f"S3 answered {status} ({code}) while {action}.")
