"""The language of expressions: expr-lang, as Argo reads it.

The whole language is parsed; what of it has a value here, ``types`` decides.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import category

from argo_offline.errors import ExpressionError

_PARSED_EXPRESSIONS = 1024
_MAX_INTEGER: Final = 2**63 - 1
_MAX_RUNE: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)
_REPLACEMENT: Final = "\ufffd"
SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_ESCAPE = (
    r"\\(?:[abfnrtv\\{quote}]|[0-3][0-7]{{2}}|x[0-9a-fA-F]{{2}}"
    r"|u[0-9a-fA-F]{{4}}|u\{{[0-9a-fA-F]{{1,6}}\}}|U[0-9a-fA-F]{{8}})"
)
_STRINGS = "|".join(
    rf"{quote}(?:[^{quote}\\\n]|{_ESCAPE.format(quote=quote)})*+{quote}"
    for quote in "'\""
)
_DIGITS = r"0[xX][0-9a-fA-F_]++|0[oO][0-7_]++|0[bB][01_]++"
_FRACTION = r"(?:[0-9][0-9_]*+(?:\.(?!\.)[0-9_]*+)?+|\.[0-9][0-9_]*+)"
_TOKEN = re.compile(
    rf"(?P<skipped>[{SPACE}]+|//[^\n]*|/\*[\s\S]*?\*/)"
    rf"|(?P<string>{_STRINGS}|`(?:[^`]|``)*`)"
    rf"|(?P<number>(?:{_DIGITS}|{_FRACTION}(?:[eE][+-]?[0-9_]*+)?+)(?![\w$]))"
    r"|\#(?P<pointed>[\w$]+)"
    r"|(?P<word>[^\W\d][\w$]*|\$[\w$]*)"
    r"|(?P<bracket>[][(){}])"
    r"|(?P<operator>\?[.?]?|\|\|?|::?|\.\.?|\#\#?|[&!=*<>][&=*]?|[,;%+^/-])"
)
_HEX = "[0-9a-fA-F]"
_ESCAPED = re.compile(
    rf"\\(?:x(?P<two>{_HEX}{{2}})|u(?P<four>{_HEX}{{4}})|U(?P<eight>{_HEX}{{8}})"
    rf"|u\{{(?P<any>{_HEX}+)\}}|(?P<octal>[0-7]{{3}})|(?P<plain>.))"
)
_PLAIN = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))
_NEGATED = frozenset({"in", "matches", "contains", "startsWith", "endsWith"})
_WORD_OPERATORS = _NEGATED | {"or", "and", "not", "let", "if", "else"}
_UNARY = {"not": 50, "!": 50, "-": 90, "+": 90}
_BINARY = {
    operator: precedence
    for precedence, operators in (
        (0, "|"),
        (10, "or ||"),
        (15, "and &&"),
        (20, "== != < > >= <= in matches contains startsWith endsWith"),
        (25, ".."),
        (30, "+ -"),
        (60, "* / %"),
        (100, "** ^"),
        (500, "??"),
    )
    for operator in operators.split()
}
_RIGHT = frozenset({"**", "^"})
_ORDERS = frozenset({"<", ">", "<=", ">="})
# Functions that take a predicate: how many values may follow it, or whether
# it may be left out.
_PREDICATES = {
    name: more
    for names, more in (
        ("all none any one filter map find findIndex findLast", 0),
        ("findLastIndex groupBy", 0),
        ("sortBy reduce", 1),
        ("count sum", -1),
    )
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression.

    Attributes:
        kind: What it is, for example ``binary`` or ``member``.
        text: Its name, operator or value.
        children: The parts inside of it.
    """

    kind: str
    text: str = ""
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str = ""


_END: Final = _Token("end")


@lru_cache(maxsize=_PARSED_EXPRESSIONS)
def parse(expression: str) -> Node:
    """Parses an expression.

    Args:
        expression: The expression, without braces.

    Returns:
        The syntax tree.

    Raises:
        ExpressionError: It is none.
    """
    try:
        return _Parser(_tokens(expression)).whole()
    except RecursionError:
        raise ExpressionError("it is nested too deeply") from None


def _tokens(expression: str) -> list[_Token]:
    tokens = []
    position = 0
    while position < len(expression):
        match = _TOKEN.match(expression, position)
        if match is None:
            rest = expression[position:].split("\n", maxsplit=1)[0]
            raise ExpressionError(f"cannot be read from {rest!r} on")
        position = match.end()
        kind, text = str(match.lastgroup), str(match[str(match.lastgroup)])
        if kind == "pointed":
            tokens += [_Token("operator", "#"), _Token("word", _word(text))]
        elif kind == "string":
            tokens.append(_Token(kind, _string(text)))
        elif kind == "word" and _word(text) in _WORD_OPERATORS:
            tokens.append(_Token("operator", text))
        elif kind != "skipped":
            tokens.append(_Token(kind, text))
    return [*tokens, _END]


