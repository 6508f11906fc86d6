"""Operators of the expression language."""

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from argo_offline.run.errors import ExpressionError

Value = Any

_COMPARE: dict[str, Callable[[Value, Value], bool]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}
_ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": math.fmod,
    "**": lambda a, b: float(a) ** b,
    "^": lambda a, b: float(a) ** b,
}


def number(value: Value) -> Value:
    """Takes a number as it is.

    Args:
        value: Any value.

    Returns:
        The number.

    Raises:
        ExpressionError: It is no number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionError(f"{value!r} is not a number")
    return value


def compare(operator: str, left: Value, right: Value) -> bool:
    """Compares two values.

    Args:
        operator: ``==``, ``<``, ``in``, ``contains``, …
        left: The left value.
        right: The right value.

    Returns:
        What the comparison says.

    Raises:
        ExpressionError: The operator does not take these values.
    """
    if operator in {"==", "!="}:
        return _equal(left, right) == (operator == "==")
    if operator == "in":
        return _contained(left, right)
    if operator in _COMPARE:
        if not (isinstance(left, str) and isinstance(right, str)):
            number(left), number(right)
        return _COMPARE[operator](left, right)
    return _compare_text(operator, left, right)


def _compare_text(operator: str, left: Value, right: Value) -> bool:
    if not (isinstance(left, str) and isinstance(right, str)):
        raise ExpressionError(f"{operator} needs two strings")
    if operator == "matches":
        return re.search(right, left) is not None
    if operator == "contains":
        return right in left
    if operator == "startsWith":
        return left.startswith(right)
    return left.endswith(right)


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)


def _contained(item: Value, container: Value) -> bool:
    if isinstance(container, Mapping):
        return item in container
    if isinstance(container, list):
        return any(_equal(item, other) for other in container)
    if container is None:
        return False
    raise ExpressionError(f"{json.dumps(container)} is no list or map")


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    """Calculates with two numbers, or joins two strings.

    Args:
        operator: ``+``, ``-``, ``*``, ``/``, ``%``, ``**`` or ``^``.
        left: The left value.
        right: The right value.

    Returns:
        The result.

    Raises:
        ExpressionError: The values are not numbers.
    """
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    result = _ARITHMETIC[operator](number(left), number(right))
    if operator == "%":
        return int(result)
    return result
