"""Checks of manifests against the rules of Argo Workflows.

Hera accepts most wrong workflows and Argo finds many of them only when they
run. These rules read manifests, and never import Hera::

    for finding in lint(Path("my-workflows")):
        print(finding)
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from argo_offline.lint import (
    arguments,
    dag,
    expressions,
    fields,
    names,
    references,
    schedules,
    templates,
)
from argo_offline.lint.rule import ARGO, LOCAL, STRICT, Rule
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder, read

__all__ = [
    "ARGO",
    "ARGO_RULES",
    "LOCAL",
    "LOCAL_RULES",
    "RULES",
    "RUN_RULES",
    "STRICT",
    "SUBMISSION_RULES",
    "Finding",
    "Rule",
    "findings_in",
    "lint",
]

RULES: tuple[Rule, ...] = (
    *fields.RULES,
    *names.RULES,
    *templates.RULES,
    *arguments.RULES,
    *dag.RULES,
    *references.RULES,
    *expressions.RULES,
    *schedules.RULES,
)
ARGO_RULES = tuple(rule for rule in RULES if rule.group == ARGO)
LOCAL_RULES = (expressions.UNSUPPORTED,)
_REFUSED = (
    *(rule for rule in ARGO_RULES if not rule.runs),
    fields.FULL_DEFINITIONS,
)
# What a run is checked with: what Argo does not run, what its full definitions
# refuse, and what the local run lacks. The second with its values put in.
RUN_RULES = (*_REFUSED, *LOCAL_RULES)
SUBMISSION_RULES = (*_REFUSED, expressions.UNSUPPORTED_VALUES)


def lint(
    folder_or_files: Path | Iterable[Path], rules: Sequence[Rule] = RULES
) -> list[Finding]:
    """Check manifests.

    Args:
        folder_or_files: A folder, of which all YAML files below are checked,
            or single files. References between objects are resolved among
            these files.
        rules: The rules to apply, those of both groups by default.

    Returns:
        What is wrong, sorted by file, place and message; empty when nothing
        is.
    """
    return findings_in(read(folder_or_files), rules)


def findings_in(
    folder: Folder, rules: Sequence[Rule] = RULES
) -> list[Finding]:
    """Check manifests that have been read.

    Args:
        folder: The manifests.
        rules: The rules to apply, those of both groups by default.

    Returns:
        What is wrong, sorted by file, place and message.
    """
    return sorted(
        {
            replace(finding, rule=rule.name, group=rule.group)
            for rule in rules
            for finding in rule.check(folder)
        }
    )
