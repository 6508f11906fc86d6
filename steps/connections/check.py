"""Asks each service whether it answers, and says what to do if not."""

import logging
import os
import time
from collections.abc import Callable
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from steps.clients.keycloak_settings import KeycloakSettings
from steps.clients.object_store import BucketSettings
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.connections.broker import ask_broker
from steps.connections.services import (
    ask_keycloak,
    ask_open_metadata,
    ask_platform,
    ask_postgres,
    ask_store,
)
from steps.contract.errors import (
    BadSettingsError,
    StepError,
    TemporaryError,
)
from steps.contract.settings import ServiceSettings
from steps.contract.step import Retry, step
from steps.relay.settings import RabbitSettings

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)
Service = Literal[
    "keycloak", "open-metadata", "platform-api", "postgres", "rabbitmq", "s3"
]

log = logging.getLogger(__name__)


class CheckInputs(BaseModel):
    """What is to be checked.

    Attributes:
        required: The services that must be set up; all others only must
            answer where they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    required: list[Service] = []


class Connection(BaseModel):
    """What was found out about a service.

    Attributes:
        service: Its name.
        configured: Whether any of the settings that it needs is set.
        seconds: How long it took to answer.
        error: Why it cannot be used and what to do, None where it can.
        temporary: Whether that may pass by itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    configured: bool
    seconds: float = 0
    error: str | None = None
    temporary: bool = False

    def __str__(self) -> str:
        """Returns one line for a person."""
        if self.error:
            return f"{self.service}: NOT USABLE. {self.error}"
        if not self.configured:
            return f"{self.service}: not configured, and not required"
        return f"{self.service}: answered in {self.seconds:.2f} s"


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
    """Asks each service whether it answers, and says what to do if not.

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
    required = inputs.required
    connections = [
        _check(PlatformApiSettings, platform_api, ask_platform, required),
        _check(BucketSettings, s3, ask_store, required),
        _check(RabbitSettings, rabbitmq, ask_broker, required),
        _check(PostgresSettings, postgres, ask_postgres, required),
        _check(KeycloakSettings, keycloak, ask_keycloak, required),
        _check(
            OpenMetadataSettings, open_metadata, ask_open_metadata, required
        ),
    ]
    for connection in connections:
        level = logging.ERROR if connection.error else logging.INFO
        log.log(level, "%s", connection)
    _raise_for(connections)
    return CheckOutputs(connections=connections)


def _check(
    kind: type[SettingsT],
    settings: SettingsT | BadSettingsError,
    ask: Callable[[SettingsT], None],
    required: list[Service],
) -> Connection:
    if isinstance(settings, BadSettingsError):
        configured = _is_any_set(kind)
        wanted = configured or kind.service in required
        return Connection(
            service=kind.service,
            configured=configured,
            error=str(settings) if wanted else None,
        )
    started = time.monotonic()
    failure: StepError | None = None
    try:
        ask(settings)
    except StepError as error:
        failure = error
    return Connection(
        service=kind.service,
        configured=True,
        seconds=round(time.monotonic() - started, 3),
        error=str(failure) if failure else None,
        temporary=isinstance(failure, TemporaryError),
    )


def _is_any_set(kind: type[ServiceSettings]) -> bool:
    return any(
        os.environ.get(variable)
        for variable, field in kind.variables().items()
        if field.is_required()
    )


def _raise_for(connections: list[Connection]) -> None:
    unusable = [item for item in connections if item.error]
    if not unusable:
        return
    names = ", ".join(item.service for item in unusable)
    summary = (
        f"{len(unusable)} of {len(connections)} services cannot be used: "
        f"{names}. The lines above say what to do."
    )
    if all(item.temporary for item in unusable):
        raise TemporaryError(summary)
    raise BadSettingsError(summary)
