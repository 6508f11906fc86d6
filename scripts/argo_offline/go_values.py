"""How Go writes and reads values, where Argo's behaviour depends on it."""

import json
import math
import re
import unicodedata
from decimal import Decimal
from typing import Any

from argo_offline.errors import LocalRunError

_HTML_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_QUOTE_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}
_NANOSECONDS = {
    "h": 3_600_000_000_000,
    "m": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "us": 1_000,
    "\u00b5s": 1_000,
    "\u03bcs": 1_000,
    "ns": 1,
}
_DURATION_PART = re.compile(
    r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)"
)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_INTEGERS = 2**63
_SMALL_INTEGERS = 2**31
_FIRST_NON_ASCII = 0x80
_LAST_CONTROL = 0x20
_DELETE = 0x7F
_FIRST_ASTRAL = 0x10000
_EXPONENT_FROM = 1e21
_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"\s*")
_JSON_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\s+')
_JSON_EXPONENT_BELOW = 1e-6
_FORMAT_EXPONENT_FROM = 1e6
_FORMAT_EXPONENT_BELOW = 1e-4


def go_json(value: Any) -> str:
    """Writes a value as ``json.Marshal`` does.

    Args:
        value: A JSON value: None, bool, int, float, str, list or dict.

    Returns:
        Compact JSON with ``<``, ``>`` and ``&`` escaped.
    """
    return escape_html(_encoded(value))


def sorted_json(value: Any) -> str:
    """Writes a value as ``json.Marshal`` writes Go maps: keys sorted."""
    return go_json(_sorted_keys(value))


def escape_html(text: str) -> str:
    """Escapes what ``json.Marshal`` escapes in JSON text."""
    return re.sub(r"[<>&\u2028\u2029]", _html_escape, text)


def unescape_html(text: str) -> str:
    """Undoes the escapes of ``<``, ``>`` and ``&`` in JSON text."""
    for character in "<>&":
        text = text.replace(_HTML_ESCAPES[character], character)
    return text


def go_quote(text: str) -> str:
    """Quotes a text as ``strconv.Quote`` does, without the outer quotes."""
    return "".join(_quoted(character) for character in text)


def go_format(value: Any) -> str:
    """Formats a value as ``fmt.Sprintf("%v")`` does."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _go_float(value, _FORMAT_EXPONENT_BELOW, _FORMAT_EXPONENT_FROM)
    if isinstance(value, list):
        return "[" + " ".join(go_format(item) for item in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{key}:{go_format(value[key])}" for key in sorted(value))
        return "map[" + " ".join(pairs) + "]"
    return str(value)


def any_string(value: Any) -> str:
    """Reads a value as Argo's ``AnyString`` does: numbers are float64."""
    if isinstance(value, list | dict):
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{Decimal(repr(float(value))):f}".removesuffix(".0")
    return go_format(value)


def parse_duration(text: str) -> float:
    """Reads a duration in Go's notation, for example ``1m30s``.

    Args:
        text: The duration; a whole number counts as seconds.

    Returns:
        Seconds.

    Raises:
        LocalRunError: The text is not a duration.
    """
    unsigned = text[1:] if text[:1] in {"+", "-"} else text
    parts = _DURATION_PART.findall(unsigned)
    if _INTEGER.fullmatch(text):
        parts = [(unsigned, "s")]
    elif not parts or "".join(n + unit for n, unit in parts) != unsigned:
        raise LocalRunError(f"unable to parse {text} as a duration")
    length = sum(int(Decimal(n) * _NANOSECONDS[unit]) for n, unit in parts)
    if length >= _INTEGERS:
        raise LocalRunError(f"{text} is too long for a duration")
    seconds, rest = divmod(length, _NANOSECONDS["s"])
    sign = -1 if text.startswith("-") else 1
    return sign * (seconds + rest / _NANOSECONDS["s"])


def whole_number(value: object) -> int:
    """Reads a whole number that is written as a number or as text.

    Args:
        value: The value.

    Returns:
        The number.

    Raises:
        LocalRunError: It is none, or too large for the field.
    """
    largest = _INTEGERS if isinstance(value, str) else _SMALL_INTEGERS
    if isinstance(value, bool) or not _INTEGER.fullmatch(str(value)):
        raise LocalRunError(f"value '{value}' cannot be resolved to an int")
    number = int(str(value))
    if not -largest <= number < largest:
        raise LocalRunError(f"{value} is too large")
    return number


def _html_escape(match: re.Match[str]) -> str:
    return _HTML_ESCAPES[match.group()]


def _encoded(value: Any) -> str:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise LocalRunError(f"json: unsupported value: {value}")
        return _go_float(value, _JSON_EXPONENT_BELOW).replace("e-0", "e-")
    if isinstance(value, list):
        return f"[{','.join(map(_encoded, value))}]"
    if isinstance(value, dict):
        members = (f"{_encoded(k)}:{_encoded(v)}" for k, v in value.items())
        return f"{{{','.join(members)}}}"
    return json.dumps(value, ensure_ascii=False)


def _sorted_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted_keys(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted_keys(item) for item in value]
    return value


def _go_float(
    value: float, exponent_below: float, exponent_from: float = _EXPONENT_FROM
) -> str:
    if not math.isfinite(value):
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[str(value)]
    size = abs(value)
    if size and not exponent_below <= size < exponent_from:
        return _with_exponent(value)
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


def _with_exponent(value: float) -> str:
    mantissa, _, exponent = f"{Decimal(repr(value)).normalize():e}".partition(
        "e"
    )
    return f"{mantissa}e{exponent[0]}{exponent[1:].zfill(2)}"


def _quoted(character: str) -> str:
    if character in _QUOTE_ESCAPES:
        return _QUOTE_ESCAPES[character]
    code = ord(character)
    if code < _LAST_CONTROL or code == _DELETE:
        return f"\\x{code:02x}"
    if code < _FIRST_NON_ASCII or _is_printable(character):
        return character
    return f"\\u{code:04x}" if code < _FIRST_ASTRAL else f"\\U{code:08x}"


def _is_printable(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMNPS"


def list_items(text: str) -> list[str]:
    """Splits a JSON list.

    Args:
        text: A valid JSON list.

    Returns:
        Its items, _compact.
    """
    items, position = [], _after_space(text, 0) + 1
    while (position := _after_space(text, position)) < len(text):
        if text[position] in ",]":
            position += 1
            continue
        _, end = _DECODER.raw_decode(text, position)
        items.append(_compact(text[position:end]))
        position = end
    return items


def object_members(text: str) -> dict[str, str]:
    """Splits a JSON object.

    Args:
        text: A valid JSON object.

    Returns:
        Its values by name, _compact.
    """
    members, position = {}, _after_space(text, 0) + 1
    while (position := _after_space(text, position)) < len(text):
        if text[position] in ",}":
            position += 1
            continue
        name, end = _DECODER.raw_decode(text, position)
        start = _after_space(text, _after_space(text, end) + 1)
        _, position = _DECODER.raw_decode(text, start)
        members[str(name)] = _compact(text[start:position])
    return members


def _compact(text: str) -> str:
    """Removes the space between the tokens of a JSON text."""
    return _JSON_TOKEN.sub(
        lambda match: match.group() if match.group()[0] == '"' else "", text
    )


def _after_space(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position
