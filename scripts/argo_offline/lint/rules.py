"""The registry of Argo's rules."""

from argo_offline.lint import (
    argument_rules,
    fan_out_rules,
    graph_rules,
    name_rules,
    reference_rules,
    schedule_rules,
    schema_rules,
    structure_rules,
    tag_rules,
    template_rules,
    version_rules,
    yaml_rules,
)
from argo_offline.lint.rule import Rule

RULES: tuple[Rule, ...] = (
    *yaml_rules.RULES,
    *schema_rules.RULES,
    *name_rules.RULES,
    *structure_rules.RULES,
    *template_rules.RULES,
    *argument_rules.RULES,
    *graph_rules.RULES,
    *fan_out_rules.RULES,
    *tag_rules.RULES,
    *reference_rules.RULES,
    *schedule_rules.RULES,
    *version_rules.RULES,
)
