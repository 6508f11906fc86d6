"""Fixtures of the tests of lint."""

from collections.abc import Callable
from pathlib import Path

import pytest

from argo_offline.lint import Finding, lint
from tests.argo_offline.lint.good import Good, good

Check = Callable[[Callable[[Good], object]], list[Finding]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Break the good manifests in one way and lint them by Argo's rules."""

    def broken(change: Callable[[Good], object]) -> list[Finding]:
        manifests = good()
        change(manifests)
        manifests.write(tmp_path)
        return lint(tmp_path)

    return broken
