"""Every user of a real Keycloak gets a DID, and the done are left out."""

from pathlib import Path

import pytest

from argo_offline.run.nodes import Phase
from local_services.keycloak import CROWD_REALM, EMPTY_REALM, REALM
from local_services.platform_api.trust import Kind
from local_services.process import LOOPBACK, free_port
from steps.clients.keycloak import KeycloakReader
from steps.clients.keycloak_settings import KeycloakSettings
from steps.contract.errors import TemporaryError
from steps.trust.inputs import (
    USERS,
    TrustBatch,
    TrustDiscovered,
    TrustDiscoverInputs,
)
from steps.trust_users.discover import discover
from steps.trust_users.ensure import ensure_dids
from tests.conftest import (
    CROWD,
    ServedDatabases,
    ServedKeycloak,
    ServedPlatform,
)
from tests.trust.pipeline import TrustPipeline, number, summary_of
from tests.trust.world import World

NEW = tuple(f"user-{number:06}@example.org" for number in (1, 5_000, 9_999))
ALL_DONE = """
INSERT INTO state.item (namespace, key, done_at)
SELECT 'trust-users', 'user-' || lpad(x::text, 6, '0') || '@example.org',
    clock_timestamp()
FROM generate_series(1, %s) AS x
"""
SOME_NEW = "DELETE FROM state.item WHERE key = ANY(%s)"


def missing(
    world: World, settings: KeycloakSettings, **inputs: int
) -> TrustDiscovered:
    """Find users without a DID."""
    found: TrustDiscovered = discover(
        TrustDiscoverInputs(**inputs),
        keycloak=settings,
        postgres=world.postgres,
    )
    return found


def items(found: TrustDiscovered) -> list[str]:
    """Return the users that a run takes."""
    return [
        item
        for batch in found.batches
        for item in TrustBatch.model_validate_json(batch.content).items
    ]


def test_every_user_of_the_realm_gets_a_did(
    world: World, keycloak_server: ServedKeycloak
) -> None:
    settings = keycloak_server.settings_of(REALM)
    names = {user.username for user in KeycloakReader(settings).users()}
    total = world.bring_about(missing(world, settings), ensure_dids)
    assert total.made == len(names)
    assert world.platform.trust.dids.keys() == names


def test_of_many_users_the_new_ones_are_found(
    world: World, keycloak_server: ServedKeycloak
) -> None:
    world.sql(ALL_DONE, CROWD)
    world.sql(SOME_NEW, list(NEW))
    found = missing(world, keycloak_server.settings_of(CROWD_REALM))
    assert items(found) == list(NEW)
    assert (found.seen, found.done) == (CROWD, CROWD - len(NEW))


def test_a_run_takes_no_more_than_its_limit(
    world: World, keycloak_server: ServedKeycloak
) -> None:
    settings = keycloak_server.settings_of(CROWD_REALM)
    found = missing(world, settings, limit=500)
    assert len(set(items(found))) == found.due == 500


def test_a_run_has_one_batch_for_each_slot(
    world: World, keycloak_server: ServedKeycloak
) -> None:
    settings = keycloak_server.settings_of(CROWD_REALM)
    found = missing(world, settings, limit=500)
    assert len(found.batches) == TrustDiscoverInputs().at_a_time


def test_a_realm_without_users_has_nothing_to_do(
    world: World, keycloak_server: ServedKeycloak
) -> None:
    found = missing(world, keycloak_server.settings_of(EMPTY_REALM))
    assert (found.batches, found.seen) == ([], 0)


def test_while_keycloak_is_down_the_step_is_worth_repeating(
    world: World,
) -> None:
    values = {
        "KEYCLOAK_SERVER_URL": f"http://{LOOPBACK}:{free_port()}",
        "KEYCLOAK_ADMIN_USERNAME": "workflows",
        "KEYCLOAK_ADMIN_PASSWORD": "any",
    }
    settings = KeycloakSettings.of(values)
    with pytest.raises(TemporaryError, match="Keycloak did not answer"):
        missing(world, settings)


def test_the_pipeline_gives_every_user_a_did(
    world: World,
    keycloak_server: ServedKeycloak,
    platform: ServedPlatform,
    database_server: ServedDatabases,
    tmp_path: Path,
) -> None:
    settings = {
        **platform.environment,
        **database_server.environment,
        **keycloak_server.environment_of(REALM),
    }
    reader = KeycloakReader(keycloak_server.settings_of(REALM))
    names = {user.username for user in reader.users()}
    result = TrustPipeline(USERS, settings, tmp_path).run()
    assert result.phase is Phase.SUCCEEDED
    assert number(summary_of(result), "made") == len(names)
    assert sorted(world.entries()) == sorted(
        (Kind.DID, name) for name in names
    )
