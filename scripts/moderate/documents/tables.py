"""Tables of parameters and settings, as Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module

from moderate.settings import (
    Setting,
    all_settings,
    missing_settings,
    settings_of,
)
from moderate.workflow_index import Parameter, find

NONE = "None.\n"
Row = tuple[str, str, str]
RULE: Row = ("---", "---", "---")


def parameter_table(names: Sequence[str]) -> str:
    """Makes the table of the runs' parameters.

    Args:
        names: Workflows that are described together.

    Returns:
        Markdown: one row for each parameter, and where the workflows differ
        one for each of them.
    """
    rows = {
        name: [_parameter_row(one) for one in find(name).parameters]
        for name in names
    }
    return _table(("parameter", "default", "what it is"), merged(rows))


def setting_table(names: Sequence[str]) -> str:
    """Makes the table of the settings that workflows' pods read.

    Args:
        names: Workflows that are described together.

    Returns:
        Markdown: one row for each variable, and where they differ one for
        each of them.
    """
    known = all_settings()
    rows = {}
    for workflow in map(find, names):
        needed = missing_settings(workflow.steps, {})
        rows[workflow.name] = [
            _setting_row(known[variable], needed=variable in needed)
            for variable in workflow.variables
        ]
    return _table(("variable", "needed", "what it is"), merged(rows))


def class_table(place: str) -> str:
    """Makes the table of the variables of one settings class.

    Args:
        place: Its module and name, with a colon between them.

    Returns:
        Markdown: one row for each variable.
    """
    module, _, name = place.partition(":")
    rows = [
        _setting_row(setting, needed=setting.field.is_required())
        for setting in settings_of(getattr(import_module(module), name))
    ]
    return _table(("variable", "needed", "what it is"), rows)


def merged(rows_by_name: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Joins the equal rows of several workflows.

    Args:
        rows_by_name: The rows of each, which begin with what they are about.

    Returns:
        Each row once, next to others about the same; one that not all have
        names its own.
    """
    owners: dict[Row, list[str]] = {}
    for name, rows in rows_by_name.items():
        for row in rows:
            owners.setdefault(row, []).append(name)
    order = list(dict.fromkeys(row[0] for row in owners))
    return [
        (_whose(row[0], owners[row], len(rows_by_name)), *row[1:])
        for row in sorted(owners, key=lambda row: order.index(row[0]))
    ]


def _whose(subject: str, names: Sequence[str], of: int) -> str:
    if len(names) == of:
        return subject
    return f"{subject} ({', '.join(f'`{name}`' for name in names)})"


def _parameter_row(parameter: Parameter) -> Row:
    if parameter.default is None:
        default = "none: give one"
    else:
        default = f"`{parameter.default}`" if parameter.default else "empty"
    return f"`{parameter.name}`", default, parameter.description


def _setting_row(setting: Setting, *, needed: bool) -> Row:
    place = "; in a Secret" if setting.secret else ""
    return (
        f"`{setting.variable}`",
        "yes" if needed else _default_of(setting),
        f"{setting.field.description}{place}",
    )


def _default_of(setting: Setting) -> str:
    if setting.field.is_required() or not setting.field.default:
        return "no"
    return f"no: `{setting.field.default}`"


def _table(head: Row, rows: Iterable[Row]) -> str:
    """Writes a table, or a line where it would be empty."""
    body = list(rows)
    if not body:
        return NONE
    return "".join(
        f"| {' | '.join(_cell(text) for text in line)} |\n"
        for line in (head, RULE, *body)
    )


def _cell(text: str) -> str:
    return " ".join(text.replace("|", r"\|").split())
