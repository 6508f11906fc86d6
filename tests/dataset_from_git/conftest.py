"""Repositories for the tests of datasets."""

from pathlib import Path

import pytest

from tests.dataset_from_git.repositories import (
    INSTALL,
    Hub,
    Origin,
    is_installed,
    make_origin,
)
from tests.requirements import require


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """What stands for GitHub, without any repository."""
    require(is_installed(), "Git and Git LFS", INSTALL)
    return Hub(tmp_path / "hub")


@pytest.fixture
def origin(hub: Hub) -> Origin:
    """An empty repository without Git LFS."""
    return make_origin(hub.folder / "origin", "main")


@pytest.fixture
def lfs_origin(hub: Hub) -> Origin:
    """An empty repository that keeps CSV files in Git LFS."""
    return make_origin(hub.folder / "lfs-origin", "main", lfs=True)
