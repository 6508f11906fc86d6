"""``moderate lint``: what Hera lets pass and Argo finds too late."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from checkout.paths import RENDERED
from moderate.cli.options import AsJson, print_json
from steps.contract.errors import ModerateError, WrongUseError

if TYPE_CHECKING:
    from argo_offline.lint import Finding, Rule

EXAMPLES = """\
[bold]Examples[/]

moderate lint

moderate lint my-workflows/

moderate lint --argo-only other-workflows/

moderate lint --rules

moderate lint --json
"""


def lint(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders or files; the rendered ones if none."),
    ] = None,
    *,
    argo_only: Annotated[
        bool,
        typer.Option(
            "--argo-only",
            help="Leave this repository's own rules out, for manifests that "
            "are not its own.",
        ),
    ] = False,
    rules: Annotated[
        bool, typer.Option("--rules", help="Only list the rules.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check manifests against Argo's rules and this repository's."""
    from argo_offline import lint as linting
    from moderate.project_rules import ALL_RULES

    chosen = linting.ARGO_RULES if argo_only else ALL_RULES
    if rules:
        _show_rules(chosen, as_json=as_json)
        return
    places = paths or [RENDERED]
    for place in places:
        if not place.exists():
            raise WrongUseError(
                f"There is no file or folder {place}. Give none to check the "
                "rendered files."
            )
    findings = [
        finding for place in places for finding in linting.lint(place, chosen)
    ]
    _show(findings, as_json=as_json)
    if findings:
        raise ModerateError(
            f"lint found {len(findings)} faults. For this project's own "
            "files, correct workflows/ or events/, then run `moderate render`."
        )


def _show(findings: Sequence["Finding"], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(finding) for finding in findings])
        return
    console = Console(highlight=False)
    for finding in findings:
        console.print(
            f"[bold]{escape(str(finding.file))}[/]: "
            f"{escape(finding.where)}: {escape(finding.message)} "
            f"[dim]({finding.rule})[/]",
            soft_wrap=True,
        )
    if not findings:
        console.print("lint found nothing.")


def _show_rules(rules: Sequence["Rule"], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "name": rule.name,
                    "group": rule.group,
                    "summary": rule.summary,
                }
                for rule in rules
            ]
        )
        return
    console = Console(highlight=False)
    for rule in rules:
        console.print(
            f"[bold]{rule.name}[/]  {escape(rule.summary)} "
            f"[dim]({rule.group})[/]"
        )
