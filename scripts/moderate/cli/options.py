"""Options that several commands share, so that they mean the same."""

import json
from typing import Annotated, TypeAlias

import typer

from moderate.cli.completion import offer_workflows

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
    bool, typer.Option("--dry-run", help="Only say what would be done.")
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


def print_json(document: object) -> None:
    """Prints a document for scripts.

    Args:
        document: Anything that JSON can hold; dates and paths become text.
    """
    typer.echo(json.dumps(document, indent=2, default=str))
