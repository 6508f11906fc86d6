"""``moderate rotate-token``: a new token for OpenMetadata's ingestion bot."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from moderate.cli.options import DEFAULT_NAMESPACE, DryRun, Namespace
from steps.clients.open_metadata_bot import Expiry

if TYPE_CHECKING:
    from moderate.operations.kubernetes import Cluster

EXAMPLES = """\
[bold]Examples[/]

moderate rotate-token

moderate rotate-token --generate --restart

moderate rotate-token --dry-run
"""
DEFAULT_BOT = "ingestion-bot"


def rotate_token(
    namespace: Namespace = DEFAULT_NAMESPACE,
    bot: Annotated[
        str, typer.Option(help="The bot, for --generate.")
    ] = DEFAULT_BOT,
    expiry: Annotated[
        Expiry,
        typer.Option(help="When a generated token runs out, in days."),
    ] = Expiry.QUARTER,
    *,
    generate: Annotated[
        bool,
        typer.Option(
            "--generate",
            help="Let OpenMetadata make the new token, with an "
            "administrator's token that is asked for.",
        ),
    ] = False,
    restart: Annotated[
        bool,
        typer.Option(
            "--restart",
            help="Restart the workflows that hold the old token.",
        ),
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Put a new token of the ingestion bot into the Secret.

    The token is asked for, or read from the standard input; it is stored
    only when OpenMetadata takes it. Workflows that run with the old one are
    named.
    """
    from moderate.operations import bot_token
    from moderate.operations.kubernetes import Cluster
    from steps.clients import open_metadata_bot

    cluster = Cluster(namespace)
    remark = bot_token.check_secret(cluster)
    if dry_run:
        made = f"made for {bot} by the server" if generate else "asked for"
        typer.echo(
            f"A token would be {made}, shown to OpenMetadata and written to "
            f"the {bot_token.SECRET} in the namespace {namespace}."
        )
    else:
        given = _asked(of_administrator=generate)
        settings = bot_token.settings_with(cluster, given)
        if generate:
            typer.echo(
                "Waiting until OpenMetadata takes the new token; this may "
                "take minutes."
            )
            new = open_metadata_bot.generate(settings, bot, expiry)
            settings = bot_token.settings_with(cluster, new)
        bot_token.replace(cluster, settings)
        typer.echo(f"The {bot_token.SECRET} holds the new token.")
    if remark:
        typer.echo(remark)
    _report_affected_runs(cluster, restart=restart, dry_run=dry_run)


def _asked(*, of_administrator: bool) -> str:
    from steps.clients.open_metadata_bot import checked_token

    if not sys.stdin.isatty():
        return checked_token(sys.stdin.read())
    whose = "An administrator's token" if of_administrator else "The new token"
    token: str = typer.prompt(whose, hide_input=True)
    return checked_token(token)


def _report_affected_runs(
    cluster: "Cluster", *, restart: bool, dry_run: bool
) -> None:
    from moderate.operations import affected_runs, bot_token

    found = affected_runs.affected_by(cluster, bot_token.VARIABLE)
    for one in found:
        if not restart:
            typer.echo(f"{one.name} runs with the old token.")
        elif dry_run:
            typer.echo(f"{one.name} would be stopped and started anew.")
        else:
            name = affected_runs.restart(cluster, one)
            typer.echo(f"{one.name} has been stopped; {name} takes its place.")
    if found and not restart:
        typer.echo(
            "What runs with the old token may fail. --restart starts it anew; "
            "`argo resubmit` does so afterwards."
        )
