"""``moderate render``: the YAML that a cluster gets."""

from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console

from checkout.paths import MONITORING, RENDERED, ROOT
from steps.contract.errors import ModerateError

if TYPE_CHECKING:
    from typer.core import TyperGroup

EXAMPLES = """\
[bold]Examples[/]

moderate render

moderate render --check
"""


def render(
    context: typer.Context,
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Only check whether the files are up to date."
        ),
    ] = False,
) -> None:
    """Write every object's YAML, as a cluster gets it.

    It goes to charts/moderate-workflows/rendered, alerts and the dashboard
    to the folder monitoring beside it; and the documents get the tables and
    pictures that they make of all that.
    """
    from moderate import render as rendering
    from moderate.documents import blocks

    tool = cast("TyperGroup", context.find_root().command)
    console = Console(highlight=False)
    folders = {
        RENDERED: rendering.render_for_kustomize,
        MONITORING: rendering.render_monitoring,
    }
    if not check:
        for folder, make in folders.items():
            for name in rendering.write(folder, make):
                console.print(f"changed  {name}")
        for page in blocks.write_pages(tool):
            console.print(f"changed  {page.relative_to(ROOT)}")
        for folder in folders:
            console.print(f"{folder.relative_to(ROOT)} is up to date.")
        return
    drifts = [
        drift
        for folder, make in folders.items()
        for drift in rendering.check(folder, make)
    ]
    for drift in drifts:
        console.print(f"{drift.file} {drift.fault}")
    stale = [] if drifts else blocks.stale_pages(tool)
    for page in stale:
        console.print(f"{page.relative_to(ROOT)} is out of date")
    if drifts or stale:
        raise ModerateError(
            f"{len(drifts) + len(stale)} of the rendered files are out of "
            "date. Run `moderate render` and commit the result."
        )
    for folder in folders:
        console.print(f"{folder.relative_to(ROOT)} is up to date.")
