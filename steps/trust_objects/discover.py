"""Finds asset objects that have no proof."""

import logging
from collections.abc import Iterator

from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.step import step
from steps.trust.inputs import OBJECTS, TrustDiscovered, TrustDiscoverInputs

log = logging.getLogger(__name__)


@step("trust-objects-discover", deadline_seconds=600)
def discover(
    inputs: TrustDiscoverInputs,
    api: PlatformApiSettings,
    postgres: PostgresSettings,
) -> TrustDiscovered:
    """Finds asset objects that have no proof, and are due.

    Args:
        inputs: How much the run may do.
        api: The Platform API.
        postgres: Where the state is.

    Returns:
        The objects in batches, and how many there are of each kind.

    Raises:
        ModerateError: A service refused or failed.
    """
    from steps.state.state import State
    from steps.trust.batcher import Batcher

    batcher = Batcher(inputs)
    keyless = 0
    with State(postgres, OBJECTS) as state:
        for keys, without_key in _pages(api):
            keyless += without_key
            batcher.take(state.statuses(keys))
            if batcher.is_full:
                break
    found = batcher.discovered(without_key=keyless)
    if keyless:
        log.warning("%d rows have no key and are never tried", keyless)
    log.info("Found %s", found.model_dump(exclude={"batches"}))
    return found


def _pages(api: PlatformApiSettings) -> Iterator[tuple[list[str], int]]:
    """Yields the objects of a page, and how many rows have no key."""
    from steps.clients.platform_api import PlatformApi
    from steps.clients.platform_api.asset_objects import (
        objects_without_proof,
    )

    with PlatformApi(api) as platform:
        for page in objects_without_proof(platform):
            keys = [str(one.id) for one in page.objects if one.key]
            without = len(page.objects) - len(keys) + page.unreadable
            yield keys, without
