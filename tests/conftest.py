"""Real services for all tests, started once, and what every test needs."""

import os
import shutil
import signal
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from keycloak import KeycloakAdmin

from checkout.images import OPENMETADATA, install
from local_services.keycloak import (
    keycloak,
)
from local_services.object_store import BUCKET, OUTPUT_BUCKET, object_store
from local_services.open_metadata.serving import (
    ServedOpenMetadata,
    open_metadata,
)
from local_services.platform_api import PlatformApiDouble, platform_api
from local_services.postgres import postgres
from local_services.rabbitmq import RabbitBroker, rabbitmq
from steps.clients.keycloak_settings import KeycloakSettings
from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from tests.large_objects import SPARSE_SIZES, sparse_key
from tests.requirements import JAVA, RABBITMQ, SKIPPED_FOR, require
from tests.servers import silent_server
from tests.step_process import RunStep, StepRun, run_step

CONTENT_TYPE = "application/octet-stream"


CROWD = 10_000
# Their tests run in one worker each.
SLOW_SERVICES = (
    "_started_stack",
    "keycloak_server",
    "_served_open_metadata",
    "broker",
)
SERVICES = frozenset(
    {
        "s3",
        "_served_platform",
        "broker",
        "database_server",
        "keycloak_server",
        "_served_open_metadata",
        "_started_stack",
    }
)


TEMPORARY_VARIABLE = "TMPDIR"
FOLDER_PREFIX = "moderate-tests-"
ENTERED_BY_ALL = 0o711
_temporary = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Gives a run its own temporary folder, and lets it be interrupted.

    What a shell starts in the background ignores SIGINT, and so does what it
    starts itself.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        folder.chmod(ENTERED_BY_ALL)
        config.stash[_temporary] = folder
        os.environ[TEMPORARY_VARIABLE] = str(folder)
    tempfile.tempdir = None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes the run's temporary folder."""
    if _temporary in config.stash:
        shutil.rmtree(config.stash[_temporary], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that need a service, and keeps together who share it.

    With several workers, each group of tests runs in one of them, so that a
    server that is slow to start is started once.
    """
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if SERVICES & used:
            item.add_marker(pytest.mark.services)
        slow = [name for name in SLOW_SERVICES if name in used]
        group = slow[0] if slow else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401
    """Counts the tests that were skipped, by what the machine lacks."""
    lacking = Counter(
        report.longrepr[2].partition(SKIPPED_FOR)[2]
        for report in terminalreporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
        and SKIPPED_FOR in report.longrepr[2]
    )
    for what, count in sorted(lacking.items()):
        terminalreporter.write_line(f"{count} tests skipped, no {what}")


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
        return BucketSettings.of(self.environment)

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
        return PlatformApiSettings.of(self.environment)


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
        return PostgresSettings.of(self.environment)


@dataclass(frozen=True)
class ServedKeycloak:
    """A running Keycloak.

    Attributes:
        environment: The settings that reach its realm with a few users, by
            variable name.
    """

    environment: Mapping[str, str]

    def environment_of(self, realm: str) -> Mapping[str, str]:
        """Returns the settings that reach one of its realms."""
        return {**self.environment, "KEYCLOAK_MAIN_REALM_NAME": realm}

    def settings_of(self, realm: str) -> KeycloakSettings:
        """Returns the settings that reach one of its realms."""
        return KeycloakSettings.of(self.environment_of(realm))

    def admin(self, realm: str) -> KeycloakAdmin:
        """Opens a connection that may change a realm."""
        return KeycloakAdmin(
            server_url=self.environment["KEYCLOAK_SERVER_URL"] + "/",
            username=self.environment["KEYCLOAK_ADMIN_USERNAME"],
            password=self.environment["KEYCLOAK_ADMIN_PASSWORD"],
            realm_name=realm,
            user_realm_name="master",
        )

    @contextmanager
    def joined(self, realm: str, *usernames: str) -> Iterator[None]:
        """Adds users to a realm for the length of a test."""
        admin = self.admin(realm)
        ids = [
            admin.create_user({"username": name, "enabled": True})
            for name in usernames
        ]
        try:
            yield
        finally:
            for user in ids:
                admin.delete_user(user)


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
        settings = BucketSettings.of(environment)
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
    double.reset()
    return _served_platform


@pytest.fixture(scope="session")
def _served_open_metadata(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ServedOpenMetadata]:
    folder = tmp_path_factory.mktemp("open-metadata")
    python = install(OPENMETADATA) / "bin/python"
    with open_metadata(folder, python) as running:
        yield running


@pytest.fixture
def catalog_server(
    _served_open_metadata: ServedOpenMetadata,
) -> ServedOpenMetadata:
    """The OpenMetadata double, empty, without faults and a history."""
    _served_open_metadata.double.reset()
    return _served_open_metadata


@pytest.fixture(scope="session")
def broker(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RabbitBroker]:
    """One RabbitMQ for all tests; each uses a queue of its own."""
    require(RABBITMQ)
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as running:
        yield running


@pytest.fixture(scope="session")
def database_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ServedDatabases]:
    """One PostgreSQL for all tests; each uses databases or keys of its own."""
    with postgres(tmp_path_factory.mktemp("postgres")) as environment:
        yield ServedDatabases(environment)


@pytest.fixture(scope="session")
def keycloak_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ServedKeycloak]:
    """One Keycloak for all tests; the first start ever takes minutes.

    Its realms: ``moderate`` has a few users, ``empty`` none, and ``crowd``
    has 10,000 users, ``user-000001@example.org`` and so on.
    """
    require(JAVA)
    folder = tmp_path_factory.mktemp("keycloak")
    with keycloak(folder, crowd=CROWD) as environment:
        yield ServedKeycloak(environment)


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
