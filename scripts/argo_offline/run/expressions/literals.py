"""Literals of the expression language."""

import re

_ESCAPE = re.compile(
    r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)",
    re.DOTALL,
)
_SIMPLE_ESCAPES = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


def read_string(literal: str) -> str:
    """Reads a string literal, quotes and escapes included."""
    inner = literal[1:-1]
    if literal.startswith("`"):
        return inner
    return _ESCAPE.sub(_unescape, inner)


def read_number(literal: str) -> int | float:
    """Reads a number literal, decimal, hexadecimal or with exponent."""
    digits = literal.replace("_", "")
    if digits.lower().startswith("0x"):
        return int(digits, 16)
    if digits.isdecimal():
        return int(digits)
    return float(digits)


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "xuU":
        return chr(int(code[1:], 16))
    if code.isdecimal():
        return chr(int(code, 8))
    return _SIMPLE_ESCAPES.get(code, code)
