"""Evaluation of expressions over a scope of variables."""

import math
import operator as operators
from collections.abc import Callable, Mapping
from typing import Any

from lark import Token, Tree

from argo_offline.run.errors import ExpressionError
from argo_offline.run.expressions.functions import (
    FUNCTIONS,
    read_pattern,
    string,
)
from argo_offline.run.expressions.parse import (
    Node,
    parse,
    path_of,
    read_string,
)
from argo_offline.run.expressions.types import Variables, check
from argo_offline.run.go_values import go_format

Value = Any
Scope = Mapping[str, Value]

_HALF, _WHOLE = 2**63, 2**64
_ORDER: dict[str, Callable[[Value, Value], bool]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
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
        method: Callable[..., Value] = getattr(self, f"_{node.data}")
        return method(*node.children)

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

    def _integer(self, token: Token) -> Value:
        return int(token)

    def _float(self, token: Token) -> Value:
        return float(token)

    def _string(self, token: Token) -> Value:
        return read_string(token)

    def _true(self) -> Value:
        return True

    def _false(self) -> Value:
        return False

    def _array(self, *items: Node | None) -> Value:
        return [self.value(item) for item in filter(None, items)]

    def _fallback(self, left: Node, right: Node) -> Value:
        value = self.value(left)
        return self.value(right) if value is None else value

    def _ternary(self, condition: Node, yes: Node, no: Node) -> Value:
        return self.value(yes if self.value(condition) else no)

    def _either(self, left: Node, right: Node) -> Value:
        return self.value(left) or self.value(right)

    def _both(self, left: Node, right: Node) -> Value:
        return self.value(left) and self.value(right)

    def _negate(self, node: Node) -> Value:
        return not self.value(node)

    def _minus(self, node: Node) -> Value:
        value = self.value(node)
        return _wrapped(-value) if isinstance(value, int) else -value

    def _power(self, base: Token, exponent: Token) -> Value:
        return float(int(base) ** int(exponent))

    def _compare(self, left: Node, operator: Node, right: Node) -> Value:
        name = str(operator.children[0])
        values = self._pair(left, right)
        if name in {"==", "!="}:
            if any(isinstance(value, Mapping) for value in values):
                raise ExpressionError(f"{name} does not take a map")
            return (values[0] == values[1]) is (name == "==")
        if not isinstance(values[0], int | float):
            values = string(values[0]), string(values[1])
        return _ORDER[name](*values)

    def _compare_text(self, left: Node, word: Node, right: Node) -> Value:
        text, part = string(self.value(left)), string(self.value(right))
        if word.children[0] == "contains":
            return part in text
        if word.children[0] == "startsWith":
            return text.startswith(part)
        return text.endswith(part)

    def _matches(self, text: Node, pattern: Token) -> Value:
        found = read_pattern(read_string(pattern))
        return found.search(string(self.value(text))) is not None

    def _contained(self, item: Node, array: Node) -> Value:
        value = self.value(item)
        wanted = value if isinstance(value, int) else string(value)
        return wanted in self.value(array)

    def _not_contained(self, item: Node, array: Node) -> Value:
        return not self._contained(item, array)

    def _arithmetic(self, left: Node, operator: Node, right: Node) -> Value:
        name = str(operator.children[0])
        first, second = self._pair(left, right)
        if not isinstance(first, int | float):
            return string(first) + string(second)
        if name == "/":
            return _quotient(float(first), float(second))
        if name == "%":
            return _remainder(int(first), int(second))
        calculate = {"+": operators.add, "-": operators.sub}
        result = calculate.get(name, operators.mul)(first, second)
        return _wrapped(result) if isinstance(result, int) else result

    def _closure(self, text: Token) -> Value:
        return read_string(text)

    def _call(self, callee: Node, arguments: Node | None) -> Value:
        name = ".".join(path_of(callee) or ())
        nodes = arguments.children if arguments else []
        values = [self.value(n) for n in nodes if isinstance(n, Tree)]
        return FUNCTIONS[name].apply(*values)

    def _pair(self, left: Node, right: Node) -> tuple[Value, Value]:
        first, second = self.value(left), self.value(right)
        if float in {type(first), type(second)}:
            return float(first), float(second)
        return first, second


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
