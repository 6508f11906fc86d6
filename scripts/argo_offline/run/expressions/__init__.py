"""The expressions of Argo: a subset of expr-lang, and ``when``.

What is accepted gives Argo's result; the rest is an ``ExpressionError``.
"""

from argo_offline.run.expressions.evaluate import evaluate, evaluate_bool
from argo_offline.run.expressions.parse import identifiers, parse
from argo_offline.run.expressions.types import (
    Variables,
    check,
    check_truth,
)
from argo_offline.run.expressions.when import check_when, should_execute

__all__ = [
    "Variables",
    "check",
    "check_truth",
    "check_when",
    "evaluate",
    "evaluate_bool",
    "identifiers",
    "parse",
    "should_execute",
]
