"""The chapters of the demonstration, in the order in which they play."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from moderate.demo import catalog, datasets, matrix_profile
from moderate.demo.stage import Stage
from moderate.errors import ToolError
from moderate.images import (
    DATASETS,
    MATRIX_PROFILE,
    OPENMETADATA,
    STEPS,
    Image,
)


@dataclass(frozen=True)
class Chapter:
    """A part of the demonstration that can be left out.

    Attributes:
        name: Its name.
        title: What it shows, in a few words.
        images: The images whose environments it needs.
        play: Plays it; raises ToolError where it does not show that.
    """

    name: str
    title: str
    images: tuple[Image, ...]
    play: Callable[[Stage], None]


CHAPTERS: Mapping[str, Chapter] = MappingProxyType(
    {
        chapter.name: chapter
        for chapter in (
            Chapter(
                "matrix-profile",
                "the matrix profile job, from message to report",
                (STEPS, MATRIX_PROFILE),
                matrix_profile.play,
            ),
            Chapter(
                "datasets",
                "a Git repository becomes an asset, as Parquet and CSV",
                (STEPS, DATASETS),
                datasets.play,
            ),
            Chapter(
                "catalog",
                "three databases and two prefixes come into the catalog",
                (STEPS, OPENMETADATA),
                catalog.play,
            ),
        )
    }
)


def chosen_chapters(names: Iterable[str]) -> list[Chapter]:
    """Chooses chapters by their names.

    Args:
        names: Their names; all of them where there are none.

    Returns:
        The chapters, in the order in which they play.

    Raises:
        ToolError: There is no chapter of such a name.
    """
    wanted = set(names) or set(CHAPTERS)
    unknown = sorted(wanted - set(CHAPTERS))
    if unknown:
        raise ToolError(
            f"There is no chapter {unknown[0]!r}. There are: "
            f"{', '.join(CHAPTERS)}."
        )
    return [CHAPTERS[name] for name in CHAPTERS if name in wanted]
