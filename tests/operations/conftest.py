"""What the tests of operations share."""

from pathlib import Path

import pytest

from tests.operations.stand_in import StandIn


@pytest.fixture
def kubectl(tmp_path: Path) -> StandIn:
    """A kubectl that records and does nothing."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return StandIn(folder, "kubectl")
