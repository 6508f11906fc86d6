"""Checks of a workflow as a whole, before anything runs."""

from argo_offline.run.depends import ITEM_RESULTS, RESULTS, Dependencies
from argo_offline.run.errors import ManifestError
from argo_offline.run.fan_out import fans_out
from argo_offline.run.nodes import Json
from argo_offline.run.template_index import TemplateIndex

_KINDS = ("container", "dag", "steps")


def validate(index: TemplateIndex, spec: Json) -> None:
    """Checks that all templates exist and fit together.

    Args:
        index: The templates.
        spec: The workflow's spec.

    Raises:
        ManifestError: Something does not fit; the message names it.
    """
    source = index.home.source
    if not spec.get("entrypoint"):
        raise ManifestError(f"{source}: spec.entrypoint is required")
    for name in (spec["entrypoint"], spec.get("onExit")):
        if name:
            index.home.template(str(name))
    for template in spec.get("templates", []):
        _check_template(index, template, source)


def _check_template(index: TemplateIndex, template: Json, source: str) -> None:
    place = f"{source}: template {template.get('name')}"
    kinds = [kind for kind in _KINDS if kind in template]
    if len(kinds) != 1:
        raise ManifestError(
            f"{place} has to have one of {', '.join(_KINDS)}; it has "
            f"{', '.join(kinds) or 'none'}"
        )
    tasks = [
        *template.get("dag", {}).get("tasks", []),
        *(step for group in template.get("steps", []) for step in group),
    ]
    for task in tasks:
        index.resolve(task)
    if "dag" in template:
        _check_dag(tasks, template["dag"], place)


def _check_dag(tasks: list[Json], dag: Json, place: str) -> None:
    if not tasks:
        raise ManifestError(f"{place} must have at least one task")
    names = [task["name"] for task in tasks]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ManifestError(f"{place}: task {twice[0]} is there twice")
    dependencies = Dependencies(tasks)
    for task in tasks:
        for dependency in dependencies.of(task["name"]):
            if dependency not in names:
                raise ManifestError(
                    f"{place}: task {task['name']}: dependency "
                    f"'{dependency}' not defined"
                )
    _check_cycles(dependencies, names, place)
    _check_results(tasks, place)
    for target in str(dag.get("target", "")).split():
        if target not in names:
            raise ManifestError(f"{place}: target '{target}' is not defined")


def _check_cycles(
    dependencies: Dependencies, names: list[str], place: str
) -> None:
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            cycle = "->".join([*path[path.index(name) :], name])
            raise ManifestError(f"{place}: dependency cycle {cycle}")
        if name not in done:
            for dependency in dependencies.of(name):
                visit(dependency, [*path, name])
            done.add(name)

    for name in names:
        visit(name, [])


def _check_results(tasks: list[Json], place: str) -> None:
    several = {task["name"] for task in tasks if fans_out(task)}
    for task in tasks:
        for name, result in Dependencies.results(task):
            if result not in RESULTS:
                raise ManifestError(
                    f"{place}: task {task['name']}: task result '{result}' "
                    f"for task '{name}' is invalid"
                )
            if result in ITEM_RESULTS and name not in several:
                raise ManifestError(
                    f"{place}: task {task['name']}: '{name}.{result}' needs "
                    f"'{name}' to have items"
                )
