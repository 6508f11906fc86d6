"""Reading findings in tests."""

from collections.abc import Sequence
from pathlib import Path

from argo_offline.lint import RULES, Finding, Rule, lint

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
"""


def findings_in(
    folder: Path, content: str, rules: Sequence[Rule] = RULES
) -> list[Finding]:
    """Lint a folder of one file.

    Args:
        folder: The folder.
        content: The file's text.
        rules: The rules to apply.

    Returns:
        What lint finds.
    """
    (folder / "settings.yaml").write_text(content, "utf-8")
    return lint(folder, rules)


def of_rule(findings: list[Finding], rule: str) -> list[str]:
    """Write the findings of a rule as lines.

    Args:
        findings: All findings.
        rule: The rule's name.

    Returns:
        Place and message of each.
    """
    return [f"{f.where}: {f.message}" for f in findings if f.rule == rule]


def only(findings: list[Finding], rule: str) -> str:
    """Write the one finding that there is.

    Args:
        findings: All findings.
        rule: The rule that has to have found it.

    Returns:
        Place and message.
    """
    assert [f.rule for f in findings] == [rule], findings
    return of_rule(findings, rule)[0]
