"""The expression language of Argo: a subset of expr-lang, and ``when``."""

from moderate.local_run.expressions.evaluate import evaluate, evaluate_bool
from moderate.local_run.expressions.parse import identifiers, parse
from moderate.local_run.expressions.when import should_execute

__all__ = [
    "evaluate",
    "evaluate_bool",
    "identifiers",
    "parse",
    "should_execute",
]
