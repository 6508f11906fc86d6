"""The functions of expressions that are supported."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any

from argo_offline.errors import ExpressionError
from argo_offline.expressions.parser import SPACE
from argo_offline.go_values import go_format, sorted_json

_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_PATTERN = re.compile(r"(?:[A-Za-z0-9 _,:;'/=-]|[\^$|()]|\.\*?)*")
_INTEGERS = 2**63


class Type(Enum):
    """What an expression gives."""

    VARIABLE = "variable"
    STRING = "string"
    INT = "integer"
    FLOAT = "float"
    BOOL = "truth value"
    LIST = "list"
    ANY = "JSON value"
    TIME = "time"
    CLOSURE = "closure"


@dataclass(frozen=True)
class Function:
    """A function.

    Attributes:
        takes: The types of each argument.
        gives: The type of the result.
        apply: The function.
    """

    takes: tuple[frozenset[Type], ...]
    gives: Type
    apply: Callable[..., Any]


def string(value: Any) -> str:
    """Takes a text; nil and maps are at fault.

    Args:
        value: A variable's value.

    Returns:
        The text.

    Raises:
        ExpressionError: It is no text.
    """
    if not isinstance(value, str):
        raise ExpressionError(f"{go_format(value)} is no text")
    return value


@cache
def read_pattern(pattern: str) -> re.Pattern[str]:
    """Reads a regular expression that means the same to Go and Python.

    Args:
        pattern: Plain characters, ``^``, ``$``, ``|``, ``.``, ``.*`` and
            groups.

    Returns:
        The compiled expression.

    Raises:
        ExpressionError: The pattern holds something else.
    """
    if not _PATTERN.fullmatch(pattern):
        raise ExpressionError(f"the pattern {pattern!r} is not supported")
    try:
        return re.compile(pattern.replace("$", r"\Z"))
    except re.error as error:
        raise ExpressionError(f"the pattern {pattern!r}: {error}") from None


def _int(value: Any) -> int:
    if isinstance(value, int):
        return value
    text = string(value)
    if not _INTEGER.fullmatch(text) or not (
        -_INTEGERS <= int(text) < _INTEGERS
    ):
        raise ExpressionError(f"invalid operation: int({text})")
    return int(text)


def _float(value: Any) -> float:
    if isinstance(value, int | float):
        return float(value)
    text = string(value)
    number = float(text) if _FLOAT.fullmatch(text) else None
    if number is None or abs(number) == float("inf"):
        raise ExpressionError(f"invalid operation: float({text})")
    return number


def _string(value: Any) -> str:
    if value is None or isinstance(value, dict):
        raise ExpressionError("string takes no value that is absent")
    return go_format(value)


def _json_value(text: Any, _path: str) -> Any:
    try:
        return json.loads(
            string(text), parse_int=float, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise ExpressionError(f"jsonpath: {error}") from None


def _map(values: Any, suffix: str) -> list[str]:
    if not isinstance(values, list):
        raise ExpressionError("map takes a list")
    return [string(value) + suffix for value in values]


def _refuse_constant(name: str) -> Any:
    raise ExpressionError(f"jsonpath: {name} is no JSON")


def _each(change: Callable[[str], str]) -> Callable[[Any], str]:
    def apply(value: Any) -> str:
        characters = string(value)
        changed = [change(character) for character in characters]
        if any(len(character) != 1 for character in changed):
            raise ExpressionError("the text has letters that are refused")
        return "".join(changed)

    return apply


def _base64(value: Any) -> str:
    return base64.b64encode(string(value).encode()).decode()


def _now() -> datetime:
    return datetime.now(UTC)


def _unix_epoch(moment: datetime) -> str:
    return str(int(moment.timestamp()))


_TEXT = frozenset({Type.STRING, Type.VARIABLE})
_TO_INT = Function((_TEXT | {Type.INT},), Type.INT, _int)
_TO_FLOAT = Function((_TEXT | {Type.INT, Type.FLOAT},), Type.FLOAT, _float)
_ANY = frozenset(Type) - {Type.TIME, Type.CLOSURE}

FUNCTIONS = {
    "asFloat": _TO_FLOAT,
    "asInt": _TO_INT,
    "float": _TO_FLOAT,
    "int": _TO_INT,
    "jsonpath": Function(
        (_TEXT, frozenset({Type.STRING})), Type.ANY, _json_value
    ),
    "len": Function((_TEXT,), Type.INT, lambda text: len(string(text))),
    "map": Function(
        (frozenset({Type.ANY}), frozenset({Type.CLOSURE})), Type.LIST, _map
    ),
    "sprig.b64enc": Function((_TEXT,), Type.STRING, _base64),
    "sprig.lower": Function((_TEXT,), Type.STRING, _each(str.lower)),
    "sprig.now": Function((), Type.TIME, _now),
    "sprig.trim": Function(
        (_TEXT,), Type.STRING, lambda text: string(text).strip(SPACE)
    ),
    "sprig.unixEpoch": Function(
        (frozenset({Type.TIME}),), Type.STRING, _unix_epoch
    ),
    "sprig.upper": Function((_TEXT,), Type.STRING, _each(str.upper)),
    "string": Function(
        (_TEXT | {Type.INT, Type.FLOAT, Type.BOOL},), Type.STRING, _string
    ),
    "toJson": Function((_ANY,), Type.STRING, sorted_json),
}
