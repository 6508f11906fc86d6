"""Running a workflow here while a person or a script watches."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from checkout.images import IMAGES, Image
from moderate.cli.options import print_json
from moderate.settings import from_this_machine, missing_settings
from moderate.workflow_index import Workflow
from steps.contract.errors import BadSettingsError, ExitCode

if TYPE_CHECKING:
    from argo_offline.run.results import WorkflowResult


def run_to_its_end(
    workflow: Workflow,
    arguments: Mapping[str, str],
    *,
    folder: Path | None = None,
    as_json: bool = False,
) -> None:
    """Runs a workflow here, and shows how it goes and ends.

    Args:
        workflow: The workflow.
        arguments: Plain values by parameter.
        folder: Where the run's folder goes; ``runs/`` if not given.
        as_json: Whether the result is printed as JSON; the rest then goes
            to the standard error.

    Raises:
        BadSettingsError: It needs settings that are not set.
        Exit: It has not succeeded.
    """
    from moderate.cli.live_view import installed_images, watched
    from moderate.running import run_here

    values = from_this_machine()
    _require_settings(workflow, values)
    console = Console(highlight=False, stderr=as_json)
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
    _show(result, console, as_json=as_json)


def run_file_to_its_end(
    path: Path,
    name: str,
    arguments: Mapping[str, str],
    images: Iterable[str],
    evictions: Iterable[str],
    *,
    folder: Path | None = None,
    as_json: bool = False,
) -> None:
    """Runs a manifest that is not this project's, and shows how it ends.

    Args:
        path: The file or folder.
        name: The workflow's name; needed where there are several.
        arguments: Values by parameter.
        images: ``NAME=FOLDER-OF-AN-ENVIRONMENT`` each.
        evictions: ``TEMPLATE`` or ``TEMPLATE=HOW-MANY-PODS`` each.
        folder: Where the run's folder goes; ``runs/`` if not given.
        as_json: Whether the end is printed as JSON; the rest is then printed
            on the standard error.

    Raises:
        Exit: It has not succeeded.
    """
    from argo_offline.run import read_run
    from moderate.cli.live_view import watched
    from moderate.running import run_files

    run = read_run(path, name)
    cluster = run.cluster(images, evictions)
    console = Console(highlight=False, stderr=as_json)
    with watched(console) as on_event:
        result = run_files(
            run,
            arguments,
            cluster=cluster,
            on_event=on_event,
            folder=folder,
        )
    _show(result, console, as_json=as_json)


def _show(
    result: "WorkflowResult", console: Console, *, as_json: bool
) -> None:
    from argo_offline.run import Phase
    from moderate.cli.live_view import summary

    if as_json:
        print_json(_document(result))
    else:
        console.print(summary(result))
    if result.phase is not Phase.SUCCEEDED:
        raise typer.Exit(_exit_code(result))


def _exit_code(result: "WorkflowResult") -> ExitCode:
    """Distinguishes a run that lacks parts of items from a failed one."""
    from argo_offline.run import NodeType

    ends = {
        node.exit_code
        for node in result.nodes
        if node.phase.failed_or_error
        and node.type is NodeType.POD
        and node.exit_code != ExitCode.TEMPORARY_FAILURE
    }
    return ExitCode.PARTIAL if ends == {ExitCode.PARTIAL} else ExitCode.FAILED


def _images(workflow: Workflow, values: Mapping[str, str]) -> list[Image]:
    """Lists this project's images that a workflow's settings name."""
    variables = (*workflow.variables, *workflow.operator_variables)
    named = {values.get(variable) for variable in variables}
    return [
        image for image in IMAGES.values() if image.local_reference in named
    ]


def _require_settings(workflow: Workflow, values: Mapping[str, str]) -> None:
    missing = missing_settings(workflow.steps, values)
    if missing:
        raise BadSettingsError(
            f"{workflow.name} needs settings that are not set: "
            f"{', '.join(missing)}. Set them in the environment or in .env; "
            "`.env.example` explains each one. `moderate demo` needs none."
        )


def _document(result: "WorkflowResult") -> dict[str, Any]:
    """Makes a result fit for scripts; nodes' values may hold credentials."""
    return {
        "name": result.name,
        "phase": result.phase,
        "message": result.message,
        "started": result.started.isoformat(),
        "finished": result.finished.isoformat(),
        "outputs": dict(result.outputs),
        "folder": result.folder,
        "nodes": [
            {
                "name": node.name,
                "type": node.type,
                "template": node.template,
                "phase": node.phase,
                "message": node.message,
                "tries": node.tries,
                "exit_code": node.exit_code,
                "folder": node.folder,
            }
            for node in result.nodes
        ],
    }
