"""Refuses what of a manifest's expressions the local run cannot evaluate."""

from collections.abc import Iterator

from argo_offline.manifests.access import Json, strings
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.tags import ROOTS, scan
from argo_offline.manifests.workflow import (
    COMPOSITE_TYPES,
    SPEC_PARTS,
    Workflow,
    workflows,
)
from argo_offline.run.errors import ExpressionError, ManifestError
from argo_offline.run.expressions.functions import RESERVED
from argo_offline.run.expressions.parse import identifiers
from argo_offline.run.expressions.types import check, check_truth
from argo_offline.run.expressions.when import check_when


def refuse_expressions(folder: Folder, *, submitted: bool = False) -> None:
    """Refuses manifests with an expression that is not supported.

    Args:
        folder: The manifests.
        submitted: Whether values have been put into them: an expression
            with an unknown name stays there as text, as in Argo, and
            conditions are decided when they run.

    Raises:
        ManifestError: There is one; the text names file, template and
            expression.
    """
    for workflow in workflows(folder):
        for where, part in _parts(workflow):
            for keys, text in strings(part):
                try:
                    _check(keys, text, submitted=submitted)
                except ExpressionError as error:
                    raise ManifestError(
                        f"{workflow.manifest.file}: {where}: "
                        f"{'.'.join(keys)}: {error}; write it with what the "
                        "local run supports or run it on a cluster"
                    ) from None


def _parts(workflow: Workflow) -> Iterator[tuple[str, Json]]:
    yield (
        "workflow",
        {k: v for k, v in workflow.spec.items() if k not in SPEC_PARTS},
    )
    for template in workflow.templates:
        yield template.where, template.body


def _check(keys: tuple[str, ...], text: str, *, submitted: bool) -> None:
    for tag in scan(text).tags:
        if tag.startswith("=") and not (submitted and _unknown(tag[1:])):
            _check_expression(tag[1:])
    if submitted:
        return
    if keys[-1] == "when" and keys[0] in COMPOSITE_TYPES:
        check_when(text)
    elif keys[-1] == "expression" and "retryStrategy" in keys:
        check_truth(text)
    elif keys[-1] == "expression":
        _check_expression(text)


def _check_expression(expression: str) -> None:
    check(expression)
    for name in _unknown(expression):
        raise ExpressionError(f"{expression!r}: there is no {name}")


def _unknown(expression: str) -> list[str]:
    return [
        name
        for name in identifiers(expression)
        if name.partition(".")[0] not in {*RESERVED, *ROOTS}
    ]
