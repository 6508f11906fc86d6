"""The expressions of Argo: expr-lang, and the language of ``when``.

All of expr-lang is parsed. What has a value here has Argo's; the rest is an
``ExpressionError`` by its text alone, before anything is evaluated.
"""

from argo_offline.expressions.evaluate import evaluate, evaluate_bool
from argo_offline.expressions.parser import parse
from argo_offline.expressions.types import (
    STATUSES,
    Variables,
    check,
    check_truth,
)
from argo_offline.expressions.variables import (
    ROOTS,
    expand,
    identifiers,
    missing_names,
    named,
    unknown_names,
)
from argo_offline.expressions.when import check_when, should_execute

__all__ = [
    "ROOTS",
    "STATUSES",
    "Variables",
    "check",
    "check_truth",
    "check_when",
    "evaluate",
    "evaluate_bool",
    "expand",
    "identifiers",
    "missing_names",
    "named",
    "parse",
    "should_execute",
    "unknown_names",
]
