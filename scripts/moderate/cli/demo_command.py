"""``moderate demo``: the matrix profile job, from message to report."""

from rich.console import Console

from moderate.cli.live_view import installed_images, summary, watched
from moderate.demo import Demo, run_demo
from moderate.errors import ToolError

EXAMPLES = """\
[bold]Examples[/]

moderate demo

make demo
"""


def demo() -> None:
    """Run the matrix profile job here on a real series, with real services."""
    console = Console(highlight=False)
    images = installed_images(console)
    with watched(console) as on_event:
        shown = run_demo(images, console.print, on_event)
    console.print(summary(shown.result))
    _tell(console, shown)
    if shown.report is None:
        raise ToolError(
            "The demonstration ended without a report. The run's folder holds "
            "every log."
        )


def _tell(console: Console, shown: Demo) -> None:
    console.print()
    console.print(f"What the platform was told: {shown.job.results}")
    if shown.report:
        console.print("[bold]The report, opens without a network:[/]")
        console.print(f"  {shown.report}", soft_wrap=True)
