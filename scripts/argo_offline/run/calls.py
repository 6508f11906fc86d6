"""Tasks and steps: their references, and their fan-out."""

import json
import math
import re
from collections.abc import Mapping

from argo_offline.errors import (
    ExpressionError,
    MissingVariableError,
    SubstitutionError,
)
from argo_offline.expressions import should_execute
from argo_offline.go_values import (
    escape_html,
    go_json,
    list_items,
    object_members,
    unescape_html,
)
from argo_offline.manifests.workflow import fan_outs
from argo_offline.run.nodes import Json, Phase
from argo_offline.run.substitution import (
    ABSENT,
    all_strict,
    replace,
    replace_value,
    strict_outputs,
)

Variables = Mapping[str, str | None]
_FAN_OUT = ("withItems", "withParam")
_SURROGATE = re.compile("[\ud800-\udfff]")


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
            **_replaced(text, {**variables, **item}, lenient=lenient),
            "name": f"{task['name']}({index}:{description})",
        }
        for index, item in enumerate(items)
        for description in [re.sub("[()]", "", item.pop(""))]
    ]


def described_items(text: str) -> list[dict[str, str]]:
    """Reads the list of a fan-out.

    Args:
        text: The list, as JSON.

    Returns:
        For each item the variables that it sets, and under the empty name
        what describes it.

    Raises:
        ValueError: The text is no JSON, or no list.
    """
    items = json.loads(
        text, parse_float=_finite, parse_constant=_refuse_constant
    )
    if items is not None and not isinstance(items, list):
        raise ValueError("it is no list")
    return list(map(_described, list_items(text))) if items else []


def _items(task: Json) -> list[dict[str, str]]:
    if task.get("withItems"):
        return described_items(go_json(task["withItems"]))
    text = str(task["withParam"])
    try:
        return described_items(text)
    except ValueError as error:
        if _is_left_out(str(task.get("when", ""))):
            return []
        raise SubstitutionError(
            "withParam value could not be parsed as a JSON list: "
            f"{text.strip()}: {error}"
        ) from None


def _finite(text: str) -> float:
    if math.isinf(float(text)):
        raise ValueError(f"{text} is too large")
    return float(text)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _without_list(task: Json) -> Json:
    return {key: value for key, value in task.items() if key not in _FAN_OUT}


def _replaced(text: str, known: Variables, *, lenient: bool) -> Json:
    if lenient:
        present = {k: v for k, v in known.items() if v is not None}
        return _without_list(json.loads(replace(text, present)))
    try:
        replaced = replace(text, known, all_strict)
    except MissingVariableError as error:
        raise SubstitutionError(str(error)) from None
    return _without_list(json.loads(replaced))


def _described(item: str) -> dict[str, str]:
    item = escape_html(item)
    first = item[0]
    if first == '"':
        return {
            "": _text(item),
            "item": _SURROGATE.sub("\ufffd", json.loads(item)),
        }
    if first == "[":
        listed = " ".join(map(_text, list_items(item)))
        return {"": f"[{listed}]", "item": item}
    if first == "{":
        return _described_object(object_members(item))
    return {"": "[]" if item == "null" else item, "item": item}


def _described_object(members: dict[str, str]) -> dict[str, str]:
    whole = ",".join(f"{go_json(k)}:{members[k]}" for k in sorted(members))
    texts = {name: _text(member) for name, member in members.items()}
    return {
        "": ",".join(sorted(f"{name}:{text}" for name, text in texts.items())),
        "item": f"{{{whole}}}",
        **{f"item.{name}": text for name, text in texts.items()},
    }


def _text(item: str) -> str:
    text = unescape_html(item)
    return text[1:-1] if text.startswith('"') else text


def _is_left_out(when: str) -> bool:
    try:
        return not should_execute(when)
    except ExpressionError:
        return False


def resolve_references(
    task: Json, variables: Variables, scope: Variables
) -> Json:
    """Replaces the tags of a task or step.

    Args:
        task: The task or step.
        variables: The workflow's variables and the scope.
        scope: What is known about the tasks or steps before it.

    Returns:
        The task; with nothing but ``when`` replaced if it is left out.

    Raises:
        MissingVariableError: A task or step named by a tag has no such
            output (yet).
        SubstitutionError: A tag is at fault.
    """
    when = task.get("when")
    if when:
        resolved: str = replace_value(when, variables, strict_outputs)
        if not _proceeds(task, resolved):
            return {**task, "when": resolved}
    marked = _mark_absent(task, scope)
    replaced: Json = replace_value(marked, variables, strict_outputs)
    return replaced


def left_out(when: str) -> tuple[Phase, str] | None:
    """Returns how a task or step is left out.

    Args:
        when: Its condition, tags replaced.

    Returns:
        The phase and the message; None when it runs.
    """
    try:
        if should_execute(when):
            return None
    except ExpressionError as error:
        return Phase.ERROR, str(error)
    return Phase.SKIPPED, f"when '{when}' evaluated false"


def _proceeds(task: Json, when: str) -> bool:
    try:
        return should_execute(when)
    except ExpressionError as error:
        if fan_outs(task):
            return True
        raise SubstitutionError(str(error)) from None


def _mark_absent(task: Json, scope: Variables) -> Json:
    parameters = task.get("arguments", {}).get("parameters", [])
    if not any(_is_absent(parameter, scope) for parameter in parameters):
        return task
    marked = [
        {**parameter, "value": ABSENT}
        if _is_absent(parameter, scope)
        else parameter
        for parameter in parameters
    ]
    return {**task, "arguments": {"parameters": marked}}


def _is_absent(parameter: Json, scope: Variables) -> bool:
    value = str(parameter.get("value", ""))
    if not (value.startswith("{{") and value.endswith("}}")):
        return False
    name = value[2:-2].strip()
    return name in scope and scope[name] is None
