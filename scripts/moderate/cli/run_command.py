"""``moderate run``: a workflow on this machine, without a cluster."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from moderate.catalogue import Workflow, find
from moderate.cli.live_view import installed_images, summary, watched
from moderate.errors import ToolError
from moderate.images import IMAGES, Image
from moderate.local_run.nodes import Phase
from moderate.running import run_here
from moderate.settings import from_this_machine, missing_settings

EXAMPLES = """\
[bold]Examples[/]

moderate run matrix-profile -p message="$(cat message.json)"

moderate run matrix-profile -p message="$(cat message.json)"
-p window_length=96
"""
FAILURE = 1


def run(
    name: Annotated[str, typer.Argument(help="As `moderate list` shows it.")],
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            "-p",
            metavar="KEY=VALUE",
            help="A parameter, as plain text. May be given many times.",
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where the run's folder goes; runs/ if not given."),
    ] = None,
) -> None:
    """Run a workflow here, from the YAML that a cluster would run."""
    workflow = find(name)
    arguments = _arguments(workflow, parameters or [])
    values = from_this_machine()
    _require_settings(workflow, values)
    console = Console(highlight=False)
    images = installed_images(console, _images(workflow, values))
    with watched(console) as on_event:
        result = run_here(
            workflow,
            arguments,
            values,
            images=images,
            on_event=on_event,
            folder=folder,
        )
    console.print(summary(result))
    if result.phase is not Phase.SUCCEEDED:
        raise typer.Exit(FAILURE)


def _images(workflow: Workflow, values: Mapping[str, str]) -> list[Image]:
    """Lists this project's images that a workflow's settings name."""
    variables = (*workflow.variables, *workflow.operator_variables)
    named = {values.get(variable) for variable in variables}
    return [
        image for image in IMAGES.values() if image.local_reference in named
    ]


def _arguments(workflow: Workflow, given: Sequence[str]) -> dict[str, str]:
    arguments: dict[str, str] = {}
    names = [item.name for item in workflow.parameters]
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise ToolError(
                f"-p {text!r} is not of the form key=value, for example "
                f"-p {names[0] if names else 'key'}=value."
            )
        if name not in names:
            raise ToolError(
                f"{workflow.name} has no parameter {name!r}. It takes: "
                f"{', '.join(names) or 'none'}."
            )
        arguments[name] = value
    for item in workflow.parameters:
        if item.default is None and item.name not in arguments:
            raise ToolError(
                f"The parameter {item.name!r} is missing: "
                f"{item.description} Give it with -p {item.name}=VALUE."
            )
    return arguments


def _require_settings(workflow: Workflow, values: Mapping[str, str]) -> None:
    missing = missing_settings(workflow.steps, values)
    if missing:
        raise ToolError(
            f"{workflow.name} needs settings that are not set: "
            f"{', '.join(missing)}. Set them in the environment or in .env; "
            "`.env.example` explains each one. `moderate demo` needs none."
        )
