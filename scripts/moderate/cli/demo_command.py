"""``moderate demo``: the workflows here, on real data and real services."""

from typing import Annotated

import typer
from rich.console import Console

from moderate.demo.names import ChapterName

EXAMPLES = """\
[bold]Examples[/]

moderate demo

moderate demo --only matrix-profile
"""


def demo(
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHAPTER",
            autocompletion=lambda: list(ChapterName),
            help="Play this chapter alone. May be given many times. There "
            f"are: {', '.join(ChapterName)}.",
        ),
    ] = None,
) -> None:
    """Run the workflows here on real data, with real services."""
    from moderate.cli.live_view import installed_images
    from moderate.demo.chapters import (
        chosen_chapters,
    )
    from moderate.demo.stage import stage

    console = Console(highlight=False)
    chapters = chosen_chapters(only or ())
    needed = dict.fromkeys(
        image for chapter in chapters for image in chapter.images
    )
    images = installed_images(console, needed)
    with stage(images, console) as playing:
        for chapter in chapters:
            console.rule(f"[bold]{chapter.name}[/]: {chapter.title}")
            chapter.play(playing)
