"""An S3 server: ``rclone serve s3`` on a folder."""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from local_services.process import (
    LOOPBACK,
    free_port,
    is_listening,
    server,
)

RCLONE = Path(sys.executable).with_name("rclone")
BUCKET = "moderate"
OUTPUT_BUCKET = "moderate-output-bucket"
REGION = "us-east-1"


@contextmanager
def object_store(
    folder: Path,
    buckets: Sequence[str] = (BUCKET, OUTPUT_BUCKET),
    host: str = LOOPBACK,
    *,
    port: int | None = None,
    keys: tuple[str, str] | None = None,
) -> Iterator[Mapping[str, str]]:
    """Serves buckets from a folder.

    Objects have no ETag of their content: it would take a read of the whole
    object for each question about its size.

    Args:
        folder: Where the objects are kept, as files.
        buckets: The buckets to make.
        host: The address to listen on.
        port: The port to listen on; a free one where None.
        keys: The access key and its secret; random ones where None.

    Yields:
        The settings that reach them, by variable name.
    """
    data = folder / "buckets"
    for bucket in buckets:
        (data / bucket).mkdir(parents=True, exist_ok=True)
    port = port or free_port(host)
    access_key, secret_key = keys or (
        f"local-{secrets.token_hex(8)}",
        secrets.token_urlsafe(24),
    )
    command = [
        str(RCLONE),
        "serve",
        "s3",
        f"--addr={host}:{port}",
        "--config=",
        "--etag-hash=",
        str(data),
    ]
    with server(
        "rclone serve s3",
        command,
        log=folder / "rclone.log",
        ready=lambda: is_listening(port, host),
        environment={
            **os.environ,
            "RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"',
        },
    ):
        yield {
            "S3_ACCESS_KEY_ID": access_key,
            "S3_SECRET_ACCESS_KEY": secret_key,
            "S3_REGION": REGION,
            "S3_ENDPOINT_URL": f"http://{host}:{port}",
            "S3_BUCKET_NAME": BUCKET,
            "S3_JOB_OUTPUTS_BUCKET_NAME": OUTPUT_BUCKET,
        }
