"""Fixtures of the tests of this repository's own rules."""

from collections.abc import Callable
from pathlib import Path

import pytest

from argo_offline.lint import Finding, lint
from moderate.project_rules import ALL_RULES
from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.good import Good, good


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Break the good manifests in one way and lint them by all rules."""

    def broken(change: Callable[[Good], object]) -> list[Finding]:
        manifests = good()
        change(manifests)
        manifests.write(tmp_path)
        return lint(tmp_path, ALL_RULES)

    return broken
