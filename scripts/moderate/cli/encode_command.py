"""``moderate encode``: text as Argo is to carry it."""

from typing import Annotated

import typer

from steps.contract import wire

EXAMPLES = """\
[bold]Examples[/]

moderate encode 'a name with {{braces}}'

argo submit --from workflowtemplate/matrix-profile
-p message="$(moderate encode "$(cat message.json)")"
"""


def encode(
    text: Annotated[str, typer.Argument(help="Any text.")],
) -> None:
    """Write text so that Argo does not evaluate it, as `b64:…`."""
    typer.echo(wire.encode(text))
