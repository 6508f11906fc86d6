"""``moderate run``: a workflow on this machine, without a cluster."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from moderate.cli.completion import offer_parameters, offer_workflows
from moderate.cli.local_runs import run_file_to_its_end, run_to_its_end
from moderate.cli.options import AsJson
from moderate.workflow_index import Workflow, find
from steps.contract.errors import WrongUseError

EXAMPLES = """\
[bold]Examples[/]

moderate run matrix-profile -p message="$(cat message.json)"

moderate run matrix-profile -p message="$(cat message.json)"
-p window_length=96

moderate run trust-users --json

moderate run --file other/workflow.yaml --image busybox:1.36=.venv
"""


def run(
    name: Annotated[
        str,
        typer.Argument(
            help="As `moderate list` shows it; with --file, which workflow "
            "of the files.",
            autocompletion=offer_workflows,
        ),
    ] = "",
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            "-p",
            metavar="KEY=VALUE",
            help="A parameter, as plain text. May be given many times.",
            autocompletion=offer_parameters,
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where the run's folder goes; runs/ if not given."),
    ] = None,
    *,
    file: Annotated[
        Path | None,
        typer.Option(
            help="A file or folder of manifests that are not this project's."
        ),
    ] = None,
    images: Annotated[
        list[str] | None,
        typer.Option(
            "--image",
            metavar="NAME=FOLDER",
            help="The folder of an environment that stands for an image; "
            "with --file. May be given many times.",
        ),
    ] = None,
    evict: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEMPLATE[=PODS]",
            help="Evict the first pods of a template, to see whether they "
            "are repeated; with --file. May be given many times.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a workflow here, from the YAML that a cluster would run.

    With --json the end is printed as JSON, and what happens until then on
    the standard error.
    """
    if file is not None:
        from argo_offline.run import parameter_of

        run_file_to_its_end(
            file,
            name,
            dict(map(parameter_of, parameters or [])),
            images or [],
            evict or [],
            folder=folder,
            as_json=as_json,
        )
        return
    if images or evict or not name:
        raise WrongUseError(
            "Name a workflow as `moderate list` shows it, or a manifest with "
            "--file and its images with --image NAME=FOLDER."
        )
    workflow = find(name)
    arguments = _arguments(workflow, parameters or [])
    run_to_its_end(workflow, arguments, folder=folder, as_json=as_json)


def _arguments(workflow: Workflow, given: Sequence[str]) -> dict[str, str]:
    arguments: dict[str, str] = {}
    names = [item.name for item in workflow.parameters]
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise WrongUseError(
                f"-p {text!r} is not of the form key=value, for example "
                f"-p {names[0] if names else 'key'}=value."
            )
        if name not in names:
            raise WrongUseError(
                f"{workflow.name} has no parameter {name!r}. It takes: "
                f"{', '.join(names) or 'none'}."
            )
        arguments[name] = value
    for item in workflow.parameters:
        if item.default is None and item.name not in arguments:
            raise WrongUseError(
                f"The parameter {item.name!r} is missing: "
                f"{item.description} Give it with -p {item.name}=VALUE."
            )
    return arguments
