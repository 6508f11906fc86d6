"""``moderate services``: what the pipelines need, on this machine."""

import logging
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from checkout.paths import DOTENV, SERVICES
from local_services.process import LOOPBACK
from moderate.cli.options import AsJson, print_json
from steps.contract.errors import BadSettingsError, ExitCode

if TYPE_CHECKING:
    from local_services.stack.status import ServiceStatus

EXAMPLES = """\
[bold]Examples[/]

moderate services up

moderate services status --json

moderate services down

moderate services --host 0.0.0.0
"""
UP_EXAMPLES = """\
[bold]Examples[/]

moderate services up

SERVICES_WITH=processes moderate services up
"""
DOWN_EXAMPLES = """\
[bold]Examples[/]

moderate services down

moderate services down --data
"""
STATUS_EXAMPLES = """\
[bold]Examples[/]

moderate services status

moderate services status --json
"""
FOLDER_PREFIX = "moderate-services-"
ENTERED_BY_ALL = 0o711

EnvFile = Annotated[
    Path, typer.Option(help="The services' settings.", dir_okay=False)
]
Folder = Annotated[
    Path, typer.Option(help="Where processes keep data.", file_okay=False)
]

app = typer.Typer(
    name="services",
    help="The services that the pipelines need, on this machine.",
    invoke_without_command=True,
    rich_markup_mode="rich",
)


@app.callback(epilog=EXAMPLES)
def services(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="The address that they listen on.")
    ] = LOOPBACK,
) -> None:
    """Serve in the foreground until stopped, or with a command below.

    Without a command: PostgreSQL, RabbitMQ, S3 and the Platform API's double,
    with well-known ports and passwords, and nothing is kept. Prints their
    settings as `.env` has them, then a message whose job waits.
    """
    if context.invoked_subcommand is None:
        _serve_until_stopped(host)


@app.command("up", epilog=UP_EXAMPLES)
def up(env_file: EnvFile = DOTENV, folder: Folder = SERVICES) -> None:
    """Start every service in the background, or what of them does not run.

    With Docker Compose or Podman's where one answers, else as processes;
    SERVICES_WITH=compose or processes chooses. Writes `.env` where there is
    none. Returns once all of them answer.
    """
    from local_services.stack import stack
    from local_services.stack.names import Stack

    logging.basicConfig(level=logging.CRITICAL)
    stack.up(Stack(env_file, folder), typer.echo)
    _show(env_file, folder)
    typer.echo(stack.what_next())


@app.command("down", epilog=DOWN_EXAMPLES)
def down(
    env_file: EnvFile = DOTENV,
    folder: Folder = SERVICES,
    *,
    data: Annotated[
        bool, typer.Option("--data", help="Remove what they stored, too.")
    ] = False,
) -> None:
    """End every service; what they have stored stays."""
    from local_services.stack import stack
    from local_services.stack.names import Stack

    done = stack.down(Stack(env_file, folder), with_data=data)
    for sentence in done or ["Nothing runs."]:
        typer.echo(sentence)


@app.command("status", epilog=STATUS_EXAMPLES)
def status(
    env_file: EnvFile = DOTENV,
    folder: Folder = SERVICES,
    *,
    as_json: AsJson = False,
) -> None:
    """Ask every service whether it answers; ends with 1 if one does not."""
    found = _show(env_file, folder, as_json=as_json)
    if not all(one.healthy for one in found):
        raise typer.Exit(ExitCode.FAILED)


def _show(
    env_file: Path, folder: Path, *, as_json: bool = False
) -> "Sequence[ServiceStatus]":
    from local_services.stack.names import Stack
    from local_services.stack.status import statuses

    logging.basicConfig(level=logging.CRITICAL)
    found = statuses(Stack(env_file, folder), _settings(env_file))
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        console = Console(highlight=False)
        console.print(_table(found))
        for one in found:
            if one.error:
                console.print(f"[bold]{one.service}[/]: {escape(one.error)}")
    return found


def _settings(env_file: Path) -> Mapping[str, str]:
    from local_services.stack.settings import (
        existing_settings,
    )

    values = existing_settings(env_file)
    if values is None:
        raise BadSettingsError(
            f"There is no {env_file}, so there are no services. Start them "
            "with `moderate services up`."
        )
    return values


def _table(found: "Sequence[ServiceStatus]") -> Table:
    table = Table(title="Services")
    table.add_column("service", no_wrap=True)
    table.add_column("address", no_wrap=True)
    table.add_column("healthy")
    table.add_column("process", justify="right")
    for one in found:
        table.add_row(
            one.service,
            one.address,
            "[green]yes[/]" if one.healthy else "[red]no[/]",
            str(one.process or ""),
        )
    return table


def _serve_until_stopped(host: str) -> None:
    from local_services.development import (
        development,
    )

    with tempfile.TemporaryDirectory(prefix=FOLDER_PREFIX) as name:
        folder = Path(name)
        folder.chmod(ENTERED_BY_ALL)
        with development(folder, host) as running:
            for variable, value in running.values.items():
                typer.echo(f"{variable}={value}")
            message = running.message.model_dump_json(exclude_none=True)
            typer.echo(f"# The example's message: {message}")
            threading.Event().wait()
