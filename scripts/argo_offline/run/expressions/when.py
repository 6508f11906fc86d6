"""The language of ``when``: govaluate, with bare words as strings."""

import math
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, VisitError

from argo_offline.run.errors import ExpressionError

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": math.fmod,
    "**": lambda a, b: a**b,
}


def should_execute(when: str) -> bool:
    """Decides whether a task or step runs.

    Args:
        when: The expression, its tags already replaced; empty runs.

    Returns:
        Whether it runs.

    Raises:
        ExpressionError: The expression is malformed or no truth value.
    """
    if not when:
        return True
    try:
        result = _Evaluation().transform(_parser().parse(when))
    except VisitError as error:
        raise ExpressionError(
            f"Failed to evaluate 'when' expresion '{when}': {error.orig_exc}"
        ) from None
    except LarkError as error:
        reason = str(error).splitlines()[0]
        raise ExpressionError(
            f"Invalid 'when' expression '{when}': {reason} (hint: try "
            'wrapping the affected expression in quotes ("))'
        ) from None
    if not isinstance(result, bool):
        raise ExpressionError(
            f"Expected boolean evaluation for '{when}'. Got {result}"
        )
    return result


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("when.lark").read_text()
    return Lark(grammar, parser="lalr")


@v_args(inline=True)
class _Evaluation(Transformer[Token, Any]):
    def number(self, token: Token) -> float:
        if token.startswith("0x"):
            return float(int(token, 16))
        return float(token)

    def string(self, token: Token) -> str:
        quoted = token[0] in "'\"["
        return _ESCAPE.sub(r"\1", token[1:-1] if quoted else token)

    def true(self) -> bool:
        return True

    def false(self) -> bool:
        return False

    def array(self, *items: Any) -> list[Any]:
        return list(items)

    def negate(self, value: Any) -> bool:
        return not _truth(value)

    def signed(self, sign: Token, value: Any) -> float:
        return -_number(value) if sign == "-" else _number(value)

    def either(self, left: Any, right: Any) -> bool:
        return _truth(left) or _truth(right)

    def both(self, left: Any, right: Any) -> bool:
        return _truth(left) and _truth(right)

    def ternary(self, test: Any, yes: Any, no: Any) -> Any:
        return yes if _truth(test) else no

    def fallback(self, left: Any, right: Any) -> Any:
        return right if left is None else left

    def compare(self, left: Any, operator: Token, right: Any) -> bool:
        if operator in {"==", "!="}:
            same = type(left) is type(right) and left == right
            return bool(same == (operator == "=="))
        if operator in {"=~", "!~"}:
            found = re.search(str(right), str(left)) is not None
            return bool(found == (operator == "=~"))
        if operator.lower() == "in":
            return bool(left in right)
        if not (isinstance(left, str) and isinstance(right, str)):
            _number(left), _number(right)
        return _ORDER[operator](left, right)

    def arithmetic(self, left: Any, operator: Token, right: Any) -> Any:
        if operator == "+" and str in {type(left), type(right)}:
            return f"{left}{right}"
        if operator == "+":
            return _number(left) + _number(right)
        return _ARITHMETIC[operator](_number(left), _number(right))


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ExpressionError(
            f"Value '{value}' cannot be used with the logical operator, "
            "it is not a bool"
        )
    return value


def _number(value: Any) -> float:
    if not isinstance(value, float):
        raise ExpressionError(
            f"Value '{value}' cannot be used here, it is not a number"
        )
    return value
