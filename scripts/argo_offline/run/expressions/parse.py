"""Parsing of expressions, and the variables that they name."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeAlias

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from argo_offline.run.errors import ExpressionError

_PARSED_EXPRESSIONS = 1024
_PATHS = frozenset({"name", "member", "index"})
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}

Node: TypeAlias = Tree[Token]


@lru_cache(maxsize=_PARSED_EXPRESSIONS)
def parse(expression: str) -> Node:
    """Parses an expression.

    Args:
        expression: Text in the subset of expr-lang that is supported.

    Returns:
        The syntax tree.

    Raises:
        ExpressionError: The text is not such an expression.
    """
    try:
        return _parser().parse(expression)
    except LarkError as error:
        reason = str(error).splitlines()[0]
        raise ExpressionError(
            f"the expression {expression!r} is not one of those that the "
            f"local run evaluates: {reason}"
        ) from None


def identifiers(expression: str) -> list[str]:
    """Lists the variables that an expression needs.

    A member of a variable counts as a dotted path beside the variable
    itself. Members that ``??`` guards do not count.

    Args:
        expression: The expression.

    Returns:
        Names and dotted paths, each once.

    Raises:
        ExpressionError: The expression cannot be parsed.
    """
    return list(dict.fromkeys(_named(parse(expression), guarded=False)))


def path_of(node: Node) -> list[str] | None:
    """Reads a name with its members.

    Args:
        node: Any node.

    Returns:
        The parts of the path, or None for another node.
    """
    if node.data not in _PATHS:
        return None
    if node.data == "name":
        return [str(node.children[0])]
    inner, last = node.children
    if not isinstance(inner, Tree):
        raise TypeError(f"{node.data} has no tree")
    part = read_string(str(last)) if node.data == "index" else str(last)
    return [*(path_of(inner) or []), part]


def read_string(literal: str) -> str:
    """Reads a string literal, quotes and escapes included."""
    return _ESCAPE.sub(
        lambda match: _ESCAPES.get(match[1], match[1]), literal[1:-1]
    )


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text()
    return Lark(grammar, parser="lalr", maybe_placeholders=True)


def _named(node: Node, *, guarded: bool) -> Iterator[str]:
    path = path_of(node)
    if path is not None:
        yield path[0]
        if not guarded:
            yield from (
                ".".join(path[:length]) for length in range(len(path), 1, -1)
            )
        return
    for position, child in enumerate(node.children):
        if isinstance(child, Tree):
            yield from _named(
                child,
                guarded=guarded or (position == 0 and node.data == "fallback"),
            )
