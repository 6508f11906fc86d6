"""What the stack's services are called, and where each one is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from checkout.paths import DOTENV, SERVICES


class Name(StrEnum):
    """A service, as the check of connections calls it."""

    POSTGRES = "postgres"
    RABBITMQ = "rabbitmq"
    S3 = "s3"
    PLATFORM_API = "platform-api"
    KEYCLOAK = "keycloak"
    OPEN_METADATA = "open-metadata"


PORTS: Mapping[Name, str] = MappingProxyType(
    {
        Name.POSTGRES: "POSTGRES_PORT",
        Name.RABBITMQ: "RABBITMQ_PORT",
        Name.S3: "S3_PORT",
        Name.PLATFORM_API: "PLATFORM_API_PORT",
        Name.KEYCLOAK: "KEYCLOAK_PORT",
        Name.OPEN_METADATA: "OPEN_METADATA_PORT",
    }
)


@dataclass(frozen=True)
class Stack:
    """One set of services.

    Attributes:
        dotenv: Its settings.
        folder: Where its processes keep their data and logs.
    """

    dotenv: Path = DOTENV
    folder: Path = SERVICES


def address(name: Name, values: Mapping[str, str]) -> str:
    """Returns where a service is.

    Args:
        name: The service.
        values: The stack's settings by variable name.

    Returns:
        Its URL, or its host and port.
    """
    urls = {
        Name.S3: "S3_ENDPOINT_URL",
        Name.PLATFORM_API: "API_BASE_URL",
        Name.KEYCLOAK: "KEYCLOAK_SERVER_URL",
    }
    if name in urls:
        return values[urls[name]]
    port = values[PORTS[name]]
    if name is Name.OPEN_METADATA:
        return f"http://{values['OPEN_METADATA_HOST']}:{port}"
    return f"{values['POSTGRES_HOST']}:{port}"
