"""``moderate render``: the YAML that a cluster gets."""

from typing import Annotated

import typer
from rich.console import Console

from moderate.checkout import MONITORING, RENDERED, ROOT
from moderate.errors import ToolError
from moderate.workflows_page import PAGE, is_up_to_date, write_page

EXAMPLES = """\
[bold]Examples[/]

moderate render

moderate render --check
"""


def render(
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Only say whether the files are up to date."
        ),
    ] = False,
) -> None:
    """Write every object's YAML to charts/moderate-workflows/rendered.

    And alerts and the dashboard to the folder monitoring beside it, and what
    the workflows look like to docs/workflows.md.
    """
    from moderate import render as rendering  # noqa: PLC0415  (imports Hera)

    console = Console(highlight=False)
    folders = {
        RENDERED: rendering.render,
        MONITORING: rendering.render_monitoring,
    }
    if not check:
        for folder, make in folders.items():
            for name in rendering.write(folder, make):
                console.print(f"changed  {name}")
        if write_page():
            console.print(f"changed  {PAGE.name}")
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
    if not drifts and not is_up_to_date():
        raise ToolError(
            f"{PAGE.relative_to(ROOT)} does not show the rendered files. Run "
            "`moderate render` and commit the result."
        )
    if drifts:
        raise ToolError(
            f"{len(drifts)} of the rendered files are out of date. Run "
            "`moderate render` and commit the result."
        )
    for folder in folders:
        console.print(f"{folder.relative_to(ROOT)} is up to date.")
