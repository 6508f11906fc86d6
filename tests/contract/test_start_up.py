"""Starting a step is part of every fan-out item's cost."""

import subprocess
import sys

import pytest

from steps.registry import STEPS
from tests.step_process import ROOT

HEAVY = (
    "boto3",
    "botocore",
    "fastapi",
    "hera",
    "httpx",
    "keycloak",
    "numpy",
    "pandas",
    "psycopg",
    "quickmp",
    "requests",
    "tenacity",
    "yaml",
)
PRINT_MODULES = """\
import sys
from steps.contract.process import load_step
load_step(sys.argv[1])
print(*sys.modules, sep="\\n")
"""


@pytest.mark.parametrize("name", STEPS)
def test_loading_a_step_imports_nothing_heavy(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINT_MODULES, name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    modules = {module.partition(".")[0] for module in done.stdout.split()}
    assert "steps" in modules
    assert not modules.intersection(HEAVY)
