"""Checks each service, and prints what to do about one that fails."""

import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict

from steps.clients.keycloak_settings import KeycloakSettings
from steps.clients.object_store import BucketSettings
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.connections.broker import ask_broker
from steps.connections.connection import Connection, Question, ask_all
from steps.connections.services import (
    ask_keycloak,
    ask_open_metadata,
    ask_platform,
    ask_postgres,
    ask_store,
)
from steps.contract.errors import (
    BadSettingsError,
    ModerateError,
    TemporaryError,
)
from steps.contract.step import Retry, step
from steps.relay.settings import RabbitSettings

Service = Literal[
    "keycloak", "open-metadata", "platform-api", "postgres", "rabbitmq", "s3"
]
QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "platform_api": Question(PlatformApiSettings, ask_platform),
        "s3": Question(BucketSettings, ask_store),
        "rabbitmq": Question(RabbitSettings, ask_broker),
        "postgres": Question(PostgresSettings, ask_postgres),
        "keycloak": Question(KeycloakSettings, ask_keycloak),
        "open_metadata": Question(OpenMetadataSettings, ask_open_metadata),
    }
)

log = logging.getLogger(__name__)


class CheckInputs(BaseModel):
    """What is to be checked.

    Attributes:
        required: The services that must be set up; all others only must
            answer where they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    required: list[Service] = []


class CheckOutputs(BaseModel):
    """What was found out.

    Attributes:
        connections: One for each service.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    connections: list[Connection]


@step(
    "check-connections",
    deadline_seconds=300,
    retry=Retry(limit=2, pause_seconds=5),
)
def check(
    inputs: CheckInputs,
    *,
    platform_api: PlatformApiSettings | BadSettingsError,
    s3: BucketSettings | BadSettingsError,
    rabbitmq: RabbitSettings | BadSettingsError,
    postgres: PostgresSettings | BadSettingsError,
    keycloak: KeycloakSettings | BadSettingsError,
    open_metadata: OpenMetadataSettings | BadSettingsError,
) -> CheckOutputs:
    """Checks each service, and prints what to do about one that fails.

    Args:
        inputs: Which services are required.
        platform_api: The Platform API, or what is wrong with its settings.
        s3: The object store, or what is wrong with its settings.
        rabbitmq: The message broker, or what is wrong with its settings.
        postgres: The database server, or what is wrong with its settings.
        keycloak: Keycloak, or what is wrong with its settings.
        open_metadata: OpenMetadata, or what is wrong with its settings.

    Returns:
        What was found out about each.

    Raises:
        BadSettingsError: A service cannot be used until somebody acts.
        TemporaryError: All that is wrong may pass by itself.
    """
    connections = ask_all(
        QUESTIONS,
        {
            "platform_api": platform_api,
            "s3": s3,
            "rabbitmq": rabbitmq,
            "postgres": postgres,
            "keycloak": keycloak,
            "open_metadata": open_metadata,
        },
        inputs.required,
    )
    for connection in connections:
        level = logging.ERROR if connection.error else logging.INFO
        log.log(level, "%s", connection)
    failure = failure_of(connections)
    if failure:
        raise failure
    return CheckOutputs(connections=connections)


def failure_of(connections: Sequence[Connection]) -> ModerateError | None:
    """Sums up what is wrong with services.

    Args:
        connections: What was found out about each.

    Returns:
        The error to end with; None where each one that is set up, or has to
        be, can be used.
    """
    unusable = [item for item in connections if item.error]
    if not unusable:
        return None
    names = ", ".join(item.service for item in unusable)
    summary = (
        f"{len(unusable)} of {len(connections)} services cannot be used: "
        f"{names}. The lines above name what to do."
    )
    if all(item.temporary for item in unusable):
        return TemporaryError(summary)
    return BadSettingsError(summary)
