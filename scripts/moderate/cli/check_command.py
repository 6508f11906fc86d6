"""``moderate check``: which services answer, with this machine's settings."""

import logging
import os
from collections.abc import Sequence
from typing import Annotated, get_args

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from moderate.cli.options import AsJson, print_json
from moderate.settings import from_this_machine
from steps.connections.check import QUESTIONS, Service, check, failure_of
from steps.connections.connection import Connection, ask_all
from steps.contract.errors import WrongUseError
from steps.contract.log import redact
from steps.contract.process import load_settings, secrets_of
from steps.contract.settings import ServiceSettings

EXAMPLES = """\
[bold]Examples[/]

moderate check

moderate check --required platform-api --required s3

moderate check --json
"""


def check_connections(
    required: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SERVICE",
            autocompletion=lambda: list(get_args(Service)),
            help="A service that must be set up. May be given many times.",
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Ask each service that is set up whether it answers.

    Ends with 0 when all of them do, with 75 when what is wrong may pass by
    itself, and with 78 when an operator has to act.
    """
    connections = _connections(_known(required or []))
    if as_json:
        print_json([item.model_dump() for item in connections])
    else:
        Console(highlight=False).print(_table(connections))
    failure = failure_of(connections)
    if failure:
        raise typer.Exit(failure.exit_code)


def _known(required: Sequence[str]) -> Sequence[str]:
    unknown = sorted(set(required) - set(get_args(Service)))
    if unknown:
        raise WrongUseError(
            f"There is no service {unknown[0]!r}. There are: "
            f"{', '.join(get_args(Service))}."
        )
    return required


def _connections(required: Sequence[str]) -> list[Connection]:
    logging.basicConfig(level=logging.CRITICAL)
    os.environ.update(from_this_machine())
    settings = load_settings(check.settings, check.optional_settings)
    secrets = secrets_of(
        loaded
        for loaded in settings.values()
        if isinstance(loaded, ServiceSettings)
    )
    return [
        item.model_copy(
            update={"error": item.error and redact(item.error, secrets)}
        )
        for item in ask_all(QUESTIONS, settings, required)
    ]


def _table(connections: Sequence[Connection]) -> Table:
    table = Table(title="Services", show_lines=True)
    table.add_column("service", no_wrap=True)
    table.add_column("configured")
    table.add_column("answers")
    table.add_column("seconds", justify="right")
    table.add_column("what to do", overflow="fold")
    for item in connections:
        table.add_row(*_row(item))
    return table


def _row(item: Connection) -> tuple[str, str, str, str, str]:
    configured = "[green]yes[/]" if item.configured else "[dim]no[/]"
    if item.error:
        answers = "[red]no[/]"
    else:
        answers = "[green]yes[/]" if item.configured else "[dim]not asked[/]"
    seconds = f"{item.seconds:.2f}" if item.seconds else ""
    todo = escape(item.error or "")
    return item.service, configured, answers, seconds, todo
