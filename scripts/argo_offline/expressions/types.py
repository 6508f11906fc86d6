"""Types of expressions; what has none here is refused before a run.

Every variable of Argo is a text, or nil when it is an output that is absent,
so the type of an expression follows from its text alone.
"""

from collections.abc import Callable
from enum import Enum
from functools import lru_cache

from argo_offline.errors import ExpressionError
from argo_offline.expressions.functions import FUNCTIONS, Type, read_pattern
from argo_offline.expressions.parser import Node, parse
from argo_offline.expressions.variables import ADDED, path_of

_CHECKED_EXPRESSIONS = 1024
_EXACT = 2**53
_TEXTS = frozenset({Type.STRING, Type.VARIABLE})
_NUMBERS = frozenset({Type.INT, Type.FLOAT})
_TRUTH = frozenset({Type.BOOL})
_SCALARS = frozenset({*_TEXTS, *_NUMBERS, Type.BOOL})
_ROOT = "$"
_LITERALS = {
    "integer": Type.INT,
    "float": Type.FLOAT,
    "string": Type.STRING,
    "true": Type.BOOL,
    "false": Type.BOOL,
}
STATUSES = frozenset(
    [
        *("AllFailed", "AnySucceeded", "Daemoned", "Errored", "Failed"),
        *("Omitted", "Skipped", "Succeeded"),
    ]
)
_UNSUPPORTED = {
    "sequence": "';'",
    "index": "an index that is no text",
    "optional": "'?.'",
    "pair": "a map",
}


class Variables(Enum):
    """What the variables of an expression are: texts, or tasks' statuses."""

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


def check_truth(
    expression: str, variables: Variables = Variables.TEXTS
) -> None:
    """Refuses an expression that is no truth value.

    Args:
        expression: The expression.
        variables: What its variables are.

    Raises:
        ExpressionError: It is not supported, or no truth value.
    """
    if check(expression, variables) is not Type.BOOL:
        raise ExpressionError(f"{expression!r} is not true or false")


