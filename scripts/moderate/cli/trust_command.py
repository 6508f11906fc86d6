"""``moderate trust``: what has failed, and its release."""

from typing import TYPE_CHECKING, Annotated

import typer

from moderate.cli.options import AsJson, DryRun, check_choice, show_rows

if TYPE_CHECKING:
    from moderate.failed_items import FailedRow

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
    as_json: AsJson = False,
) -> None:
    """List users and asset objects that have failed and are not done."""
    from moderate.failed_items import failed_rows

    show_rows(
        failed_rows(),
        as_json=as_json,
        nothing="Nothing has failed.",
        hint="What is set aside is tried again after `moderate trust "
        "release`.",
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
    dry_run: DryRun = False,
) -> None:
    """Let failed items be tried again now, as if they had never failed."""
    from moderate.failed_items import chosen_rows

    check_choice(items, everything=everything)
    for row in chosen_rows(items or [], everything=everything):
        outcome = _outcome(row, dry_run=dry_run)
        typer.echo(f"{row.pipeline} {row.item!r}: {outcome}")


def _outcome(row: "FailedRow", *, dry_run: bool) -> str:
    from moderate.failed_items import release

    if dry_run:
        return "would be released"
    if release(row):
        return "released"
    return "not released: a run works on it"
