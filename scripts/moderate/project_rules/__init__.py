"""The rules of this repository for its own manifests, beside Argo's."""

from argo_offline.lint import LOCAL_RULES, RULES
from argo_offline.lint.rule import Rule
from moderate.project_rules import (
    event_rules,
    fan_out_rules,
    file_rules,
    kubernetes_rules,
    pod_rules,
    secret_rules,
    workflow_rules,
)
from moderate.project_rules.group import PROJECT

__all__ = ["ALL_RULES", "PROJECT", "PROJECT_RULES"]

PROJECT_RULES: tuple[Rule, ...] = (
    *file_rules.RULES,
    *kubernetes_rules.RULES,
    *fan_out_rules.RULES,
    *pod_rules.RULES,
    *workflow_rules.RULES,
    *event_rules.RULES,
    *secret_rules.RULES,
)
ALL_RULES: tuple[Rule, ...] = (*RULES, *LOCAL_RULES, *PROJECT_RULES)
