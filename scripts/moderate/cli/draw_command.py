"""``moderate draw``: a picture of a workflow, as Mermaid text."""

from typing import Annotated

import typer

from moderate.catalogue import find
from moderate.drawing import draw as draw_workflow

EXAMPLES = """\
[bold]Examples[/]

moderate draw matrix-profile
"""


def draw(
    name: Annotated[str, typer.Argument(help="As `moderate list` shows it.")],
) -> None:
    """Draw a rendered workflow as a Mermaid diagram."""
    typer.echo(draw_workflow(find(name).file), nl=False)
