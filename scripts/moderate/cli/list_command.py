"""``moderate list``: the workflows and what they need."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from moderate.cli.completion import offer_workflows
from moderate.cli.options import AsJson, print_json
from moderate.settings import (
    Setting,
    all_settings,
    from_this_machine,
    missing_settings,
)
from moderate.workflow_index import Workflow, find, workflows

READY = "ready"
EXAMPLES = """\
[bold]Examples[/]

moderate list

moderate list matrix-profile

moderate list --json
"""


def list_workflows(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Show all about this workflow.",
            autocompletion=offer_workflows,
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show a line per workflow, or all about one of them."""
    known, values = all_settings(), from_this_machine()
    chosen = [find(name)] if name else workflows()
    if as_json:
        print_json([_document(item, known, values) for item in chosen])
        return
    console = Console(highlight=False)
    if name:
        console.print(_panel(chosen[0], known, values))
        console.print(
            "Settings are read from the environment and from .env; "
            "`.env.example` explains each one."
        )
        return
    console.print(_overview(chosen, known, values))
    console.print("`moderate list NAME` shows parameters and settings.")


def _overview(
    chosen: Iterable[Workflow],
    known: Mapping[str, Setting],
    values: Mapping[str, str],
) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for item in chosen:
        services = {
            known[variable].service
            for variable in missing_settings(item.steps, values)
        }
        status = (
            f"[red]missing: {', '.join(sorted(services))}[/]"
            if services
            else f"[green]{READY}[/]"
        )
        table.add_row(f"[bold]{item.name}[/]", escape(item.title), status)
    return table


def _document(
    workflow: Workflow,
    known: Mapping[str, Setting],
    values: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "name": workflow.name,
        "title": workflow.title,
        "description": workflow.description,
        "parameters": [
            {
                "name": item.name,
                "description": item.description,
                "default": item.default,
            }
            for item in workflow.parameters
        ],
        "settings": [
            {
                "variable": setting.variable,
                "service": setting.service,
                "required": setting.field.is_required(),
                "secret": setting.secret,
                "set": setting.variable in values,
            }
            for setting in _needed(workflow, known)
        ],
    }


def _needed(
    workflow: Workflow, known: Mapping[str, Setting]
) -> Iterator[Setting]:
    for variable in workflow.variables:
        yield known[variable]


def _panel(
    workflow: Workflow,
    known: Mapping[str, Setting],
    values: Mapping[str, str],
) -> Panel:
    table = Table.grid(padding=(0, 2))
    table.add_row("[dim]parameter[/]")
    for item in workflow.parameters:
        needed = "[yellow]required[/]" if item.default is None else ""
        table.add_row(f"  {item.name}", needed, escape(item.description))
    table.add_row("[dim]setting[/]")
    for setting in _needed(workflow, known):
        table.add_row(
            f"  {setting.variable}",
            _state(setting, values),
            escape(setting.field.description or ""),
        )
    grid = Table.grid()
    grid.add_row(escape(workflow.description))
    grid.add_row("")
    grid.add_row(table)
    return Panel(grid, title=f"[bold]{workflow.name}[/]", title_align="left")


def _state(setting: Setting, values: Mapping[str, str]) -> str:
    if setting.variable in values:
        return "[green]set[/]"
    if setting.field.is_required():
        return "[red]missing[/]"
    return "[dim]default[/]"
