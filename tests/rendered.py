"""The rendered objects, as Kubernetes would read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from moderate.render import render
from steps.contract.process import load_step
from steps.contract.step import Step

STEP_COMMAND = ["python", "-m", "steps"]


@dataclass(frozen=True)
class ContainerTemplate:
    """A template with a container, in its workflow.

    Attributes:
        workflow: The WorkflowTemplate.
        template: The template.
    """

    workflow: dict[str, Any]
    template: dict[str, Any]

    def __str__(self) -> str:
        """Returns how a person calls it."""
        return f"{self.workflow['metadata']['name']}/{self.template['name']}"

    @property
    def container(self) -> dict[str, Any]:
        """Its container."""
        container: dict[str, Any] = self.template["container"]
        return container

    @property
    def environment(self) -> dict[str, dict[str, Any]]:
        """Its container's variables by name."""
        return {entry["name"]: entry for entry in self.container["env"]}

    @property
    def step(self) -> Step[Any, Any]:
        """The step that it runs."""
        return load_step(self.container["command"][-1])


@cache
def objects() -> tuple[dict[str, Any], ...]:
    """Render all objects."""
    return tuple(yaml.safe_load(text) for text in render().values())


def workflow_templates() -> list[dict[str, Any]]:
    """Return the WorkflowTemplates."""
    return [one for one in objects() if one["kind"] == "WorkflowTemplate"]


def container_templates() -> list[ContainerTemplate]:
    """Return all templates with a container."""
    return list(_container_templates())


def _container_templates() -> Iterator[ContainerTemplate]:
    for workflow in workflow_templates():
        for template in workflow["spec"]["templates"]:
            if "container" in template:
                yield ContainerTemplate(workflow, template)


def step_templates() -> list[ContainerTemplate]:
    """Return the templates that run a step."""
    return [
        one
        for one in container_templates()
        if one.container.get("command", [])[:-1] == STEP_COMMAND
    ]
