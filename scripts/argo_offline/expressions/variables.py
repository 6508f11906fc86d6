"""The variables that expressions name, and the scope that has them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from argo_offline.expressions.parser import Node, parse

# What Argo's variables begin with.
ROOTS: Final = (
    *("cronworkflow", "inputs", "item", "lastRetry", "node", "outputs"),
    *("pod", "retries", "steps", "tasks", "workflow"),
)
# What Argo adds to the language, as variables.
ADDED: Final = frozenset({"asFloat", "asInt", "jsonpath", "sprig", "toJson"})
BUILT_IN: Final = frozenset(
    word
    for line in (
        "abs all any bitand bitnand bitnot bitor bitshl bitshr bitushr",
        "bitxor ceil concat count date duration filter find findIndex",
        "findLast findLastIndex first flatten float floor fromBase64",
        "fromJSON fromPairs get groupBy hasPrefix hasSuffix indexOf int",
        "join keys last lastIndexOf len lower map max mean median min none",
        "now one reduce repeat replace reverse round sort sortBy split",
        "splitAfter string sum take timezone toBase64 toJSON toPairs trim",
        "trimPrefix trimSuffix type uniq upper values",
    )
    for word in line.split()
)


def path_of(node: Node, *, optional: bool = False) -> list[str] | None:
    """Reads a name with its members.

    Args:
        node: Any part of an expression.
        optional: Whether ``a?.b`` counts as ``a.b``.

    Returns:
        The parts of the path, or None for another part.
    """
    parts: list[str] = []
    while node.kind == "member" or (optional and node.kind == "optional"):
        parts.insert(0, node.text)
        node = node.children[0]
    return [node.text, *parts] if node.kind == "name" else None


def named(node: Node, own: frozenset[str] = frozenset()) -> Iterator[str]:
    """Lists the variables that a part of an expression names.

    Args:
        node: The part.
        own: What ``let`` has named around it.

    Yields:
        Dotted paths as long as they are written, in order.
    """
    path = path_of(node, optional=True)
    if path is not None:
        if path[0] not in own:
            yield ".".join(path)
        return
    if node.kind == "let":
        yield from named(node.children[0], own)
        yield from named(node.children[1], own | {node.text})
        return
    for child in node.children[bool(node.kind == "call" and node.text) :]:
        yield from named(child, own)


def identifiers(expression: str) -> list[str]:
    """Lists the variables that Argo needs before it evaluates.

    A member of a variable counts as a dotted path beside the variable
    itself. Members that ``??`` guards do not count.

    Args:
        expression: The expression.

    Returns:
        Names and dotted paths, each once.

    Raises:
        ExpressionError: The expression cannot be parsed.
    """
    return list(dict.fromkeys(_needed(parse(expression), guarded=False)))


def _needed(node: Node, *, guarded: bool) -> Iterator[str]:
    path = path_of(node)
    if node.kind == "member" and path is not None and not guarded:
        yield ".".join(path)
    if node.kind == "name":
        yield node.text
    called = node.kind == "call" and node.text in BUILT_IN
    for position, child in enumerate(node.children[called:]):
        left_of = node.text == "??" and node.kind == "binary" and not position
        yield from _needed(child, guarded=guarded or left_of)


def missing_names(expression: str, scope: Mapping[str, Any]) -> list[str]:
    """Lists the variables of an expression that are not there.

    Args:
        expression: The expression.
        scope: The variables, as ``expand`` nests them.

    Returns:
        Names and dotted paths.

    Raises:
        ExpressionError: The expression cannot be parsed.
    """
    return [
        name
        for name in identifiers(expression)
        if name.partition(".")[0] not in ADDED and not _is_known(name, scope)
    ]


def unknown_names(expression: str) -> list[str]:
    """Lists the names in an expression that are no variables of Argo.

    Args:
        expression: The expression.

    Returns:
        Names and dotted paths.

    Raises:
        ExpressionError: The expression cannot be parsed.
    """
    known = {*ROOTS, *ADDED}
    return [
        name
        for name in identifiers(expression)
        if name.partition(".")[0] not in known
    ]


def _is_known(name: str, scope: Any) -> bool:
    for part in name.split("."):
        if not isinstance(scope, Mapping) or part not in scope:
            return False
        scope = scope[part]
    return True


def expand(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Nests variables by the parts of their dotted names.

    Args:
        variables: Values by dotted name; a name that others extend is
            dropped.

    Returns:
        The scope for expressions.
    """
    names = sorted(variables)
    nested: dict[str, Any] = {}
    for name, following in zip(names, [*names[1:], ""], strict=True):
        if following.startswith(f"{name}."):
            continue
        *parents, last = name.split(".")
        owner = nested
        for parent in parents:
            owner = owner.setdefault(parent, {})
        owner[last] = variables[name]
    return nested
