"""Evaluation of expressions over a scope of variables."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from lark import Token, Tree

from argo_offline.run.errors import ExpressionError
from argo_offline.run.expressions.functions import BUILTINS, PREDICATES
from argo_offline.run.expressions.literals import read_number, read_string
from argo_offline.run.expressions.operators import (
    arithmetic,
    compare,
    number,
)
from argo_offline.run.expressions.parse import Node, parse

Value = Any
Scope = Mapping[str, Value]

_POINTER = "#"


def evaluate(expression: str, scope: Scope) -> Value:
    """Evaluates an expression.

    Args:
        expression: The expression.
        scope: The variables, nested by the parts of their names.

    Returns:
        The value: None, bool, int, float, str, list or dict.

    Raises:
        ExpressionError: The expression cannot be parsed or evaluated.
    """
    try:
        return _Evaluation(scope).value(parse(expression))
    except ExpressionError:
        raise
    except (
        TypeError,
        ValueError,
        KeyError,
        IndexError,
        AttributeError,
        ArithmeticError,
        re.error,
    ) as error:
        raise ExpressionError(f"{expression!r}: {error}") from None


def evaluate_bool(expression: str, scope: Scope) -> bool:
    """Evaluates an expression that has to be true or false.

    Args:
        expression: The expression.
        scope: The variables.

    Returns:
        The truth value.

    Raises:
        ExpressionError: It cannot be evaluated, or is no truth value.
    """
    result = evaluate(expression, scope)
    if not isinstance(result, bool):
        raise ExpressionError(
            f"unable to cast expression result '{result}' to bool"
        )
    return result


class _Evaluation:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def value(self, node: Node) -> Value:
        method = getattr(self, f"_{node.data}", None)
        if method is None:
            raise ExpressionError(f"{node.data} is not supported here")
        return method(*node.children)

    def _number(self, token: Token) -> Value:
        return read_number(token)

    def _string(self, token: Token) -> Value:
        return read_string(token)

    def _true(self) -> Value:
        return True

    def _false(self) -> Value:
        return False

    def _nil(self) -> Value:
        return None

    def _name(self, token: Token) -> Value:
        if token not in self._scope:
            raise ExpressionError(f"unknown name {token}")
        return self._scope[token]

    def _pointer(self) -> Value:
        return self._name(Token("NAME", _POINTER))

    def _pointer_member(self, name: Token) -> Value:
        return _member(self._pointer(), str(name))

    def _member(self, node: Node, name: Token) -> Value:
        return _member(self.value(node), str(name))

    def _optional_member(self, node: Node, name: Token) -> Value:
        owner = self.value(node)
        return None if owner is None else _member(owner, str(name))

    def _index(self, node: Node, index: Node) -> Value:
        return _member(self.value(node), self.value(index))

    def _slice(
        self, node: Node, start: Node | None, end: Node | None
    ) -> Value:
        first = None if start is None else self.value(start)
        last = None if end is None else self.value(end)
        return self.value(node)[first:last]

    def _array(self, items: Node | None) -> Value:
        return [self.value(item) for item in _trees(items)]

    def _map(self, entries: Node | None) -> Value:
        return dict(self._entry(entry) for entry in _trees(entries))

    def _entry(self, entry: Node) -> tuple[str, Value]:
        key, value = _trees(entry)
        token = str(key.children[0])
        name = read_string(token) if token[0] in "\"'`" else token
        return name, self.value(value)

    def _ternary(self, condition: Node, yes: Node, no: Node) -> Value:
        return self.value(yes if self._truth(condition) else no)

    def _elvis(self, condition: Node, no: Node) -> Value:
        value = self.value(condition)
        return value if _boolean(value) else self.value(no)

    def _either(self, left: Node, right: Node) -> Value:
        return self._truth(left) or self._truth(right)

    def _both(self, left: Node, right: Node) -> Value:
        return self._truth(left) and self._truth(right)

    def _negate(self, node: Node) -> Value:
        return not self._truth(node)

    def _fallback(self, left: Node, right: Node) -> Value:
        value = self.value(left)
        return self.value(right) if value is None else value

    def _minus(self, node: Node) -> Value:
        return -number(self.value(node))

    def _plus(self, node: Node) -> Value:
        return number(self.value(node))

    def _range(self, first: Node, last: Node) -> Value:
        return list(range(self.value(first), self.value(last) + 1))

    def _compare(self, left: Node, operator: Node, right: Node) -> Value:
        name = str(operator.children[0])
        return compare(name, self.value(left), self.value(right))

    def _compare_not(self, left: Node, operator: Node, right: Node) -> Value:
        return not self._compare(left, operator, right)

    def _arithmetic(self, left: Node, operator: Node, right: Node) -> Value:
        name = str(operator.children[0])
        return arithmetic(name, self.value(left), self.value(right))

    def _piped(self, value: Node, call: Node) -> Value:
        if call.data != "call":
            raise ExpressionError("a pipe has to end in a function call")
        callee, arguments = call.children
        return self._apply(callee, [value, *_trees(arguments)])

    def _call(self, callee: Node, arguments: Node | None) -> Value:
        return self._apply(callee, _trees(arguments))

    def _apply(self, callee: Node | Token | None, nodes: list[Node]) -> Value:
        if not isinstance(callee, Tree):
            raise ExpressionError("only a function can be called")
        name = str(callee.children[0]) if callee.data == "name" else ""
        if name and name not in self._scope:
            if name in PREDICATES and len(nodes) > 1:
                return PREDICATES[name](
                    self.value(nodes[0]), self._closure(nodes[1])
                )
            if name in BUILTINS:
                return BUILTINS[name](*map(self.value, nodes))
        function = self.value(callee)
        if not callable(function):
            raise ExpressionError(f"{name or 'the value'} is no function")
        return function(*map(self.value, nodes))

    def _closure(self, node: Node) -> Callable[[Value], Value]:
        body = _trees(node)[0] if node.data == "closure" else node

        def apply(item: Value) -> Value:
            return _Evaluation({**self._scope, _POINTER: item}).value(body)

        return apply

    def _truth(self, node: Node) -> bool:
        return _boolean(self.value(node))


def _trees(node: Node | Token | None) -> list[Node]:
    if not isinstance(node, Tree):
        return []
    return [child for child in node.children if isinstance(child, Tree)]


def _boolean(value: Value) -> bool:
    if not isinstance(value, bool):
        raise ExpressionError(f"{value!r} is not true or false")
    return value


def _member(owner: Value, name: Value) -> Value:
    if isinstance(owner, Mapping):
        return owner.get(name)
    if isinstance(owner, list | str) and isinstance(name, int):
        return owner[name]
    kind = type(owner).__name__
    raise ExpressionError(f"cannot fetch {name} from a value of type {kind}")
