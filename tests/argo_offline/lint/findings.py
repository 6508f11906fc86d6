"""Reading findings in tests."""

from argo_offline.lint import Finding


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
