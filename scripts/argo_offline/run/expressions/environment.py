"""The scope that expressions are evaluated in."""

from collections.abc import Mapping
from typing import Any

from argo_offline.run.expressions.functions import RESERVED
from argo_offline.run.expressions.parse import identifiers


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


def missing_names(expression: str, environment: dict[str, Any]) -> list[str]:
    """Lists the variables of an expression that are not there.

    Args:
        expression: The expression.
        environment: The scope, as ``expand`` builds it.

    Returns:
        Names and dotted paths.

    Raises:
        ExpressionError: The expression cannot be parsed.
    """
    return [
        name
        for name in identifiers(expression)
        if name.partition(".")[0] not in RESERVED
        and not _is_known(name, environment)
    ]


def _is_known(name: str, environment: dict[str, Any]) -> bool:
    owner: Any = environment
    for part in name.split("."):
        if not isinstance(owner, dict) or part not in owner:
            return False
        owner = owner[part]
    return True
