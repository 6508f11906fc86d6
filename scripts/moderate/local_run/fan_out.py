"""Fan-out: ``withItems`` and ``withParam``."""

import json
from collections.abc import Mapping
from typing import Any

from moderate.local_run.errors import ExpressionError, SubstitutionError
from moderate.local_run.expressions import should_execute
from moderate.local_run.go_values import (
    go_format,
    go_json,
    unescape_html,
)
from moderate.local_run.nodes import Json
from moderate.local_run.substitution import all_strict, replace_value

Variables = Mapping[str, str | None]
_FAN_OUT = ("withItems", "withParam")


def fans_out(task: Json) -> bool:
    """Tells whether a task or step stands for several."""
    return bool(task.get("withItems")) or bool(task.get("withParam"))


def fan_out(task: Json, variables: Variables) -> list[Json]:
    """Makes one task or step per item.

    Args:
        task: The task or step, its tags but those of the item replaced.
        variables: What tags stand for.

    Returns:
        The tasks, named ``<name>(<index>:<item>)``.

    Raises:
        SubstitutionError: ``withParam`` is not a list, or a tag is at fault.
    """
    items = _items(task)
    single = {k: v for k, v in task.items() if k not in _FAN_OUT}
    lenient = _is_left_out(str(task.get("when", "")))
    return [
        _expanded(single, index, item, variables, lenient=lenient)
        for index, item in enumerate(items)
    ]


def _items(task: Json) -> list[Any]:
    if task.get("withItems"):
        return list(task["withItems"])
    text = str(task["withParam"])
    try:
        items = json.loads(text)
    except ValueError as error:
        reason = str(error)
    else:
        if isinstance(items, list):
            return items
        if items is None:
            return []
        reason = "it is no list"
    if _is_left_out(str(task.get("when", ""))):
        return []
    raise SubstitutionError(
        "withParam value could not be parsed as a JSON list: "
        f"{text.strip()}: {reason}"
    )


def _expanded(
    task: Json,
    index: int,
    item: Any,  # noqa: ANN401 - any JSON value
    variables: Variables,
    *,
    lenient: bool,
) -> Json:
    known = {**variables, **_item_variables(item)}
    if lenient:
        present = {k: v for k, v in known.items() if v is not None}
        expanded: Json = replace_value(task, present)
    else:
        expanded = replace_value(task, known, all_strict)
    description = _description(item).replace("(", "").replace(")", "")
    name = f"{task['name']}({index}:{description})"
    return {**expanded, "name": name, "template": task.get("template")}


def _item_variables(item: Any) -> dict[str, str]:  # noqa: ANN401
    if isinstance(item, str):
        return {"item": item}
    if isinstance(item, dict):
        members = {f"item.{key}": _text(value) for key, value in item.items()}
        ordered = {key: item[key] for key in sorted(item)}
        return {**members, "item": go_json(ordered)}
    if isinstance(item, list):
        return {"item": go_json(item)}
    return {"item": _text(item)}


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    text = unescape_html(go_json(value))
    return text[1:-1] if text.startswith('"') else text


def _description(item: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(item, dict):
        return ",".join(
            sorted(f"{key}:{_text(value)}" for key, value in item.items())
        )
    if isinstance(item, list):
        return go_format([_text(value) for value in item])
    return _text(item)


def _is_left_out(when: str) -> bool:
    try:
        return not should_execute(when)
    except ExpressionError:
        return False
