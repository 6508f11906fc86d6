"""``moderate clean``: removes what the project has left on this machine."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table

from checkout.paths import ROOT
from moderate.cli.options import AsJson, DryRun, print_json
from steps.contract.errors import ModerateError

if TYPE_CHECKING:
    from moderate.operations.leftovers import Leftover, Search

EXAMPLES = """\
[bold]Examples[/]

moderate clean --dry-run

moderate clean --yes
"""


def clean(
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before removing.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Remove everything local: runs, services, cluster, caches.

    Lists it first: runs, development services with what they have stored,
    the local cluster, images, caches, tools and environments, the tool's own
    included. Settings in `.env` stay.
    """
    from local_services.cache import cache_folder
    from moderate.operations.leftovers import (
        find_leftovers,
    )

    search = find_leftovers(ROOT, cache_folder())
    if as_json:
        print_json([_document(one) for one in search.found])
    else:
        _show(search)
    for remark in search.remarks:
        typer.echo(remark, err=True)
    if dry_run or not search.found:
        return
    if not yes:
        typer.confirm("Remove all of this?", abort=True, err=True)
    _remove(search.found)


def _document(leftover: "Leftover") -> dict[str, object]:
    return {
        "kind": leftover.kind,
        "name": leftover.name,
        "bytes": leftover.bytes,
    }


def _show(search: "Search") -> None:
    console = Console(highlight=False)
    if not search.found:
        console.print("There is nothing to remove.")
    else:
        table = Table(box=None, pad_edge=False)
        table.add_column("what", no_wrap=True)
        table.add_column("name", overflow="fold")
        table.add_column("size", justify="right", no_wrap=True)
        for one in search.found:
            size = "" if one.bytes is None else decimal(one.bytes)
            table.add_row(one.kind, escape(one.name), size)
        console.print(table)


def _remove(found: Sequence["Leftover"]) -> None:
    """Removes one thing after another; what fails holds up nothing."""
    faults = []
    for one in found:
        try:
            one.remove()
        except (ModerateError, OSError) as error:
            faults.append(f"{one.name}: {error}")
        else:
            typer.echo(f"removed {one.name}", err=True)
    if faults:
        raise ModerateError(
            "These could not be removed; remove them by hand, or try again: "
            + "; ".join(faults)
        )
