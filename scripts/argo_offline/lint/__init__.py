"""Checks on rendered Argo manifests.

Hera accepts most wrong workflows and Argo finds many of them only when they
run. These rules read the rendered files, one object each, and never import
Hera::

    for finding in lint(Path("charts/moderate-workflows/rendered")):
        print(finding.file, finding.where, finding.message)
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from argo_offline.lint.finding import Finding, Group, Rule
from argo_offline.lint.folder import read
from argo_offline.lint.rules import RULES

__all__ = ["RULES", "Finding", "Group", "Rule", "lint"]


def lint(
    folder_or_files: Path | Iterable[Path], rules: Sequence[Rule] = RULES
) -> list[Finding]:
    """Check rendered manifests.

    Args:
        folder_or_files: A folder, of which all YAML files below are checked,
            or single files. References between objects are resolved among
            these files.
        rules: The rules to apply, all by default.

    Returns:
        What is wrong, sorted by file, place and message; empty when nothing
        is.
    """
    folder = read(folder_or_files)
    return sorted(
        {
            replace(finding, rule=rule.name)
            for rule in rules
            for finding in rule.check(folder)
        }
    )
