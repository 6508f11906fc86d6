"""``moderate lint``: what Hera lets pass and Argo finds too late."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from moderate.checkout import RENDERED
from moderate.errors import ToolError

EXAMPLES = """\
[bold]Examples[/]

moderate lint

moderate lint my-workflows/

moderate lint --rules
"""


def lint(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders or files; the rendered ones if none."),
    ] = None,
    *,
    rules: Annotated[
        bool, typer.Option("--rules", help="Only list the rules.")
    ] = False,
) -> None:
    """Check rendered manifests against Argo's rules and this house's."""
    from moderate import lint as linting  # noqa: PLC0415  (reads schemas)

    console = Console(highlight=False)
    if rules:
        for rule in linting.RULES:
            console.print(f"[bold]{rule.name}[/]  {escape(rule.summary)}")
        return
    places = paths or [RENDERED]
    for place in places:
        if not place.exists():
            raise ToolError(f"There is no file or folder {place}.")
    findings = [finding for place in places for finding in linting.lint(place)]
    for finding in findings:
        console.print(
            f"[bold]{escape(str(finding.file))}[/]: "
            f"{escape(finding.where)}: {escape(finding.message)} "
            f"[dim]({finding.rule})[/]",
            soft_wrap=True,
        )
    if findings:
        raise ToolError(
            f"lint found {len(findings)} faults. Mend them in workflows/, "
            "then run `moderate render`."
        )
    console.print("lint found nothing.")
