"""The command-line tool ``moderate``."""

import signal
import sys

import typer

from moderate.cli import (
    check_command,
    clean_command,
    dead_letter_command,
    demo_command,
    draw_command,
    encode_command,
    lint_command,
    list_command,
    open_command,
    render_command,
    rerun_command,
    rotate_token_command,
    run_command,
    services_command,
    trust_command,
)
from moderate.cli.error_handling import exit_code_of

HERE = "Workflows on this machine"
OPERATING = "Operating an installation"
AUTHORING = "Writing workflows"

app = typer.Typer(
    name="moderate",
    help="The pipelines of the MODERATE platform.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.command("demo", epilog=demo_command.EXAMPLES, rich_help_panel=HERE)(
    demo_command.demo
)
app.command("list", epilog=list_command.EXAMPLES, rich_help_panel=HERE)(
    list_command.list_workflows
)
app.command("run", epilog=run_command.EXAMPLES, rich_help_panel=HERE)(
    run_command.run
)
app.command("check", epilog=check_command.EXAMPLES, rich_help_panel=HERE)(
    check_command.check_connections
)
app.add_typer(services_command.app, rich_help_panel=HERE)
for group in (rerun_command, dead_letter_command, trust_command):
    app.add_typer(group.app, rich_help_panel=OPERATING)
app.command("clean", epilog=clean_command.EXAMPLES, rich_help_panel=HERE)(
    clean_command.clean
)
app.command("open", epilog=open_command.EXAMPLES, rich_help_panel=OPERATING)(
    open_command.open_page
)
app.command(
    "rotate-token",
    epilog=rotate_token_command.EXAMPLES,
    rich_help_panel=OPERATING,
)(rotate_token_command.rotate_token)
app.command(
    "render", epilog=render_command.EXAMPLES, rich_help_panel=AUTHORING
)(render_command.render)
app.command("lint", epilog=lint_command.EXAMPLES, rich_help_panel=AUTHORING)(
    lint_command.lint
)
app.command("draw", epilog=draw_command.EXAMPLES, rich_help_panel=AUTHORING)(
    draw_command.draw
)
app.command(
    "encode", epilog=encode_command.EXAMPLES, rich_help_panel=AUTHORING
)(encode_command.encode)


def main() -> None:
    """Runs the tool."""
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(exit_code_of(lambda: app(standalone_mode=False)))


def _stop(*_: object) -> None:
    raise KeyboardInterrupt
