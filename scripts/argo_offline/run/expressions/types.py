"""Types of expressions; what has none here is refused before a run.

Every variable of Argo is a text, or nil when it is an output that is absent,
so the type of an expression follows from its text alone.
"""

from collections.abc import Callable
from enum import Enum
from functools import lru_cache

from lark import Token, Tree

from argo_offline.run.errors import ExpressionError
from argo_offline.run.expressions.functions import (
    FUNCTIONS,
    RESERVED,
    Type,
    read_pattern,
)
from argo_offline.run.expressions.parse import (
    Node,
    parse,
    path_of,
    read_string,
)

_CHECKED_EXPRESSIONS = 1024
_EXACT = 2**53
_INTEGERS = 2**63
_TEXTS = frozenset({Type.STRING, Type.VARIABLE})
_NUMBERS = frozenset({Type.INT, Type.FLOAT})
_SCALARS = frozenset({*_TEXTS, *_NUMBERS, Type.BOOL})
_ROOT = "$"


class Variables(Enum):
    """What the variables of an expression are."""

    TEXTS = Type.VARIABLE
    TRUTHS = Type.BOOL


@lru_cache(maxsize=_CHECKED_EXPRESSIONS)
def check(expression: str, variables: Variables = Variables.TEXTS) -> Type:
    """Finds the type of an expression.

    Args:
        expression: The expression.
        variables: What its variables are; those of ``depends`` are truth
            values.

    Returns:
        Its type.

    Raises:
        ExpressionError: The expression is not supported.
    """
    try:
        found = _Check(variables).type_of(parse(expression))
    except ExpressionError as error:
        raise ExpressionError(f"{expression!r}: {error}") from None
    if found in {Type.TIME, Type.CLOSURE}:
        raise ExpressionError(
            f"{expression!r}: a {found.value} is not supported here"
        )
    return found


def check_truth(expression: str) -> None:
    """Refuses an expression that is no truth value.

    Args:
        expression: The expression.

    Raises:
        ExpressionError: It is not supported, or no truth value.
    """
    if check(expression) is not Type.BOOL:
        raise ExpressionError(f"{expression!r} is not true or false")


class _Check:
    def __init__(self, variables: Variables) -> None:
        self._variables = variables

    def type_of(self, node: Node) -> Type:
        path = path_of(node)
        if path is not None:
            return self._variable(path)
        method: Callable[..., Type] = getattr(self, f"_{node.data}")
        return method(*node.children)

    def _variable(self, path: list[str]) -> Type:
        texts = self._variables is Variables.TEXTS
        if texts and path[0] in RESERVED:
            raise ExpressionError(f"{path[0]} is not supported as a variable")
        return self._variables.value

    def _integer(self, token: Token) -> Type:
        if int(token) >= _INTEGERS:
            raise ExpressionError(f"{token} is too large for an integer")
        return Type.INT

    def _float(self, _token: Token) -> Type:
        return Type.FLOAT

    def _string(self, _token: Token) -> Type:
        return Type.STRING

    def _true(self) -> Type:
        return Type.BOOL

    _false = _true

    def _array(self, *items: Node | None) -> Type:
        for item in filter(None, items):
            self._one_of(item, _SCALARS, "a list")
        return Type.LIST

    def _fallback(self, left: Node, right: Node) -> Type:
        self._one_of(left, frozenset({Type.VARIABLE}), "??")
        return self._one_of(right, _TEXTS, "??")

    def _ternary(self, condition: Node, yes: Node, no: Node) -> Type:
        self._truth(condition)
        first, second = self.type_of(yes), self.type_of(no)
        if {first, second} <= _TEXTS:
            return Type.VARIABLE if first != second else first
        if first is not second:
            raise ExpressionError("both sides of ':' need one type")
        return first

    def _either(self, left: Node, right: Node) -> Type:
        self._truth(left)
        return self._truth(right)

    _both = _either

    def _negate(self, node: Node) -> Type:
        return self._truth(node)

    def _minus(self, node: Node) -> Type:
        return self._one_of(node, _NUMBERS, "-")

    def _power(self, base: Token, exponent: Token) -> Type:
        if int(exponent) > _EXACT.bit_length() or (
            int(base) ** int(exponent) > _EXACT
        ):
            raise ExpressionError("the result of ** is too large")
        return Type.FLOAT

    def _compare(self, left: Node, operator: Node, right: Node) -> Type:
        name = str(operator.children[0])
        first = self._one_of(left, _SCALARS, name)
        second = self._one_of(right, _SCALARS, name)
        equality = name in {"==", "!="}
        if not any(
            {first, second} <= kinds
            for kinds in (_TEXTS, _NUMBERS, {Type.BOOL} if equality else ())
            if kinds
        ):
            raise ExpressionError(f"{name} needs two values of one type")
        return Type.BOOL

    def _compare_text(self, left: Node, word: Node, right: Node) -> Type:
        self._one_of(left, _TEXTS, str(word.children[0]))
        self._one_of(right, _TEXTS, str(word.children[0]))
        return Type.BOOL

    def _matches(self, text: Node, pattern: Token) -> Type:
        self._one_of(text, _TEXTS, "matches")
        read_pattern(read_string(pattern))
        return Type.BOOL

    def _contained(self, item: Node, array: Node) -> Type:
        found = self._one_of(item, _TEXTS | {Type.INT}, "in")
        kinds = _TEXTS if found in _TEXTS else frozenset({Type.INT})
        for other in array.children:
            if isinstance(other, Tree):
                self._one_of(other, kinds, "in")
        return Type.BOOL

    _not_contained = _contained

    def _arithmetic(self, left: Node, operator: Node, right: Node) -> Type:
        name = str(operator.children[0])
        first, second = self.type_of(left), self.type_of(right)
        if name == "+" and {first, second} <= _TEXTS:
            return Type.STRING
        if not {first, second} <= _NUMBERS:
            raise ExpressionError(f"{name} needs two numbers")
        integers = first is second is Type.INT
        divides = right.data == "integer" and right.children[0] != "0"
        if name == "%" and not (integers and divides):
            raise ExpressionError("% needs an integer, and one above 0")
        return Type.INT if integers and name != "/" else Type.FLOAT

    def _closure(self, _text: Token) -> Type:
        return Type.CLOSURE

    def _call(self, callee: Node, arguments: Node | None) -> Type:
        name = ".".join(path_of(callee) or ())
        nodes = _arguments(arguments)
        if name not in FUNCTIONS:
            raise ExpressionError(f"the function {name} is not supported")
        function = FUNCTIONS[name]
        if len(nodes) != len(function.takes):
            raise ExpressionError(f"{name} takes {len(function.takes)} values")
        for node, kinds in zip(nodes, function.takes, strict=True):
            self._one_of(node, kinds, name)
        if name == "jsonpath" and _literal(nodes[1]) != _ROOT:
            raise ExpressionError(f"jsonpath takes the path '{_ROOT}' only")
        return function.gives

    def _truth(self, node: Node) -> Type:
        return self._one_of(node, frozenset({Type.BOOL}), "a condition")

    def _one_of(self, node: Node, kinds: frozenset[Type], where: str) -> Type:
        found = self.type_of(node)
        if found not in kinds:
            raise ExpressionError(f"{where} does not take a {found.value}")
        return found


def _arguments(node: Node | None) -> list[Node]:
    children = node.children if node else []
    return [child for child in children if isinstance(child, Tree)]


def _literal(node: Node) -> str:
    return str(node.children[0])[1:-1] if node.data == "string" else ""
