"""Repositories for the tests of datasets."""

from pathlib import Path

import pytest

from local_services.git_hub import Hub, Origin, make_origin
from local_services.platform_api import UploadBucket
from tests.conftest import ServedDatabases, ServedPlatform, ServedStore
from tests.dataset_from_git.world import World
from tests.requirements import GIT_LFS, require


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """What stands for GitHub, without any repository."""
    return Hub(tmp_path / "hub")


@pytest.fixture
def origin(hub: Hub) -> Origin:
    """An empty repository without Git LFS."""
    return make_origin(hub.folder / "origin", "main")


@pytest.fixture
def lfs_origin(hub: Hub) -> Origin:
    """An empty repository that keeps CSV files in Git LFS."""
    require(GIT_LFS)
    return make_origin(hub.folder / "lfs-origin", "main", lfs=True)


@pytest.fixture
def world(
    hub: Hub,
    platform: ServedPlatform,
    s3: ServedStore,
    database_server: ServedDatabases,
) -> World:
    """An empty platform, and no repository yet."""
    platform.double.assets.clear()
    platform.double.assets.upload_bucket = UploadBucket(s3.environment)
    made = World(hub, platform, s3, database_server.settings)
    made.clear()
    return made