def _word(text: str) -> str:
    for character in text:
        kind = category(character)
        if kind[0] != "L" and kind != "Nd" and character not in "_$":
            raise ExpressionError(f"{character!r} stands in no name")
    return text


def _string(literal: str) -> str:
    if literal.startswith("`"):
        return literal[1:-1].replace("``", "`")
    text = literal[1:-1].replace("\r\n", "\n").replace("\r", "\n")
    return _ESCAPED.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    kind = str(match.lastgroup)
    if kind == "plain":
        return _PLAIN.get(match[kind], match[kind])
    code = int(match[kind], 8 if kind == "octal" else 16)
    if code > _MAX_RUNE:
        raise ExpressionError(f"{match.group()} is no character")
    return _REPLACEMENT if code in _SURROGATES else chr(code)


class _Parser:
    """Climbs by precedence; each method reads one part and returns it."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._predicates = 0

    def whole(self) -> Node:
        node = self._sequence()
        if self._now is not _END:
            raise self._unexpected()
        return node

    @property
    def _now(self) -> _Token:
        return self._tokens[self._position]

    def _next(self) -> _Token:
        token = self._now
        if token is _END:
            raise ExpressionError("ends where a value has to follow")
        self._position += 1
        return token

    def _is(self, *texts: str) -> bool:
        kinds = {"operator", "bracket"}
        return self._now.kind in kinds and self._now.text in texts

    def _take(self, text: str) -> bool:
        found = self._is(text)
        self._position += found
        return found

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected(f" in place of {text!r}")

    def _name(self) -> str:
        if self._now.kind != "word":
            raise self._unexpected(" in place of a name")
        return self._next().text

    def _unexpected(self, reason: str = "") -> ExpressionError:
        ends = self._now is _END
        what = "ends there" if ends else f"{self._now.text!r} stands there"
        return ExpressionError(f"{what}{reason or ', which is no expression'}")

    def _sequence(self) -> Node:
        nodes = [self._expression()]
        while self._take(";") and self._now is not _END:
            nodes.append(self._expression())
        if len(nodes) == 1:
            return nodes[0]
        return Node("sequence", children=tuple(nodes))

    def _expression(self, least: int = 0) -> Node:
        if not least and self._take("let"):
            name = self._name()
            self._expect("=")
            value = self._expression()
            self._expect(";")
            return Node("let", name, (value, self._sequence()))
        if not least and self._take("if"):
            return self._if()
        node = self._operations(self._primary(), least)
        while not least and self._take("?"):
            yes = node if self._is(":") else self._expression()
            self._expect(":")
            node = Node("ternary", "", (node, yes, self._expression()))
        return node

    def _if(self) -> Node:
        condition = self._expression()
        yes = self._block()
        self._expect("else")
        no = self._if() if self._take("if") else self._block()
        return Node("ternary", "", (condition, yes, no))

    def _block(self) -> Node:
        self._expect("{")
        node = self._sequence()
        self._expect("}")
        return node

    def _operations(self, node: Node, least: int) -> Node:
        before = ""
        while self._now.kind == "operator":
            start = self._position
            negated = self._take("not")
            operator = self._now.text
            if negated and not self._is(*_NEGATED):
                raise self._unexpected()
            if _BINARY.get(operator, -1) < least:
                self._position = start
                break
            self._next()
            if before == "??" and operator not in {"??", "|"}:
                raise ExpressionError(f"?? and {operator} need parentheses")
            node = self._operation(node, operator, negated=negated)
            before = operator
        return node

    def _operation(self, left: Node, operator: str, *, negated: bool) -> Node:
        if operator == "|":
            return self._call(self._name(), left)
        if operator in _ORDERS:
            return self._comparison(left, operator)
        precedence = _BINARY[operator] + (operator not in _RIGHT)
        node = Node("binary", operator, (left, self._expression(precedence)))
        return Node("unary", "not", (node,)) if negated else node

    def _comparison(self, left: Node, operator: str) -> Node:
        whole: Node | None = None
        while True:
            right = self._expression(_BINARY[operator] + 1)
            part = Node("binary", operator, (left, right))
            whole = Node("binary", "&&", (whole, part)) if whole else part
            if not self._is(*_ORDERS):
                return whole
            left, operator = right, self._next().text

    def _primary(self) -> Node:
        token = self._now
        if token.kind == "operator" and token.text in _UNARY:
            self._next()
            inner = self._expression(_UNARY[token.text])
            return self._postfix(Node("unary", token.text, (inner,)))
        if self._take("("):
            node = self._sequence()
            self._expect(")")
            return self._postfix(node)
        if self._predicates and self._is("#", "."):
            named = self._take("#") and self._now.kind == "word"
            return self._postfix(
                Node("pointer", self._name() if named else "")
            )
        if self._take("::"):
            return self._postfix(self._call(self._name()))
        return self._value()

    def _value(self) -> Node:
        token = self._next()
        if token.kind == "word":
            if token.text in {"true", "false", "nil"}:
                return Node(token.text)
            called = self._is("(")
            return self._postfix(
                self._call(token.text) if called else Node("name", token.text)
            )
        if token.kind == "number":
            return _number(token.text.replace("_", ""))
        if token.kind == "string":
            return self._postfix(Node("string", token.text))
        self._position -= 1
        if self._take("["):
            items = self._listed("]", self._expression)
            return self._postfix(Node("array", children=items))
        if self._take("{"):
            pairs = self._listed("}", self._pair)
            return self._postfix(Node("map", children=pairs))
        raise self._unexpected()

    def _pair(self) -> Node:
        if self._now.kind in {"number", "string", "word"}:
            key = Node("string", self._next().text)
        elif self._is("("):
            key = self._expression()
        else:
            raise self._unexpected(" in place of a key")
        self._expect(":")
        return Node("pair", "", (key, self._expression()))

    def _listed(self, end: str, read: Callable[[], Node]) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self._take(end):
            if items:
                self._expect(",")
                if self._take(end):
                    break
            items.append(read())
        return tuple(items)

    def _call(self, name: str, *piped: Node) -> Node:
        self._expect("(")
        if name in _PREDICATES:
            arguments = self._predicate_call(_PREDICATES[name], *piped)
        else:
            arguments = (*piped, *self._listed(")", self._expression))
        return Node("call", name, (Node("name", name), *arguments))

    def _predicate_call(self, more: int, *piped: Node) -> tuple[Node, ...]:
        arguments = list(piped or [self._expression()])
        if more >= 0 or not self._is(")"):
            if not piped:
                self._expect(",")
            arguments.append(self._predicate())
        if more > 0 and not self._is(")"):
            self._expect(",")
            arguments.append(self._expression())
        self._take(",")
        self._expect(")")
        return tuple(arguments)

    def _predicate(self) -> Node:
        self._predicates += 1
        if self._is("{"):
            node = self._block()
        else:
            node = self._expression()
            if self._is(";"):
                raise self._unexpected(": write the predicate in { and }")
        self._predicates -= 1
        return Node("predicate", "", (node,))

    def _postfix(self, node: Node) -> Node:
        while self._is(".", "?.", "["):
            optional = self._take("?.")
            if self._take("["):
                node = self._index(node, optional=optional)
            elif optional or self._take("."):
                node = self._member(node, optional=optional)
        return node

    def _member(self, owner: Node, *, optional: bool) -> Node:
        token = self._next()
        operator = token.kind == "operator"
        if token.kind != "word" and not (
            operator and token.text in _WORD_OPERATORS
        ):
            raise ExpressionError(f"{token.text!r} is no name of a member")
        kind = "optional" if optional else "member"
        node = Node(kind, token.text, (owner,))
        if not self._take("("):
            return node
        arguments = self._listed(")", self._expression)
        return Node("call", "", (node, *arguments))

    def _index(self, owner: Node, *, optional: bool) -> Node:
        parts: list[Node] = []
        slices = self._take(":")
        if not slices:
            parts.append(self._expression())
            slices = self._take(":")
        if slices and not self._is("]"):
            parts.append(self._expression())
        self._expect("]")
        if slices:
            return Node("slice", "", (owner, *parts))
        if parts[0].kind == "string":
            kind = "optional" if optional else "member"
            return Node(kind, parts[0].text, (owner,))
        return Node("index", "", (owner, *parts))


def _number(text: str) -> Node:
    prefix = text[:2].lower()
    try:
        if prefix in {"0x", "0o", "0b"}:
            value = int(text, 0)
        elif re.search(r"[.eE]", text):
            if float(text) == float("inf"):
                raise ExpressionError(f"{text} is too large")
            return Node("float", text)
        else:
            value = int(text)
    except ValueError:
        raise ExpressionError(f"{text} is no number") from None
    if value > _MAX_INTEGER:
        raise ExpressionError(f"{text} is too large for an integer")
    return Node("integer", str(value))
