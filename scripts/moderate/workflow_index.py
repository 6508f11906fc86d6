"""The workflows that a person can run, read from the rendered files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checkout.paths import RENDERED
from steps.contract.errors import WrongUseError
from steps.contract.wire import encode
from workflows.authoring.names import (
    DESCRIPTION_ANNOTATION,
    ENCODED_PARAMETERS_ANNOTATION,
    TITLE_ANNOTATION,
)

SUFFIX = ".workflowtemplate.yaml"
STEP_COMMAND = ["python", "-m", "steps"]
REFERENCES = ("secretKeyRef", "configMapKeyRef")


@dataclass(frozen=True)
class Parameter:
    """A parameter that a run may give.

    Attributes:
        name: Its name.
        description: What it is.
        default: Its value when it is not given; None when it must be.
        encoded: Whether it is sent as base64url.
    """

    name: str
    description: str
    default: str | None
    encoded: bool


@dataclass(frozen=True)
class Workflow:
    """A rendered WorkflowTemplate.

    Attributes:
        name: Its name.
        title: Its title.
        description: What it does.
        parameters: The parameters of a run.
        variables: The settings that its containers read.
        operator_variables: The settings that its parameters are taken from.
        steps: The steps that its containers run.
        file: The rendered file.
    """

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    variables: tuple[str, ...]
    operator_variables: tuple[str, ...]
    steps: tuple[str, ...]
    file: Path

    def wire_arguments(self, given: Mapping[str, str]) -> dict[str, str]:
        """Writes what a person typed as Argo is to carry it.

        Args:
            given: Plain values by parameter.

        Returns:
            The same, with the encoded parameters encoded.
        """
        encoded = {item.name for item in self.parameters if item.encoded}
        return {
            name: encode(value) if name in encoded else value
            for name, value in given.items()
        }


def workflows(folder: Path = RENDERED) -> list[Workflow]:
    """Lists the rendered WorkflowTemplates.

    Args:
        folder: The folder of rendered files.

    Returns:
        The workflows by name.
    """
    return [_read(file) for file in sorted(folder.glob(f"*{SUFFIX}"))]


def find(name: str) -> Workflow:
    """Finds a workflow by its name.

    Args:
        name: The name.

    Returns:
        The workflow.

    Raises:
        WrongUseError: There is none of that name.
    """
    known = {workflow.name: workflow for workflow in workflows()}
    if name not in known:
        raise WrongUseError(
            f"There is no workflow {name!r}. There are: "
            f"{', '.join(known) or 'none; run `moderate render`'}."
        )
    return known[name]


def _read(file: Path) -> Workflow:
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    annotations = document["metadata"].get("annotations", {})
    encoded = annotations.get(ENCODED_PARAMETERS_ANNOTATION, "").split(",")
    parameters = document["spec"].get("arguments", {}).get("parameters", [])
    return Workflow(
        name=document["metadata"]["name"],
        title=annotations.get(TITLE_ANNOTATION, ""),
        description=annotations.get(DESCRIPTION_ANNOTATION, ""),
        parameters=tuple(
            Parameter(
                name=parameter["name"],
                description=parameter.get("description", ""),
                default=parameter.get("value"),
                encoded=parameter["name"] in encoded,
            )
            for parameter in parameters
            if "valueFrom" not in parameter
        ),
        variables=tuple(dict.fromkeys(_variables(document["spec"]))),
        operator_variables=tuple(
            parameter["valueFrom"]["configMapKeyRef"]["key"]
            for parameter in parameters
            if "valueFrom" in parameter
        ),
        steps=tuple(_steps(document["spec"])),
        file=file,
    )


def _steps(spec: Mapping[str, Any]) -> Iterator[str]:
    for template in spec["templates"]:
        command = template.get("container", {}).get("command", [])
        if command[:-1] == STEP_COMMAND:
            yield command[-1]


def _variables(spec: Mapping[str, Any]) -> Iterator[str]:
    for template in spec["templates"]:
        for env in template.get("container", {}).get("env", []):
            source = env.get("valueFrom", {})
            for reference in REFERENCES:
                if reference in source:
                    yield source[reference]["key"]
