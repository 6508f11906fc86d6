"""Fan-out: ``withItems`` and ``withParam``."""

import json
from collections.abc import Mapping

from argo_offline.run.errors import (
    ExpressionError,
    MissingVariableError,
    SubstitutionError,
)
from argo_offline.run.expressions import should_execute
from argo_offline.run.go_values import go_json, unescape_html
from argo_offline.run.nodes import Json
from argo_offline.run.raw_json import list_items, object_members
from argo_offline.run.substitution import all_strict, replace

Variables = Mapping[str, str | None]
_FAN_OUT = ("withItems", "withParam")


def fans_out(task: Json) -> bool:
    """Returns whether a task or step stands for several."""
    return bool(task.get("withItems")) or bool(task.get("withParam"))


def fan_out(
    task: Json, variables: Variables, *, with_list: bool
) -> list[Json]:
    """Makes one task or step per item.

    Args:
        task: The task or step, its tags but those of the item replaced.
        variables: What tags stand for.
        with_list: Whether tags in the list itself are replaced too, for
            every item; Argo does that for tasks but not for steps.

    Returns:
        The tasks, named ``<name>(<index>:<item>)``.

    Raises:
        SubstitutionError: ``withParam`` is not a list, or a tag is at fault.
    """
    items = _items(task)
    lenient = _is_left_out(str(task.get("when", "")))
    if not with_list:
        task = _without_list(task)
    text = go_json(task)
    return [
        {
            **_replaced(text, item, variables, lenient=lenient),
            "name": f"{task['name']}({index}:{_description(item)})",
        }
        for index, item in enumerate(items)
    ]


def _items(task: Json) -> list[str]:
    if task.get("withItems"):
        return [go_json(item) for item in task["withItems"]]
    text = str(task["withParam"])
    try:
        items = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        reason = str(error)
    else:
        if isinstance(items, list):
            return list_items(text)
        if items is None:
            return []
        reason = "it is no list"
    if _is_left_out(str(task.get("when", ""))):
        return []
    raise SubstitutionError(
        "withParam value could not be parsed as a JSON list: "
        f"{text.strip()}: {reason}"
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _without_list(task: Json) -> Json:
    return {key: value for key, value in task.items() if key not in _FAN_OUT}


def _replaced(
    text: str, item: str, variables: Variables, *, lenient: bool
) -> Json:
    known = {**variables, **_item_variables(item)}
    if lenient:
        present = {k: v for k, v in known.items() if v is not None}
        return _without_list(json.loads(replace(text, present)))
    try:
        replaced = replace(text, known, all_strict)
    except MissingVariableError as error:
        raise SubstitutionError(str(error)) from None
    return _without_list(json.loads(replaced))


def _item_variables(item: str) -> dict[str, str]:
    if item.startswith('"'):
        return {"item": str(json.loads(item))}
    if not item.startswith("{"):
        return {"item": item}
    members = object_members(item)
    whole = ",".join(f"{go_json(k)}:{members[k]}" for k in sorted(members))
    named = {f"item.{name}": _text(text) for name, text in members.items()}
    return {**named, "item": f"{{{whole}}}"}


def _text(item: str) -> str:
    text = unescape_html(item)
    return text[1:-1] if text.startswith('"') else text


def _description(item: str) -> str:
    if item.startswith("{"):
        members = object_members(item)
        pairs = (f"{key}:{_text(part)}" for key, part in members.items())
        text = ",".join(sorted(pairs))
    elif item.startswith("["):
        text = f"[{' '.join(_text(part) for part in list_items(item))}]"
    else:
        text = _text(item)
    return text.replace("(", "").replace(")", "")


def _is_left_out(when: str) -> bool:
    try:
        return not should_execute(when)
    except ExpressionError:
        return False
