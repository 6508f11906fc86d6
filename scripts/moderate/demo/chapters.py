"""The chapters of the demonstration, in the order in which they play."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from checkout.images import (
    DATASETS,
    MATRIX_PROFILE,
    OPENMETADATA,
    STEPS,
    Image,
)
from moderate.demo import catalog, datasets, matrix_profile
from moderate.demo.names import ChapterName
from moderate.demo.stage import Stage
from steps.contract.errors import WrongUseError


@dataclass(frozen=True)
class Chapter:
    """A part of the demonstration that can be left out.

    Attributes:
        name: Its name.
        title: What it shows, in a few words.
        images: The images whose environments it needs.
        play: Plays it; raises ModerateError where it does not show that.
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
                ChapterName.MATRIX_PROFILE,
                "the matrix profile job, from message to report",
                (STEPS, MATRIX_PROFILE),
                matrix_profile.play,
            ),
            Chapter(
                ChapterName.DATASETS,
                "a Git repository becomes an asset, as Parquet and CSV",
                (STEPS, DATASETS),
                datasets.play,
            ),
            Chapter(
                ChapterName.CATALOG,
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
        WrongUseError: There is no chapter of such a name.
    """
    wanted = set(names) or set(CHAPTERS)
    unknown = sorted(wanted - set(CHAPTERS))
    if unknown:
        raise WrongUseError(
            f"There is no chapter {unknown[0]!r}. There are: "
            f"{', '.join(CHAPTERS)}."
        )
    return [CHAPTERS[name] for name in CHAPTERS if name in wanted]
