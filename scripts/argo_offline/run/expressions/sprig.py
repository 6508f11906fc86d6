"""The functions of ``sprig.*`` that are supported."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from argo_offline.run.go_values import go_format, go_quote, sorted_json

Function = Callable[..., Any]


def _is_empty(value: Any) -> bool:
    return not value


def _default(fallback: Any, value: Any = None) -> Any:
    return fallback if _is_empty(value) else value


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value), None)


def _decode(text: str) -> str:
    return base64.b64decode(text).decode()


def _to_int(value: Any) -> int:
    """Converts to an integer; what is no number becomes 0, as in sprig."""
    match = re.fullmatch(r"[+-]?\d+(\.\d*)?", go_format(value))
    return int(float(match.group())) if match else 0


def _truncate(length: int, text: str) -> str:
    return text[:length] if length >= 0 else text[length:]


SPRIG: dict[str, Function] = {
    "add": lambda *numbers: sum(map(_to_int, numbers)),
    "b64dec": _decode,
    "b64enc": lambda text: base64.b64encode(text.encode()).decode(),
    "coalesce": _coalesce,
    "contains": lambda part, text: part in text,
    "default": _default,
    "empty": _is_empty,
    "fromJson": json.loads,
    "hasPrefix": lambda part, text: text.startswith(part),
    "hasSuffix": lambda part, text: text.endswith(part),
    "int": _to_int,
    "int64": _to_int,
    "join": lambda separator, items: separator.join(map(go_format, items)),
    "lower": str.lower,
    "nospace": lambda text: "".join(text.split()),
    "quote": lambda *texts: " ".join(
        f'"{go_quote(go_format(text))}"' for text in texts
    ),
    "regexMatch": lambda pattern, text: re.search(pattern, text) is not None,
    "replace": lambda old, new, text: text.replace(old, new),
    "sha256sum": lambda text: hashlib.sha256(text.encode()).hexdigest(),
    "splitList": lambda separator, text: text.split(separator),
    "squote": lambda *texts: " ".join(f"'{go_format(t)}'" for t in texts),
    "sub": lambda left, right: _to_int(left) - _to_int(right),
    "ternary": lambda yes, no, condition: yes if condition else no,
    "toJson": sorted_json,
    "toString": go_format,
    "trim": str.strip,
    "trimPrefix": lambda part, text: text.removeprefix(part),
    "trimSuffix": lambda part, text: text.removesuffix(part),
    "trunc": _truncate,
    "upper": str.upper,
}
