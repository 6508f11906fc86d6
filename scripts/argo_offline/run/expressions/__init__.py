"""The expression language of Argo: a subset of expr-lang, and ``when``."""

from argo_offline.run.expressions.evaluate import evaluate, evaluate_bool
from argo_offline.run.expressions.parse import identifiers, parse
from argo_offline.run.expressions.when import should_execute

__all__ = [
    "evaluate",
    "evaluate_bool",
    "identifiers",
    "parse",
    "should_execute",
]
