"""Rules on braces, expressions and conditions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from argo_offline.errors import ExpressionError
from argo_offline.expressions import (
    check,
    check_truth,
    check_when,
    parse,
    unknown_names,
)
from argo_offline.lint.references import CHECKED, EXPRESSION_KEYS
from argo_offline.lint.rule import LOCAL, STRICT, Rule
from argo_offline.manifests.access import strings
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.tags import EXPRESSION, scan
from argo_offline.manifests.workflow import (
    COMPOSITE_TYPES,
    SPEC_PARTS,
    Workflow,
    workflows,
)

_UNCLOSED = re.compile(
    rf"the tag '\{{\{{\s*(=|{'|'.join(map(re.escape, CHECKED))})"
)


@dataclass(frozen=True)
class _Text:
    """A text of a workflow.

    Attributes:
        place: A finding with the file and place.
        keys: Where it stands there.
        value: The text.
        checked: Whether Argo checks the tags there.
    """

    place: Finding
    keys: tuple[str, ...]
    value: str
    checked: bool

    def finding(self, message: str) -> Finding:
        message = f"{'.'.join(self.keys)}: {message}"
        return Finding(self.place.file, self.place.where, message)

    def refuses(self, problem: str) -> bool:
        """Returns whether Argo refuses a problem with braces."""
        return self.checked and _UNCLOSED.match(problem) is not None


def tags(folder: Folder) -> Iterator[Finding]:
    """Refuse tags that are not closed, and what is no expression in one."""
    for text in _texts(folder):
        found = scan(text.value)
        for problem in filter(text.refuses, found.problems):
            yield text.finding(problem)
        for tag in found.tags:
            if tag.startswith(EXPRESSION):
                yield from _broken(text, tag[1:], f"{{{{{tag}}}}}")


def _stray_braces(folder: Folder) -> Iterator[Finding]:
    """Refuse braces that Argo leaves as they are: of no tag, or empty."""
    for text in _texts(folder):
        for problem in scan(text.value).problems:
            if not text.refuses(problem):
                yield text.finding(problem)


def expressions(folder: Folder) -> Iterator[Finding]:
    """Refuse fields for an expression that hold none."""
    for text in _texts(folder):
        if text.keys[-1] in EXPRESSION_KEYS and not scan(text.value).tags:
            yield from _broken(text, text.value, text.value)


def _broken(text: _Text, expression: str, shown: str) -> Iterator[Finding]:
    try:
        parse(expression)
    except ExpressionError as error:
        yield text.finding(f"'{shown}' is no expression: {error}")


def unsupported(folder: Folder) -> Iterator[Finding]:
    """Refuse expressions and conditions that the local run lacks."""
    yield from _unsupported(folder, submitted=False)


def _unsupported_values(folder: Folder) -> Iterator[Finding]:
    """Refuse them where values have been put in."""
    yield from _unsupported(folder, submitted=True)


def _unsupported(folder: Folder, *, submitted: bool) -> Iterator[Finding]:
    for text in _texts(folder):
        try:
            for tag in scan(text.value).tags:
                if tag.startswith(EXPRESSION):
                    _check(tag[1:], submitted=submitted)
            if not submitted:
                _check_field(text)
        except ExpressionError as error:
            yield text.finding(
                f"{error}; write it with what the local run supports or run "
                "it on a cluster"
            )


def _check_field(text: _Text) -> None:
    last = text.keys[-1]
    if last == "when" and text.keys[0] in COMPOSITE_TYPES:
        check_when(text.value)
    elif last in EXPRESSION_KEYS and "retryStrategy" in text.keys:
        check_truth(text.value)
    elif last in EXPRESSION_KEYS:
        _check(text.value, submitted=False)


def _check(expression: str, *, submitted: bool) -> None:
    unknown = unknown_names(expression)
    if not (unknown and submitted):
        check(expression)
        for name in unknown:
            raise ExpressionError(f"{expression!r}: there is no {name}")


def _texts(folder: Folder) -> Iterator[_Text]:
    for workflow in workflows(folder):
        for place, part, checked in _parts(workflow):
            for keys, value in strings(part):
                yield _Text(place, keys, value, checked)


def _parts(workflow: Workflow) -> Iterator[tuple[Finding, object, bool]]:
    spec = workflow.spec.items()
    outside = {key: part for key, part in spec if key not in SPEC_PARTS}
    yield workflow.finding("workflow", ""), outside, False
    for template in workflow.templates:
        if template.outer is None:
            yield template.finding(None, ""), template.body, True


RULES = (
    Rule("tags", "tags are closed, and hold expressions that parse", tags),
    Rule(
        "stray-braces",
        "no braces that are no tag, and no empty tag",
        _stray_braces,
        STRICT,
    ),
    Rule(
        "expressions",
        "fields hold expressions that parse",
        expressions,
        STRICT,
    ),
)
# Not of Argo: what the local run lacks.
UNSUPPORTED = Rule(
    "local-expressions",
    "expressions and conditions have a value in the local run",
    unsupported,
    LOCAL,
)
UNSUPPORTED_VALUES = Rule(
    "local-expressions",
    "the same in submitted values",
    _unsupported_values,
    LOCAL,
)
