"""The command-line tool ``moderate``."""

import signal
import sys

import typer
from rich.console import Console
from rich.markup import escape

from moderate.cli import (
    check_command,
    demo_command,
    draw_command,
    encode_command,
    lint_command,
    list_command,
    render_command,
    run_command,
    services_command,
    trust_command,
)
from moderate.errors import ToolError
from moderate.local_run.errors import LocalRunError
from moderate.services.process import ServiceError

FAILURE = 1
WRONG_USE = 64
STOPPED = 130

app = typer.Typer(
    name="moderate",
    help="The pipelines of the MODERATE platform: list them, run them here "
    "without a cluster, render them for one, and check them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command("list", epilog=list_command.EXAMPLES)(list_command.list_workflows)
app.command("run", epilog=run_command.EXAMPLES)(run_command.run)
app.command("render", epilog=render_command.EXAMPLES)(render_command.render)
app.command("lint", epilog=lint_command.EXAMPLES)(lint_command.lint)
app.command("draw", epilog=draw_command.EXAMPLES)(draw_command.draw)
app.command("check", epilog=check_command.EXAMPLES)(
    check_command.check_connections
)
app.command("encode", epilog=encode_command.EXAMPLES)(encode_command.encode)
app.command("services", epilog=services_command.EXAMPLES)(
    services_command.services
)
app.command("demo", epilog=demo_command.EXAMPLES)(demo_command.demo)
app.add_typer(trust_command.app)


def main() -> None:
    """Runs the tool; expected errors end it without a stack trace."""
    signal.signal(signal.SIGTERM, _stop)
    errors = Console(stderr=True, highlight=False)
    try:
        app()
    except (ToolError, LocalRunError, ServiceError) as error:
        errors.print(
            f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True
        )
        sys.exit(FAILURE)
    except KeyboardInterrupt:
        errors.print("stopped")
        sys.exit(STOPPED)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt
