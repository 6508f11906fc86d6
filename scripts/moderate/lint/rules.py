"""The registry of all rules."""

from moderate.lint import reference_rules, yaml_rules
from moderate.lint.finding import Rule

RULES: tuple[Rule, ...] = (
    *yaml_rules.RULES,
    *reference_rules.RULES,
)
