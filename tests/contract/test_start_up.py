"""Starting a step is part of every fan-out item's cost."""

import pytest

from steps.registry import STEPS
from tests.imports import LIGHT, packages_loaded_by

LOAD_STEP = """\
from steps.contract.process import load_step
load_step(sys.argv[1])
"""


@pytest.mark.parametrize("name", STEPS)
def test_loading_a_step_imports_nothing_heavy(name: str) -> None:
    assert packages_loaded_by(LOAD_STEP, name) <= LIGHT
