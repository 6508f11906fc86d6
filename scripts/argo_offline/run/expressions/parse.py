"""Parsing of expressions, and the variables that they name."""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeAlias

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from argo_offline.run.errors import ExpressionError
from argo_offline.run.expressions.literals import read_string

_PARSED_EXPRESSIONS = 1024

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
            f"cannot parse the expression {expression!r}: {reason}"
        ) from None


def identifiers(expression: str) -> list[str]:
    """Lists the variables that an expression needs.

    A member of a variable counts as a dotted path beside the variable
    itself. Members that ``??`` or ``?.`` guard do not count.

    Args:
        expression: The expression.

    Returns:
        Names and dotted paths, each once.

    Raises:
        ExpressionError: The expression cannot be parsed.
    """
    return list(dict.fromkeys(_named(parse(expression), guarded=False)))


def member_path(node: Node) -> list[str] | None:
    """Tells the dotted path that a member access stands for.

    Args:
        node: A name, a member access or an index access.

    Returns:
        The path's parts, or None when a part is computed.
    """
    if node.data == "name":
        return [str(node.children[0])]
    if node.data == "member":
        inner = member_path(_child(node, 0))
        return inner and [*inner, str(node.children[1])]
    if node.data == "index" and _child(node, 1).data == "string":
        inner = member_path(_child(node, 0))
        return inner and [*inner, read_string(_text(_child(node, 1)))]
    return None


@cache
def _parser() -> Lark:
    grammar = files(__package__).joinpath("grammar.lark").read_text()
    return Lark(grammar, parser="lalr", maybe_placeholders=True)


def _named(node: Node, *, guarded: bool) -> Iterator[str]:
    if node.data == "name":
        yield str(node.children[0])
        return
    if node.data in {"member", "index"} and not guarded:
        path = member_path(node)
        if path:
            yield ".".join(path)
    for position, child in enumerate(node.children):
        if isinstance(child, Tree):
            yield from _named(
                child, guarded=guarded or _guards(node, position)
            )


def _guards(node: Node, position: int) -> bool:
    return position == 0 and node.data in {"fallback", "optional_member"}


def _child(node: Node, position: int) -> Node:
    child = node.children[position]
    if not isinstance(child, Tree):
        raise TypeError(f"{node.data} has no tree at {position}")
    return child


def _text(node: Node) -> str:
    return str(node.children[0])
