"""``python -m local_services.platform_api``: the double, with an example.

The environment names its S3 store and its account's password.
"""

import argparse
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from local_services.example import upload_example
from local_services.platform_api.double import PlatformApiDouble
from local_services.platform_api.serving import platform_api
from local_services.platform_api.upload import UploadBucket
from local_services.process import LOOPBACK
from steps.clients.object_store import BucketSettings, ObjectStore

PASSWORD_VARIABLE = "API_PASSWORD"  # noqa: S105  (the variable's name)


@contextmanager
def platform_with_example(
    values: Mapping[str, str], port: int, host: str = LOOPBACK
) -> Iterator[None]:
    """Serves the double: uploads go to the store, and a first job waits.

    Args:
        values: Settings by variable name: its password and its store's.
        port: The port to listen on.
        host: The address to listen on.

    Yields:
        Once it serves, and the example is uploaded.

    Raises:
        UnavailableError: It did not start.
        ModerateError: The store refused the example.
    """
    double = PlatformApiDouble(password=values[PASSWORD_VARIABLE])
    double.assets.upload_bucket = UploadBucket(values)
    store = ObjectStore(BucketSettings.of(values))
    upload_example(store, double)
    with platform_api(double, host, port=port):
        yield


def main() -> None:
    """Serves until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    with platform_with_example(os.environ, options.port, options.host):
        threading.Event().wait()


if __name__ == "__main__":
    main()
