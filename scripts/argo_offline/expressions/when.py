"""The language of ``when``: govaluate, with bare words as strings.

Supported are comparisons of texts and numbers, joined with ``&&`` and
``||``, negated with ``!`` and grouped with parentheses.
"""

import operator as operators
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from argo_offline.errors import ExpressionError

Value = str | float | bool | date

_SPACE = " \t\n\v\f\r"
_TAG = "\ue000"
_BREAK = rf"(?![\\.A-Za-z0-9_{_TAG}]|[^\x00-\x7f])"
_TOKEN = re.compile(
    rf"(?P<word>[A-Za-z{_TAG}][A-Za-z0-9_{_TAG}]*){_BREAK}"
    rf"|(?P<number>[0-9.]+){_BREAK}"
    r"""|(?P<text>['"](?:\\[\s\S]|[^'"\\])*['"])"""
    r"|(?P<clause>[()])"
    r"""|(?P<symbol>[^A-Za-z0-9()\[\]'"\s\\]+)"""
)
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}
_COMPARATORS = ("==", "!=", *_ORDER)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A text that govaluate may read as a moment.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}:[0-9]{2}[ap]m$"
    r"|(mon|tue|wed|thu|fri|sat|sun)\s.*[0-9]:[0-9]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Token:
    kind: str
    value: Value


_END = _Token("end", "")


def should_execute(when: str) -> bool:
    """Decides whether a task or step runs.

    Args:
        when: The expression, its tags already replaced; empty runs.

    Returns:
        Whether it runs.

    Raises:
        ExpressionError: The expression is malformed, not supported or no
            truth value.
    """
    if not when:
        return True
    try:
        result = _Condition(list(_tokens(when))).whole()
    except ExpressionError as error:
        raise ExpressionError(
            f"Invalid 'when' expression '{when}': {error} (hint: try "
            'wrapping the affected expression in quotes ("))'
        ) from None
    if not isinstance(result, bool) and not _is_open(result):
        raise ExpressionError(
            f"Expected boolean evaluation for '{when}'. Got {result}"
        )
    return bool(result)


def check_when(when: str) -> None:
    """Refuses a condition that is not supported for any tags.

    Args:
        when: The condition with its tags.

    Raises:
        ExpressionError: It is malformed, or not supported.
    """
    should_execute(re.sub(r"\{\{.*?\}\}", _TAG, when, flags=re.DOTALL))


class _Condition:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._position = 0

    def whole(self) -> Value:
        result = self._either()
        if self._next() is not _END:
            raise ExpressionError("it does not end where it has to")
        return result

    def _next(self) -> _Token:
        done = self._position >= len(self._tokens)
        return _END if done else self._tokens[self._position]

    def _take(self, *symbols: str) -> str | None:
        token = self._next()
        if token.kind not in {"symbol", "clause"}:
            return None
        if token.value not in symbols:
            return None
        self._position += 1
        return str(token.value)

    def _either(self) -> Value:
        result = self._both()
        while self._take("||"):
            right = self._both()
            result = _truth(result) | _truth(right)
        return result

    def _both(self) -> Value:
        result = self._comparison()
        while self._take("&&"):
            right = self._comparison()
            result = _truth(result) & _truth(right)
        return result

    def _comparison(self) -> Value:
        left = self._operand()
        operator = self._take(*_COMPARATORS)
        return (
            left if not operator else _compare(operator, left, self._operand())
        )

    def _operand(self) -> Value:
        if self._take("("):
            result = self._either()
            if not self._take(")"):
                raise ExpressionError("a parenthesis is not closed")
            return result
        if self._take("!"):
            return not _truth(self._operand())
        negative = self._take("-")
        token = self._next()
        if token.kind != "value" or (
            negative
            and not isinstance(token.value, float)
            and not _is_open(token.value)
        ):
            raise ExpressionError("a value is missing, or not supported")
        self._position += 1
        if negative and isinstance(token.value, float):
            return -token.value
        return token.value


def _tokens(when: str) -> Iterator[_Token]:
    position = 0
    while rest := when[position:].lstrip(_SPACE):
        position = len(when) - len(rest)
        match = _TOKEN.match(when, position)
        if match is None:
            raise ExpressionError(f"{rest!r} is not supported")
        position = match.end()
        yield _token(str(match.lastgroup), match.group())


def _token(kind: str, text: str) -> _Token:
    if kind == "word":
        if text in {"in", "IN"}:
            raise ExpressionError(f"{text} is not supported")
        truth = {"true": True, "false": False}
        return _Token("value", truth.get(text, text))
    if kind == "number":
        return _Token("value", _number(text))
    if kind == "text":
        return _Token("value", _text(re.sub(r"\\([\s\S])", r"\1", text[1:-1])))
    return _Token(kind, text)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ExpressionError(f"{text} is no number") from None
    if number == float("inf"):
        raise ExpressionError(f"{text} is too large")
    return number


def _text(text: str) -> Value:
    if not _MOMENT.match(text):
        return text
    if not _DAY.fullmatch(text) or text.startswith("0000"):
        raise ExpressionError(f"the moment {text!r} is not supported")
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _truth(value: Value) -> bool:
    if _is_open(value):
        return True
    if not isinstance(value, bool):
        raise ExpressionError(f"'{value}' is not true or false")
    return value


def _compare(operator: str, left: Value, right: Value) -> Value:
    if _is_open(left) or _is_open(right):
        return True
    types = {type(left), type(right)}
    if types == {date, float}:
        raise ExpressionError("a date next to a number is not supported")
    if operator in {"==", "!="}:
        return (len(types) == 1 and left == right) is (operator == "==")
    if len(types) > 1 or bool in types:
        raise ExpressionError(f"{operator} needs two texts or two numbers")
    return _ORDER[operator](left, right)


def _is_open(value: Value) -> bool:
    return isinstance(value, str) and _TAG in value
