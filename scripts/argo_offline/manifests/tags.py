"""Finds template tags in strings and the names they refer to.

A simple tag is ``{{inputs.parameters.a}}``, an expression tag
``{{=asInt(inputs.parameters['a']) + 1}}``. Expressions are not evaluated here:
it is enough to know which variables they name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

ROOTS = (
    "cronworkflow",
    "inputs",
    "item",
    "lastRetry",
    "node",
    "outputs",
    "pod",
    "retries",
    "steps",
    "tasks",
    "workflow",
)
OPEN, CLOSE = "{{", "}}"
SHOWN_CHARACTERS = 40

_ROOT = "|".join(ROOTS)
SIMPLE = re.compile(r"[A-Za-z_][\w-]*(\.[\w\-\[\]/]+)*")
STRAY_CLOSE = re.compile(rf"\{{?\s*\b(?:{_ROOT})(?:\.[\w-]+)*\s*\}}\}}")
_STRING = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`"""
_MEMBER = rf"\??\.\s*[A-Za-z_]\w*|(?:\?\.)?\[\s*(?:{_STRING}|\d+)\s*\]"
CHAIN = re.compile(
    rf"(?P<string>{_STRING})"
    rf"|(?<![\w.#$])(?P<chain>(?:{_ROOT})(?!\w)(?:{_MEMBER})*)"
    r"(?P<tail>(?:-[A-Za-z_]\w*)*)(?P<key>\s*:)?"
)
MEMBER = re.compile(_MEMBER)
LET = re.compile(r"\blet\s+(\w+)\s*=")


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
        rest: The string without its tags.
    """

    tags: tuple[str, ...]
    problems: tuple[str, ...]
    rest: str


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
    head, *pieces = value.split(OPEN)
    rest.append(head)
    for piece in pieces:
        content, close, after = piece.partition(CLOSE)
        rest.append(after)
        if not close:
            problems.append(f"the tag '{shown(OPEN + piece)}' is not closed")
        elif not content.strip(" \t\n=}"):
            problems.append("a tag is empty")
        else:
            tags.append(content)
    text = "\x00".join(rest)
    problems += [
        f"'{shown(match.group())}' closes a tag that is not opened"
        for match in STRAY_CLOSE.finditer(text)
    ]
    return Scan(tuple(tags), tuple(problems), text)


def shown(value: str) -> str:
    """Shorten a piece of a string for a message.

    Args:
        value: The piece.

    Returns:
        Its first line, cut.
    """
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
        if tag.startswith("="):
            yield from in_expression(tag)
        elif SIMPLE.fullmatch(tag.strip()):
            yield Reference(tag.strip(), in_expression=False)
    if expression:
        yield from in_expression(found.rest)


def in_expression(value: str) -> Iterator[Reference]:
    """List the variables that an expression names.

    Args:
        value: The expression.

    Yields:
        The variables, in order; a map's key and what ``let`` names are none.
    """
    own = set(LET.findall(value))
    for match in CHAIN.finditer(value):
        chain = match["chain"]
        if not chain:
            continue
        root = re.split(r"[^\w]", chain, maxsplit=1)[0]
        members = [
            member.group().strip("?.[] \t\n'\"`")
            for member in MEMBER.finditer(chain)
        ]
        if root not in own and (members or not match["key"]):
            name = ".".join([root, *members])
            yield Reference(name, in_expression=True, tail=match["tail"])
