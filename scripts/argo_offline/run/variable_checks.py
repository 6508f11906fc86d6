"""Checks that what templates refer to exists, before anything runs."""

import json
from collections.abc import Mapping

from argo_offline.manifests.depends import Dependencies
from argo_offline.run.errors import ManifestError
from argo_offline.run.fan_out import fans_out
from argo_offline.run.go_values import go_json, go_quote
from argo_offline.run.nodes import Json
from argo_offline.run.substitution import split_tags, tags
from argo_offline.run.template_index import TemplateIndex

_CHECKED = (
    "item.",
    "steps.",
    "inputs.",
    "outputs.",
    "pod.",
    "workflow.",
    "tasks.",
)
_ALWAYS = (
    "outputs.",
    "workflow.creationTimestamp",
    "workflow.duration",
    "tasks.name",
    "steps.name",
    "node.name",
    "pod.name",
)
_NODE = ("id", "startedAt", "finishedAt", "hostNodeName", "status")


def check_variables(
    index: TemplateIndex, spec: Json, variables: Mapping[str, str]
) -> None:
    """Checks the tags and the inputs of all templates.

    Args:
        index: The templates.
        spec: The workflow's spec with the submitted arguments.
        variables: The workflow's variables.

    Raises:
        ManifestError: A tag names something that does not exist, an input
            is not supplied, or a value cannot be put into a template.
    """
    known = {*variables, "workflow.status"}
    if spec.get("onExit"):
        known.add("workflow.failures")
    templates = index.home.spec.get("templates", [])
    for template in templates:
        for parameter in template.get("outputs", {}).get("parameters", []):
            name = parameter.get("globalName")
            known.add(f"workflow.outputs.parameters.{name}")
    for template in templates:
        _Check(index, template, known, variables).run()
    entry = index.home.template(str(spec["entrypoint"]))
    given = spec.get("arguments", {}).get("parameters", [])
    _check_inputs(entry, given, f"{index.home.source}: entrypoint")


class _Check:
    def __init__(
        self,
        index: TemplateIndex,
        template: Json,
        known: set[str],
        variables: Mapping[str, str],
    ) -> None:
        self._index = index
        self._template = template
        self._variables = variables
        name = template.get("name")
        self._place = f"{index.home.source}: template {name}"
        self._known = known | _inputs(template)

    def run(self) -> None:
        if "container" in self._template:
            self._check(self._template, self._known, self._place)
            return
        if "dag" in self._template:
            known = self._dag(self._template["dag"]["tasks"])
        else:
            known = self._steps(self._template["steps"])
        outputs = self._template.get("outputs", {})
        self._check(outputs, known, f"{self._place}: outputs")

    def _dag(self, tasks: list[Json]) -> set[str]:
        dependencies = Dependencies(tasks)
        outputs = {
            task["name"]: self._outputs(task, "tasks") for task in tasks
        }
        for task in tasks:
            ancestors = dependencies.ancestors(task["name"])
            known = self._known.union(*(outputs[name] for name in ancestors))
            self._check_ancestry(task, ancestors)
            self._check_call(task, known)
        return self._known.union(*outputs.values())

    def _check_ancestry(self, task: Json, ancestors: list[str]) -> None:
        for argument in task.get("arguments", {}).get("parameters", []):
            value = str(argument.get("value", ""))
            if not value.startswith("{{tasks."):
                continue
            name = value.split(".")[1].removesuffix("}}")
            if name not in ancestors:
                raise ManifestError(
                    f"{self._place}: {task['name']}: missing dependency "
                    f"'{name}' for parameter '{argument['name']}'"
                )

    def _steps(self, groups: list[list[Json]]) -> set[str]:
        known = set(self._known)
        for group in groups:
            for step in group:
                self._check_call(step, known)
            for step in group:
                known |= self._outputs(step, "steps")
        return known

    def _outputs(self, task: Json, kind: str) -> set[str]:
        _, template = self._index.resolve(task)
        prefix = f"{kind}.{task['name']}"
        names = {f"{prefix}.{name}" for name in _NODE}
        if "container" in template:
            names |= {f"{prefix}.outputs.result", f"{prefix}.exitCode"}
        if fans_out(task):
            names.add(f"{prefix}.outputs.parameters")
        return names | {
            f"{prefix}.outputs.parameters.{parameter['name']}"
            for parameter in template.get("outputs", {}).get("parameters", [])
        }

    def _check_call(self, task: Json, known: set[str]) -> None:
        place = f"{self._place}: {task['name']}"
        items = _items(task)
        self._check(task, known | items, place)
        _, template = self._index.resolve(task)
        given = task.get("arguments", {}).get("parameters", [])
        _check_inputs(template, given, place)

    def _check(self, part: Json, known: set[str], place: str) -> None:
        for tag in tags(self._with_values(part, place)):
            name = tag.strip()
            if not name.startswith(_CHECKED) or name.startswith(_ALWAYS):
                continue
            if name.startswith("item.") and "item.*" in known:
                continue
            if name not in known:
                raise ManifestError(
                    f"{place}: failed to resolve {{{{{tag}}}}}"
                )

    def _with_values(self, part: Json, place: str) -> str:
        pieces = []
        for literal, tag in split_tags(go_json(part)):
            pieces.append(literal)
            if tag is None:
                continue
            name = tag.strip()
            if not name.startswith("workflow.parameters."):
                pieces.append(f"{{{{{tag}}}}}")
            elif name in self._variables:
                pieces.append(_quoted(self._variables[name], name, place))
            else:
                pieces.append(f"{{{{{tag}}}}}")
        return "".join(pieces)


def _quoted(value: str, name: str, place: str) -> str:
    quoted = go_quote(value)
    try:
        json.loads(f'"{quoted}"')
    except ValueError:
        raise ManifestError(
            f"{place}: the value of {name} holds a control character that "
            "Argo cannot put into a template (the result was invalid JSON)"
        ) from None
    return quoted


def _inputs(template: Json) -> set[str]:
    parameters = template.get("inputs", {}).get("parameters", [])
    names = {f"inputs.parameters.{p['name']}" for p in parameters}
    return names | {"inputs.parameters"} if names else names


def _items(task: Json) -> set[str]:
    if task.get("withParam"):
        return {"item", "item.*"}
    names = set()
    for item in task.get("withItems", []):
        members = item if isinstance(item, dict) else {}
        names |= {"item", *(f"item.{name}" for name in members)}
    return names


def _check_inputs(template: Json, given: list[Json], place: str) -> None:
    supplied = {argument["name"] for argument in given}
    for parameter in template.get("inputs", {}).get("parameters", []):
        has_value = {"value", "default", "valueFrom"} & set(parameter)
        if not has_value and parameter["name"] not in supplied:
            raise ManifestError(
                f"{place}: templates.{template.get('name')} "
                f"inputs.parameters.{parameter['name']} was not supplied"
            )
