"""Finds template tags in strings and the names they refer to.

A simple tag is ``{{inputs.parameters.a}}``, an expression tag
``{{=asInt(inputs.parameters['a']) + 1}}``. They are found here as Argo finds
them, for lint and for the run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from argo_offline.errors import ExpressionError
from argo_offline.expressions import ROOTS, named, parse

OPEN, CLOSE = "{{", "}}"
EXPRESSION = "="
SHOWN_CHARACTERS = 40

SIMPLE = re.compile(r"[A-Za-z_][\w-]*(\.[\w\-\[\]/]+)*")
STRAY_CLOSE = re.compile(
    rf"\{{?\s*\b(?:{'|'.join(ROOTS)})(?:\.[\w-]+)*\s*\}}\}}"
)


@dataclass(frozen=True)
class Reference:
    """A variable that a string names.

    Attributes:
        name: The variable with dots, for example ``inputs.parameters.a``.
        in_expression: Whether it stands in an expression.
        tail: What follows it with a hyphen, which an expression subtracts.
    """

    name: str
    in_expression: bool
    tail: str = ""

    @property
    def root(self) -> str:
        """The first part of the name."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Scan:
    """What a string holds.

    Attributes:
        tags: The contents of its tags, without the braces.
        problems: What is wrong with its braces.
        rest: What stands between its tags.
    """

    tags: tuple[str, ...]
    problems: tuple[str, ...]
    rest: tuple[str, ...]


def split_tags(text: str) -> Iterator[tuple[str, str | None]]:
    """Splits a text at its tags.

    Args:
        text: The text.

    Yields:
        Text before a tag and the tag; at the end the rest and None, in which
        a tag that is not closed begins with its braces.
    """
    rest = text
    while OPEN in rest:
        literal, _, following = rest.partition(OPEN)
        tag, close, following = following.partition(CLOSE)
        if not close:
            break
        yield literal, tag
        rest = following
    yield rest, None


def scan(value: str) -> Scan:
    """Find the tags of a string.

    Args:
        value: The string.

    Returns:
        Its tags, its unbalanced braces and what else there is.
    """
    tags: list[str] = []
    problems: list[str] = []
    rest: list[str] = []
    for literal, tag in split_tags(value):
        text, unclosed, piece = literal.partition(OPEN)
        rest.append(text)
        if unclosed:
            problems.append(_not_closed(piece))
        if tag is None:
            continue
        simple = not tag.startswith(EXPRESSION)
        *outer, inner = tag.split(OPEN) if simple else [tag]
        problems += map(_not_closed, outer)
        if inner.strip(" \t\n=}"):
            tags.append(inner)
        else:
            problems.append("a tag is empty")
    problems += [
        f"'{shown(match.group())}' closes a tag that is not opened"
        for match in STRAY_CLOSE.finditer("\x00".join(rest))
    ]
    return Scan(tuple(tags), tuple(problems), tuple(rest))


def _not_closed(piece: str) -> str:
    return f"the tag '{shown(OPEN + piece)}' is not closed"


def shown(value: str) -> str:
    """Shorten a piece of a string to its first line, cut, for a message."""
    return value.strip().split("\n", 1)[0][:SHOWN_CHARACTERS]


def references(value: str, *, expression: bool = False) -> Iterator[Reference]:
    """List the variables that a string names.

    Args:
        value: The string.
        expression: Whether the string itself is an expression.

    Yields:
        The variables, in order.
    """
    found = scan(value)
    for tag in found.tags:
        if tag.startswith(EXPRESSION):
            yield from _in_expression(tag[1:])
        elif SIMPLE.fullmatch(tag.strip()):
            yield Reference(tag.strip(), in_expression=False)
    if expression:
        yield from _in_expression("nil".join(found.rest))


def _in_expression(value: str) -> Iterator[Reference]:
    try:
        names = list(named(parse(value)))
    except ExpressionError:
        return
    subtracted: list[str] = []
    for name in names:
        root = name.partition(".")[0]
        if [root] == subtracted[:1]:
            subtracted.pop(0)
        elif root in ROOTS:
            found = re.search(rf"{re.escape(name)}((?:-[A-Za-z_]\w*)+)", value)
            tail = found[1] if found else ""
            subtracted = tail.split("-")[1:]
            yield Reference(name, in_expression=True, tail=tail)
