"""The page that shows each workflow, made from the rendered files."""

from collections.abc import Iterator

from moderate.catalogue import Workflow, workflows
from moderate.checkout import RENDERED, ROOT
from moderate.drawing import draw

PAGE = ROOT / "docs/workflows.md"
HEADER = """\
<!-- Made by `moderate render`; do not edit. -->
# Workflows

Each one as it is rendered: rounded is what a run is told, square what runs;
a dotted line leads to what runs in the end, whatever happened.
"""


def render_page() -> str:
    """Writes the page.

    Returns:
        Markdown, with a Mermaid picture of each workflow.
    """
    sections = ("\n".join(_section(one)) for one in workflows(RENDERED))
    return "\n".join([HEADER, *sections])


def write_page() -> bool:
    """Writes the page to its file.

    Returns:
        Whether that has changed it.
    """
    is_changed = not is_up_to_date()
    if is_changed:
        PAGE.write_text(render_page(), encoding="utf-8")
    return is_changed


def is_up_to_date() -> bool:
    """Tells whether the page shows the rendered files."""
    return PAGE.exists() and PAGE.read_text("utf-8") == render_page()


def _section(workflow: Workflow) -> Iterator[str]:
    yield f"## {workflow.name}\n"
    yield f"{workflow.description}\n"
    yield f"```mermaid\n{draw(workflow.file)}```\n"
