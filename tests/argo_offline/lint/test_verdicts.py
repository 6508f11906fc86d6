"""What ``argo lint`` refuses, and what it accepts, lint does too.

``verdicts/refused`` and ``verdicts/accepted`` are what ``argo lint --offline``
of the pinned version printed. ``verdicts/refused-late`` it accepts, and the
controller ends the node in an error or waits for ever.
"""

import subprocess
from pathlib import Path

import pytest

from argo_offline.lint import ARGO_RULES, lint
from tests.requirements import ARGO, require

VERDICTS = Path(__file__).with_name("verdicts")


def files(*groups: str) -> list[Path]:
    """List the manifests of some groups."""
    return [
        file
        for group in groups
        for file in sorted((VERDICTS / group).glob("*.yaml"))
    ]


def name(file: Path) -> str:
    """Name a manifest in a test's id."""
    return file.stem


@pytest.mark.parametrize("file", files("refused", "refused-late"), ids=name)
def test_what_argo_refuses_is_refused(file: Path) -> None:
    assert lint([file], ARGO_RULES)


@pytest.mark.parametrize("file", files("accepted"), ids=name)
def test_what_argo_accepts_is_accepted(file: Path) -> None:
    assert lint([file], ARGO_RULES) == []


@pytest.mark.parametrize(
    "file", files("refused", "refused-late", "accepted"), ids=name
)
def test_argo_gives_the_recorded_verdict(file: Path) -> None:
    require(ARGO)
    done = subprocess.run(
        ["argo", "lint", "--offline", str(file)],
        check=False,
        capture_output=True,
    )
    assert bool(done.returncode) is (file.parent.name == "refused")
