"""Counts the users of the platform."""

import logging

from pydantic import BaseModel, ConfigDict

from steps.clients.keycloak_settings import KeycloakSettings
from steps.contract.step import step

log = logging.getLogger(__name__)


class CountInputs(BaseModel):
    """Nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CountOutputs(BaseModel):
    """How many users there are.

    Attributes:
        users: Their number, service accounts left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    users: int


@step("keycloak-users-count", deadline_seconds=300)
def count(_: CountInputs, keycloak: KeycloakSettings) -> CountOutputs:
    """Counts the users of the platform.

    Args:
        keycloak: Where Keycloak is, and whose users to count.

    Returns:
        How many there are.

    Raises:
        ModerateError: Keycloak refused or failed.
    """
    from steps.clients.keycloak import KeycloakReader

    users = KeycloakReader(keycloak).count_users()
    log.info(
        "The realm %r has %d users", keycloak.keycloak_main_realm_name, users
    )
    return CountOutputs(users=users)
