"""Real services for all tests, started once, and what every test needs."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from moderate.services.object_store import BUCKET, OUTPUT_BUCKET, object_store
from moderate.services.platform_api import PlatformApiDouble, platform_api
from moderate.services.postgres import postgres
from moderate.services.rabbitmq import (
    INSTALL,
    RabbitBroker,
    is_installed,
    rabbitmq,
)
from moderate.settings import service_settings
from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from tests.large_objects import SPARSE_SIZES, sparse_key
from tests.requirements import require
from tests.servers import silent_server
from tests.step_process import RunStep, StepRun, run_step

CONTENT_TYPE = "application/octet-stream"


SERVICES = frozenset({"s3", "_served_platform", "broker", "database_server"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that need a service as such."""
    for item in items:
        if SERVICES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.services)


@dataclass(frozen=True)
class ServedStore:
    """A running S3 server.

    Attributes:
        environment: The settings that reach it, by variable name.
        folder: Where its buckets are kept, as folders.
        store: A connection to it.
    """

    environment: Mapping[str, str]
    folder: Path
    store: ObjectStore

    @property
    def settings(self) -> BucketSettings:
        """The settings that reach it."""
        return service_settings(BucketSettings, self.environment)

    def put(
        self, key: str, content: str | bytes, bucket: str = BUCKET
    ) -> None:
        """Writes an object."""
        data = content.encode() if isinstance(content, str) else content
        self.store.upload(data, ObjectPlace(bucket, key), CONTENT_TYPE)

    def get(self, key: str, bucket: str = BUCKET) -> bytes:
        """Reads an object from the server's folder."""
        return (self.folder / bucket / key).read_bytes()


@dataclass(frozen=True)
class ServedPlatform:
    """A running double of the Platform API.

    Attributes:
        environment: The settings that reach it, by variable name.
        double: Its state.
    """

    environment: Mapping[str, str]
    double: PlatformApiDouble

    @property
    def settings(self) -> PlatformApiSettings:
        """The settings that reach it."""
        return service_settings(PlatformApiSettings, self.environment)


@dataclass(frozen=True)
class ServedDatabases:
    """A running PostgreSQL server.

    Attributes:
        environment: The settings that reach it, by variable name.
    """

    environment: Mapping[str, str]

    @property
    def settings(self) -> PostgresSettings:
        """The settings that reach it."""
        return service_settings(PostgresSettings, self.environment)


def _make_sparse_objects(bucket: Path) -> None:
    """Make large objects that take no space, before the server lists them."""
    for size in SPARSE_SIZES:
        file = bucket / sparse_key(size)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as content:
            content.truncate(size)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    """One S3 server for all tests; each uses keys of its own."""
    folder = tmp_path_factory.mktemp("s3")
    _make_sparse_objects(folder / "buckets" / BUCKET)
    with object_store(folder) as environment:
        settings = service_settings(BucketSettings, environment)
        yield ServedStore(
            environment, folder / "buckets", ObjectStore(settings)
        )


@pytest.fixture(scope="session")
def _served_platform() -> Iterator[ServedPlatform]:
    double = PlatformApiDouble()
    with platform_api(double) as environment:
        yield ServedPlatform(environment, double)


@pytest.fixture
def platform(_served_platform: ServedPlatform) -> ServedPlatform:
    """The Platform API double, without faults and without a history."""
    double = _served_platform.double
    double.failing = None
    double.statuses.clear()
    double.requests.clear()
    double.tokens.clear()
    double.objects.clear()
    double.trust.reset()
    return _served_platform


@pytest.fixture(scope="session")
def broker(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RabbitBroker]:
    """One RabbitMQ for all tests; each uses a queue of its own."""
    require(is_installed(), "RabbitMQ", INSTALL)
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as running:
        yield running


@pytest.fixture(scope="session")
def database_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ServedDatabases]:
    """One PostgreSQL for all tests; each uses databases or keys of its own."""
    with postgres(tmp_path_factory.mktemp("postgres")) as environment:
        yield ServedDatabases(environment)


@pytest.fixture
def key() -> str:
    """A key that no other test uses."""
    return f"tests/{uuid.uuid4()}.csv"


@pytest.fixture
def place(key: str) -> ObjectPlace:
    """A place that no other test uses."""
    return ObjectPlace(OUTPUT_BUCKET, key)


@pytest.fixture(scope="session")
def silent_url() -> Iterator[str]:
    """The URL of a server that accepts requests and never answers."""
    with silent_server() as url:
        yield url


@pytest.fixture
def step(tmp_path: Path) -> RunStep:
    """Runs a registered step as a process: arguments, then environment."""

    def run(*arguments: str, **environment: str) -> StepRun:
        return run_step(arguments, tmp_path / "outputs", environment)

    return run
