"""Evaluation of expressions over a scope of variables."""

import math
import operator as operators
from collections.abc import Callable, Mapping
from typing import Any

from argo_offline.errors import ExpressionError
from argo_offline.expressions.functions import (
    FUNCTIONS,
    read_pattern,
    string,
)
from argo_offline.expressions.parser import Node, parse
from argo_offline.expressions.types import Variables, check
from argo_offline.expressions.variables import missing_names, path_of
from argo_offline.go_values import go_format

Value = Any
Scope = Mapping[str, Value]

_HALF, _WHOLE = 2**63, 2**64
_ORDER: dict[str, Callable[[Value, Value], bool]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}
_TEXT_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "contains": operators.contains,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
}
# The left value that decides, so that the right one is not evaluated.
_LAZY = {"&&": False, "and": False, "||": True, "or": True, "??": None}
_LITERALS: dict[str, Callable[[str], Value]] = {
    "integer": int,
    "float": float,
    "string": str,
    "true": lambda _: True,
    "false": lambda _: False,
}


def evaluate(
    expression: str,
    scope: Scope,
    variables: Variables = Variables.TEXTS,
) -> Value:
    """Evaluates an expression.

    Args:
        expression: The expression.
        scope: The variables, nested by the parts of their names.
        variables: What the variables are.

    Returns:
        The value: None, bool, int, float, str, list or dict.

    Raises:
        ExpressionError: The expression is not supported, or at fault.
    """
    check(expression, variables)
    if variables is Variables.TRUTHS and missing_names(expression, scope):
        raise ExpressionError(f"{expression!r} names an unknown task")
    try:
        return _Evaluation(scope).value(parse(expression))
    except ExpressionError as error:
        raise ExpressionError(f"{expression!r}: {error}") from None


def evaluate_bool(
    expression: str,
    scope: Scope,
    variables: Variables = Variables.TEXTS,
) -> bool:
    """Evaluates an expression that has to be true or false.

    Args:
        expression: The expression.
        scope: The variables.
        variables: What the variables are.

    Returns:
        The truth value.

    Raises:
        ExpressionError: It cannot be evaluated, or is no truth value.
    """
    result = evaluate(expression, scope, variables)
    if not isinstance(result, bool):
        raise ExpressionError(
            f"unable to cast expression result '{go_format(result)}' to bool"
        )
    return result


class _Evaluation:
    """The types of ``check`` hold; only what depends on values fails."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def value(self, node: Node) -> Value:
        path = path_of(node)
        if path is not None:
            return self._variable(path)
        if node.kind in _LITERALS:
            return _LITERALS[node.kind](node.text)
        method: Callable[[Node], Value] = getattr(self, f"_{node.kind}")
        return method(node)

    def _variable(self, path: list[str]) -> Value:
        first, *members = path
        if first not in self._scope:
            raise ExpressionError(f"unknown name {first}")
        value = self._scope[first]
        for member in members:
            if not isinstance(value, Mapping):
                raise ExpressionError(f"cannot fetch {member}")
            value = value.get(member)
        return value

    def _array(self, node: Node) -> Value:
        return [self.value(item) for item in node.children]

    def _ternary(self, node: Node) -> Value:
        condition, yes, no = node.children
        return self.value(yes if self.value(condition) else no)

    def _unary(self, node: Node) -> Value:
        value = self.value(node.children[0])
        if node.text in {"!", "not"}:
            return not value
        if node.text == "-":
            return _wrapped(-value) if isinstance(value, int) else -value
        return value

    def _binary(self, node: Node) -> Value:
        operator, (left, right) = node.text, node.children
        value = self.value(left)
        if operator == "matches":
            return read_pattern(right.text).search(string(value)) is not None
        if operator not in _LAZY:
            return _applied(value, operator, self.value(right))
        decided = value is _LAZY[operator]
        if operator == "??":
            decided = value is not None
        return value if decided else self.value(right)

    def _predicate(self, node: Node) -> Value:
        return node.children[0].children[1].text

    def _call(self, node: Node) -> Value:
        callee, *arguments = node.children
        name = ".".join(path_of(callee) or ())
        return FUNCTIONS[name].apply(*map(self.value, arguments))


def _applied(left: Value, operator: str, right: Value) -> Value:
    if operator == "in":
        return (left if isinstance(left, int) else string(left)) in right
    if operator in _TEXT_OPERATORS:
        return _TEXT_OPERATORS[operator](string(left), string(right))
    if float in {type(left), type(right)}:
        left, right = float(left), float(right)
    if operator in {"==", "!="}:
        if any(isinstance(value, Mapping) for value in (left, right)):
            raise ExpressionError(f"{operator} does not take a map")
        return (left == right) is (operator == "==")
    numbers = isinstance(left, int | float)
    if not numbers:
        left, right = string(left), string(right)
    if operator in _ORDER:
        return _ORDER[operator](left, right)
    return _calculated(left, operator, right) if numbers else left + right


def _calculated(left: Value, operator: str, right: Value) -> Value:
    if operator == "/":
        return _quotient(float(left), float(right))
    if operator == "%":
        return _remainder(int(left), int(right))
    if operator in {"**", "^"}:
        return float(left**right)
    calculate = {"+": operators.add, "-": operators.sub}
    result = calculate.get(operator, operators.mul)(left, right)
    return _wrapped(result) if isinstance(result, int) else result


def _wrapped(value: int) -> int:
    return (value + _HALF) % _WHOLE - _HALF


def _quotient(left: float, right: float) -> float:
    if right:
        return left / right
    if not left or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def _remainder(left: int, right: int) -> int:
    size = abs(left) % right
    return -size if left < 0 else size
