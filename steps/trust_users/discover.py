"""Finds users who have no DID."""

import logging
from collections.abc import Iterator

from steps.clients.keycloak_settings import KeycloakSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.step import step
from steps.trust.inputs import USERS, TrustDiscovered, TrustDiscoverInputs

AT_A_TIME = 1_000

log = logging.getLogger(__name__)


@step("trust-users-discover", deadline_seconds=900)
def discover(
    inputs: TrustDiscoverInputs,
    keycloak: KeycloakSettings,
    postgres: PostgresSettings,
) -> TrustDiscovered:
    """Finds users who have no DID, and are due.

    Args:
        inputs: How much the run may do.
        keycloak: Where the users are.
        postgres: Where the state is.

    Returns:
        The users in batches, and how many there are of each kind.

    Raises:
        ModerateError: A service refused or failed.
    """
    from steps.state.state import State
    from steps.trust.batcher import Batcher

    batcher = Batcher(inputs)
    with State(postgres, USERS) as state:
        for usernames in _pages(keycloak):
            batcher.take(state.statuses(usernames))
            if batcher.is_full:
                break
    found = batcher.discovered()
    log.info("Found %s", found.model_dump(exclude={"batches"}))
    return found


def _pages(settings: KeycloakSettings) -> Iterator[list[str]]:
    """Yields usernames, so many at a time."""
    from steps.clients.keycloak import KeycloakReader

    page: list[str] = []
    for user in KeycloakReader(settings).users():
        page.append(user.username)
        if len(page) == AT_A_TIME:
            yield page
            page = []
    if page:
        yield page
