"""What every test of the trust pipelines needs."""

import pytest

from tests.conftest import ServedDatabases, ServedPlatform
from tests.trust.world import World, empty_world


@pytest.fixture
def world(platform: ServedPlatform, database_server: ServedDatabases) -> World:
    """The steps' surroundings, in which nothing has happened."""
    return empty_world(platform, database_server)
