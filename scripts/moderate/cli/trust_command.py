"""``moderate trust``: what has failed, and another chance for it."""

import json
from typing import Annotated

import typer

from moderate.errors import ToolError
from moderate.failed_items import (
    FailedRow,
    chosen_rows,
    failed_rows,
    release,
)
from steps.contract.table import table

FAILED_EXAMPLES = """\
[bold]Examples[/]

moderate trust failed

moderate trust failed --json
"""
RELEASE_EXAMPLES = """\
[bold]Examples[/]

moderate trust release jane 42

moderate trust release --all --dry-run
"""

app = typer.Typer(
    name="trust",
    help="The DIDs and proofs that could not be made.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command("failed", epilog=FAILED_EXAMPLES)
def failed(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON for scripts.")
    ] = False,
) -> None:
    """List users and asset objects that have failed and are not done."""
    rows = failed_rows()
    if as_json:
        documents = [row.model_dump(mode="json") for row in rows]
        typer.echo(json.dumps(documents, indent=2))
        return
    if not rows:
        typer.echo("Nothing has failed.")
        return
    typer.echo(table(rows))
    typer.echo(
        "\nWhat is set aside is tried again after `moderate trust release`."
    )


@app.command("release", epilog=RELEASE_EXAMPLES)
def release_items(
    items: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ITEM…",
            help="Usernames, or numbers of asset objects.",
            show_default=False,
        ),
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Release all that have failed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
) -> None:
    """Let failed items be tried again now, as if they had never failed."""
    if bool(items) == everything:
        raise ToolError("Name the items, or give --all, and not both.")
    for row in chosen_rows(items or [], everything=everything):
        outcome = _outcome(row, dry_run=dry_run)
        typer.echo(f"{row.pipeline} {row.item!r}: {outcome}")


def _outcome(row: FailedRow, *, dry_run: bool) -> str:
    if dry_run:
        return "would be released"
    if release(row):
        return "released"
    return "not released: a run works on it"
