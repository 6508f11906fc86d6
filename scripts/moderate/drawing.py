"""Drawing a rendered workflow as a Mermaid diagram."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

TASK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
OPERATORS = re.compile(r"\.(?:\w+)")


def draw(file: Path) -> str:
    """Draws the DAG of a WorkflowTemplate.

    Args:
        file: The rendered file.

    Returns:
        A Mermaid flowchart: tasks, what they depend on, what they pass on,
        and the exit handler.
    """
    spec = yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]
    templates = {item["name"]: item for item in spec["templates"]}
    tasks = templates[spec["entrypoint"]]["dag"]["tasks"]
    lines = [
        "flowchart LR",
        *(f"    {name}([{name}])" for name in _submitted(spec)),
        *(
            f"    {task['name']}[{_caption(task, templates)}]"
            for task in tasks
        ),
    ]
    for task in tasks:
        lines += _arrows(task, list(_submitted(spec)))
    ends = sorted({task["name"] for task in tasks} - _depended_on(tasks))
    for last in _last_templates(spec, templates):
        lines.append(f"    {last}[{last}]")
        lines += [f"    {end} -. always .-> {last}" for end in ends]
    return "\n".join(lines) + "\n"


def _last_templates(
    spec: Mapping[str, Any], templates: Mapping[str, Any]
) -> Iterator[str]:
    if "onExit" in spec:
        handler = templates[spec["onExit"]]
        for task in handler.get("dag", {}).get("tasks", [handler]):
            yield task["name"]


def _submitted(spec: Mapping[str, Any]) -> Iterator[str]:
    for parameter in spec.get("arguments", {}).get("parameters", []):
        if "value" not in parameter and "valueFrom" not in parameter:
            yield parameter["name"]


def _caption(task: Mapping[str, Any], templates: Mapping[str, Any]) -> str:
    template = templates[task["template"]]
    fan_out = " per item" if "withParam" in task else ""
    image = template.get("container", {}).get("image", "")
    other = "<br/>the job's own image" if "inputs." in image else ""
    return f'"{task["name"]}{fan_out}{other}"'


def _arrows(task: Mapping[str, Any], submitted: list[str]) -> Iterator[str]:
    parents = _parents(task)
    for parent in parents:
        yield f"    {parent} --> {task['name']}"
    if not parents:
        for name in submitted:
            yield f"    {name} --> {task['name']}"


def _parents(task: Mapping[str, Any]) -> list[str]:
    named = TASK_NAME.findall(OPERATORS.sub("", task.get("depends", "")))
    return list(dict.fromkeys(named))


def _depended_on(tasks: list[dict[str, Any]]) -> set[str]:
    return {parent for task in tasks for parent in _parents(task)}
