"""How each of the stack's services is served without containers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType

from checkout.images import OPENMETADATA, install
from local_services.object_store import object_store
from local_services.open_metadata.serving import open_metadata
from local_services.platform_api.__main__ import platform_with_example
from local_services.postgres import postgres
from local_services.process import is_listening
from local_services.rabbitmq import rabbitmq
from local_services.stack.keycloak import development_keycloak
from local_services.stack.names import PORTS, Name
from local_services.waiting import wait_until

Serve = Callable[[Path, Mapping[str, str]], AbstractContextManager[object]]
STORE_SECONDS = 60.0


@contextmanager
def _postgres(folder: Path, values: Mapping[str, str]) -> Iterator[None]:
    port, password = values["POSTGRES_PORT"], values["POSTGRES_PASSWORD"]
    with postgres(folder, port=int(port), password=password):
        yield


@contextmanager
def _rabbitmq(folder: Path, values: Mapping[str, str]) -> Iterator[None]:
    port, password = values["RABBITMQ_PORT"], values["RABBITMQ_PASSWORD"]
    with rabbitmq(folder, port=int(port), password=password):
        yield


@contextmanager
def _store(folder: Path, values: Mapping[str, str]) -> Iterator[None]:
    with object_store(
        folder / "s3",
        port=int(values["S3_PORT"]),
        keys=(values["S3_ACCESS_KEY_ID"], values["S3_SECRET_ACCESS_KEY"]),
    ):
        yield


@contextmanager
def _platform(_: Path, values: Mapping[str, str]) -> Iterator[None]:
    store = int(values[PORTS[Name.S3]])
    wait_until(lambda: is_listening(store), STORE_SECONDS)
    with platform_with_example(values, int(values["PLATFORM_API_PORT"])):
        yield


@contextmanager
def _open_metadata(folder: Path, values: Mapping[str, str]) -> Iterator[None]:
    home = folder / "open-metadata"
    home.mkdir(exist_ok=True)
    with open_metadata(
        home,
        install(OPENMETADATA) / "bin/python",
        port=int(values["OPEN_METADATA_PORT"]),
        token=values["OPEN_METADATA_TOKEN"],
    ):
        yield


SERVED: Mapping[Name, Serve] = MappingProxyType(
    {
        Name.POSTGRES: _postgres,
        Name.RABBITMQ: _rabbitmq,
        Name.S3: _store,
        Name.PLATFORM_API: _platform,
        Name.KEYCLOAK: development_keycloak,
        Name.OPEN_METADATA: _open_metadata,
    }
)
