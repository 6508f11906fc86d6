"""``moderate demo``: the workflows here, on real data and real services."""

from typing import Annotated

import typer
from rich.console import Console

from moderate.demo.names import DemoName

EXAMPLES = """\
[bold]Examples[/]

moderate demo

moderate demo --only matrix-profile
"""


def demo(
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DEMO",
            autocompletion=lambda: list(DemoName),
            help="Run this demo alone. May be given many times. There "
            f"are: {', '.join(DemoName)}.",
        ),
    ] = None,
) -> None:
    """Run the workflows here on real data, with real services.

    A demo whose programs this machine lacks is left out, and named at the
    end.
    """
    from moderate.cli.live_view import installed_images
    from moderate.demo.demos import chosen_demos
    from moderate.demo.environment import demo_environment

    console = Console(highlight=False)
    chosen = chosen_demos(only or ())
    able = [one for one in chosen if not one.missing]
    needed = dict.fromkeys(image for one in able for image in one.images)
    images = installed_images(console, needed)
    if able:
        with demo_environment(images, console) as running:
            for one in able:
                console.rule(f"[bold]{one.name}[/]: {one.title}")
                one.run(running)
    left_out = [one.missing for one in chosen if one.missing]
    console.print(
        f"Demos run: {', '.join(one.name for one in able) or 'none'}. "
        f"Left out: {'; '.join(left_out) or 'none'}.",
        soft_wrap=True,
    )
