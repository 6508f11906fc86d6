"""Functions of the expression language."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from argo_offline.run.errors import ExpressionError
from argo_offline.run.expressions.sprig import SPRIG
from argo_offline.run.go_values import go_format, sorted_json

Function = Callable[..., Any]
_PATH_PART = re.compile(
    r"\.(?P<name>[\w-]+)|\.(?P<every>\*)"
    r"|\[(?P<index>-?\d+|\*|'[^']*'|\"[^\"]*\")\]"
)


def to_int(value: Any) -> int:
    """Converts a number or its text to an integer."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ExpressionError(f"invalid value for int: {value!r}")
    try:
        return int(value)
    except ValueError:
        raise ExpressionError(f"invalid value for int: {value!r}") from None


def to_float(value: Any) -> float:
    """Converts a number or its text to a float."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ExpressionError(f"invalid value for float: {value!r}")
    try:
        return float(value)
    except ValueError:
        raise ExpressionError(f"invalid value for float: {value!r}") from None


def json_path(text: str, path: str) -> Any:
    """Reads a part of a JSON text.

    Args:
        text: The JSON text.
        path: Member names, indices and ``*``, for example ``$.a[0].b``.

    Returns:
        The value there; a list of all values when the path holds ``*``.

    Raises:
        ExpressionError: The text is no JSON, or the path is not supported.
    """
    steps = list(_PATH_PART.finditer(path.removeprefix("$")))
    if "$" + "".join(step.group() for step in steps) != path:
        raise ExpressionError(f"the JSON path {path!r} is not supported")
    values = [json.loads(text)]
    many = False
    for step in steps:
        key = step["name"] or step["every"] or step["index"]
        many = many or key == "*"
        values = [found for value in values for found in _step(value, key)]
    return values if many else values[0]


def _step(value: Any, key: str) -> list[Any]:
    if key == "*":
        return list(value.values() if isinstance(value, dict) else value)
    if isinstance(value, list):
        return [value[int(key)]]
    return [value[key.strip("'\"")]]


def _filter(items: list[Any], test: Function) -> list[Any]:
    return [item for item in items if test(item)]


def _find(items: list[Any], test: Function) -> Any:
    return next(iter(_filter(items, test)), None)


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def _replace(text: str, old: str, new: str) -> str:
    return text.replace(old, new)


PREDICATES: dict[str, Function] = {
    "filter": _filter,
    "map": lambda items, change: [change(item) for item in items],
    "any": lambda items, test: any(test(item) for item in items),
    "all": lambda items, test: all(test(item) for item in items),
    "none": lambda items, test: not any(test(item) for item in items),
    "one": lambda items, test: len(_filter(items, test)) == 1,
    "count": lambda items, test: len(_filter(items, test)),
    "find": _find,
}

BUILTINS: dict[str, Function] = {
    "abs": abs,
    "concat": lambda *lists: [item for items in lists for item in items],
    "first": lambda items: items[0] if items else None,
    "float": to_float,
    "fromBase64": lambda text: base64.b64decode(text).decode(),
    "fromJSON": json.loads,
    "hasPrefix": str.startswith,
    "hasSuffix": str.endswith,
    "indexOf": str.find,
    "int": to_int,
    "join": lambda items, separator="": separator.join(items),
    "keys": list,
    "last": lambda items: items[-1] if items else None,
    "len": len,
    "lower": str.lower,
    "max": max,
    "min": min,
    "replace": _replace,
    "reverse": lambda items: items[::-1],
    "split": _split,
    "string": go_format,
    "sum": sum,
    "toBase64": lambda text: base64.b64encode(text.encode()).decode(),
    "toJSON": lambda value: json.dumps(
        value, indent=2, sort_keys=True, ensure_ascii=False
    ),
    "trim": lambda text, characters=None: text.strip(characters),
    "trimPrefix": str.removeprefix,
    "trimSuffix": str.removesuffix,
    "upper": str.upper,
    "values": lambda value: list(value.values()),
}

ARGO: dict[str, Any] = {
    "asInt": to_int,
    "asFloat": to_float,
    "jsonpath": json_path,
    "toJson": sorted_json,
    "sprig": SPRIG,
}