class _Check:
    def __init__(self, variables: Variables) -> None:
        self._variables = variables

    def type_of(self, node: Node) -> Type:
        path = path_of(node)
        if path is not None:
            return self._variable(path)
        if node.kind in _LITERALS:
            return _LITERALS[node.kind]
        method: Callable[[Node], Type] | None = getattr(
            self, f"_{node.kind}", None
        )
        if method is None:
            what = _UNSUPPORTED.get(node.kind, f"a {node.kind}")
            raise ExpressionError(f"{what} is not supported")
        return method(node)

    def _variable(self, path: list[str]) -> Type:
        texts = self._variables is Variables.TEXTS
        if texts and path[0] in ADDED:
            raise ExpressionError(f"{path[0]} is not supported as a variable")
        if not texts and path[1:] not in [[status] for status in STATUSES]:
            raise ExpressionError(f"{'.'.join(path)} is no status of a task")
        return self._variables.value

    def _array(self, node: Node) -> Type:
        for item in node.children:
            self._one_of(item, _SCALARS, "a list")
        return Type.LIST

    def _ternary(self, node: Node) -> Type:
        condition, yes, no = node.children
        self._one_of(condition, _TRUTH, "a condition")
        first, second = self.type_of(yes), self.type_of(no)
        if {first, second} <= _TEXTS:
            return Type.VARIABLE if first != second else first
        if first is not second:
            raise ExpressionError("both sides of ':' need one type")
        return first

    def _unary(self, node: Node) -> Type:
        kinds = _TRUTH if node.text in {"!", "not"} else _NUMBERS
        return self._one_of(node.children[0], kinds, node.text)

    def _binary(self, node: Node) -> Type:
        operator, (left, right) = node.text, node.children
        for operators, check_operands in (
            ({"&&", "||", "and", "or"}, self._logic),
            ({"??"}, self._fallback),
            ({"**", "^"}, self._power),
            ({"matches", "contains", "startsWith", "endsWith"}, self._texts),
            ({"in"}, self._contained),
            ({"==", "!=", "<", "<=", ">", ">="}, self._compared),
        ):
            if operator in operators:
                return check_operands(left, operator, right)
        return self._calculated(left, operator, right)

    def _logic(self, left: Node, operator: str, right: Node) -> Type:
        self._one_of(left, _TRUTH, operator)
        return self._one_of(right, _TRUTH, operator)

    def _fallback(self, left: Node, operator: str, right: Node) -> Type:
        self._one_of(left, frozenset({Type.VARIABLE}), operator)
        return self._one_of(right, _TEXTS, operator)

    def _power(self, left: Node, operator: str, right: Node) -> Type:
        if {left.kind, right.kind} != {"integer"}:
            raise ExpressionError(f"{operator} needs two whole numbers")
        base, exponent = int(left.text), int(right.text)
        if exponent > _EXACT.bit_length() or base**exponent > _EXACT:
            raise ExpressionError(f"the result of {operator} is too large")
        return Type.FLOAT

    def _texts(self, left: Node, operator: str, right: Node) -> Type:
        self._one_of(left, _TEXTS, operator)
        self._one_of(right, _TEXTS, operator)
        if operator == "matches":
            if right.kind != "string":
                raise ExpressionError("matches needs a pattern in quotes")
            read_pattern(right.text)
        return Type.BOOL

    def _compared(self, left: Node, operator: str, right: Node) -> Type:
        first = self._one_of(left, _SCALARS, operator)
        second = self._one_of(right, _SCALARS, operator)
        kinds = [_TEXTS, _NUMBERS]
        if operator in {"==", "!="}:
            kinds.append(_TRUTH)
        if not any({first, second} <= allowed for allowed in kinds):
            raise ExpressionError(f"{operator} needs two values of one type")
        return Type.BOOL

    def _contained(self, item: Node, operator: str, array: Node) -> Type:
        if array.kind != "array":
            raise ExpressionError(f"{operator} needs a list")
        found = self._one_of(item, _TEXTS | {Type.INT}, operator)
        kinds = _TEXTS if found in _TEXTS else frozenset({Type.INT})
        for other in array.children:
            self._one_of(other, kinds, operator)
        return Type.BOOL

    def _calculated(self, left: Node, operator: str, right: Node) -> Type:
        first, second = self.type_of(left), self.type_of(right)
        if operator == "+" and {first, second} <= _TEXTS:
            return Type.STRING
        if operator == ".." or not {first, second} <= _NUMBERS:
            raise ExpressionError(f"{operator} needs two numbers")
        integers = first is second is Type.INT
        divides = right.kind == "integer" and right.text != "0"
        if operator == "%" and not (integers and divides):
            raise ExpressionError("% needs an integer, and one above 0")
        return Type.INT if integers and operator != "/" else Type.FLOAT

    def _predicate(self, node: Node) -> Type:
        sum_ = node.children[0]
        kinds = [child.kind for child in sum_.children]
        if sum_.text != "+" or kinds != ["pointer", "string"]:
            raise ExpressionError("a predicate is supported as {# + '…'} only")
        return Type.CLOSURE

    def _call(self, node: Node) -> Type:
        callee, *arguments = node.children
        name = ".".join(path_of(callee) or ())
        if name not in FUNCTIONS:
            raise ExpressionError(f"the function {name} is not supported")
        function = FUNCTIONS[name]
        if len(arguments) != len(function.takes):
            raise ExpressionError(f"{name} takes {len(function.takes)} values")
        for argument, kinds in zip(arguments, function.takes, strict=True):
            self._one_of(argument, kinds, name)
        if name == "jsonpath" and arguments[1].text != _ROOT:
            raise ExpressionError(f"jsonpath takes the path '{_ROOT}' only")
        return function.gives

    def _one_of(self, node: Node, kinds: frozenset[Type], where: str) -> Type:
        found = self.type_of(node)
        if found not in kinds:
            raise ExpressionError(f"{where} does not take a {found.value}")
        return found
