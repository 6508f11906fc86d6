"""``moderate draw``: a picture of a workflow, as Mermaid text."""

import typer

from moderate.cli.options import WorkflowName
from moderate.drawing import draw as draw_workflow
from moderate.workflow_index import find

EXAMPLES = """\
[bold]Examples[/]

moderate draw matrix-profile
"""


def draw(
    name: WorkflowName,
) -> None:
    """Draw a rendered workflow as a Mermaid diagram."""
    typer.echo(draw_workflow(find(name).file), nl=False)
