"""Options that several commands share, so that they mean the same."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from moderate.cli.completion import offer_workflows
from steps.contract.errors import WrongUseError

if TYPE_CHECKING:
    from pydantic import BaseModel

NAMESPACE_VARIABLE = "MODERATE_NAMESPACE"
DEFAULT_NAMESPACE = "moderate"

WorkflowName: TypeAlias = Annotated[
    str,
    typer.Argument(
        help="As `moderate list` shows it.", autocompletion=offer_workflows
    ),
]
AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON for scripts.")
]
DryRun: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Only print what would be done.")
]
Namespace: TypeAlias = Annotated[
    str,
    typer.Option(
        "--namespace",
        "-n",
        envvar=NAMESPACE_VARIABLE,
        help="The installation's namespace, on the cluster that kubectl uses.",
    ),
]


def check_choice(items: Sequence[str] | None, *, everything: bool) -> None:
    """Checks that somebody has named items, or asked for all of them.

    Args:
        items: What was named.
        everything: Whether ``--all`` was given.

    Raises:
        WrongUseError: Neither or both.
    """
    if bool(items) == everything:
        raise WrongUseError("Name the items, or give --all, and not both.")


def show_rows(
    rows: "Sequence[BaseModel]", *, as_json: bool, nothing: str, hint: str
) -> None:
    """Prints a list, for scripts or for a person.

    Args:
        rows: The rows.
        as_json: Whether it is for a script.
        nothing: The text where there are no rows.
        hint: The text below them.
    """
    if as_json:
        print_json([row.model_dump(mode="json") for row in rows])
        return
    if not rows:
        typer.echo(nothing)
        return
    from steps.contract.table import table

    typer.echo(table(rows))
    typer.echo(f"\n{hint}")


def print_json(document: object) -> None:
    """Prints a document for scripts.

    Args:
        document: Anything that JSON can hold; dates and paths become text.
    """
    typer.echo(json.dumps(document, indent=2, default=str))
