"""The registry of all rules."""

from moderate.lint import (
    argument_rules,
    core_rules,
    fan_out_rules,
    graph_rules,
    house_pod_rules,
    house_workflow_rules,
    image_rules,
    name_rules,
    reference_rules,
    schedule_rules,
    schema_rules,
    secret_rules,
    structure_rules,
    tag_rules,
    template_rules,
    version_rules,
    yaml_rules,
)
from moderate.lint.finding import Rule

RULES: tuple[Rule, ...] = (
    *yaml_rules.RULES,
    *core_rules.RULES,
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
    *image_rules.RULES,
    *house_pod_rules.RULES,
    *house_workflow_rules.RULES,
    *secret_rules.RULES,
)
