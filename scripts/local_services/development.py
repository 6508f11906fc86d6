"""Every service that the pipelines need, at well-known ports."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_services.example import upload_example
from local_services.object_store import object_store
from local_services.platform_api import PlatformApiDouble, platform_api
from local_services.postgres import postgres
from local_services.process import LOOPBACK
from local_services.rabbitmq import rabbitmq
from steps.clients.object_store import BucketSettings, ObjectStore
from steps.matrix_profile.message import MatrixProfileMessage

PASSWORD = "development"  # noqa: S105  (guards nothing, and is documented)
POSTGRES_PORT = 5432
RABBITMQ_PORT = 5672
PLATFORM_API_PORT = 8000
S3_PORT = 9000


@dataclass(frozen=True)
class Development:
    """The services, running.

    Attributes:
        values: The settings that reach them, by variable name.
        message: A message whose job and series are there.
    """

    values: Mapping[str, str]
    message: MatrixProfileMessage


@contextmanager
def development(folder: Path, host: str = LOOPBACK) -> Iterator[Development]:
    """Serves all of them; everything ends with the block.

    Args:
        folder: Where they keep their data.
        host: The address that they listen on.

    Yields:
        The services.

    Raises:
        UnavailableError: One is not installed or did not start.
    """
    double = PlatformApiDouble(password=PASSWORD)
    with ExitStack() as stack:
        broker = stack.enter_context(
            rabbitmq(
                folder,
                host,
                port=RABBITMQ_PORT,
                password=PASSWORD,
            )
        )
        values = {
            **broker.settings,
            **stack.enter_context(
                postgres(folder, host, port=POSTGRES_PORT, password=PASSWORD)
            ),
            **stack.enter_context(
                object_store(
                    folder / "s3",
                    host=host,
                    port=S3_PORT,
                    keys=(PASSWORD, PASSWORD),
                )
            ),
            **stack.enter_context(
                platform_api(double, host, port=PLATFORM_API_PORT)
            ),
        }
        store = ObjectStore(BucketSettings.of(values))
        yield Development(values, upload_example(store, double))
