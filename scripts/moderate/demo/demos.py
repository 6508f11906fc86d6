"""The demos, in the order in which they run."""

import shutil
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
from moderate.demo.environment import DemoEnvironment
from moderate.demo.names import DemoName
from steps.contract.errors import WrongUseError


@dataclass(frozen=True)
class Program:
    """A program that a demo needs and the setup does not install.

    Attributes:
        name: Its name.
        install: How to get it.
    """

    name: str
    install: str

    @property
    def is_missing(self) -> bool:
        """Whether it is not on this machine."""
        return shutil.which(self.name) is None


@dataclass(frozen=True)
class Demo:
    """A demo of one feature.

    Attributes:
        name: Its name.
        title: What it shows, in a few words.
        images: The images whose environments it needs.
        run: Runs it; raises ModerateError where it does not show that.
        programs: The programs that it needs.
    """

    name: str
    title: str
    images: tuple[Image, ...]
    run: Callable[[DemoEnvironment], None]
    programs: tuple[Program, ...] = ()

    @property
    def missing(self) -> str:
        """What keeps it from running here; empty where nothing does."""
        return "; ".join(
            f"{self.name} needs {program.name}: {program.install}"
            for program in self.programs
            if program.is_missing
        )


GIT = Program("git", "apt-get install git")
DEMOS: Mapping[str, Demo] = MappingProxyType(
    {
        demo.name: demo
        for demo in (
            Demo(
                DemoName.MATRIX_PROFILE,
                "the matrix profile job, from message to report",
                (STEPS, MATRIX_PROFILE),
                matrix_profile.run,
            ),
            Demo(
                DemoName.DATASETS,
                "a Git repository becomes an asset, as Parquet and CSV",
                (STEPS, DATASETS),
                datasets.run,
                (GIT,),
            ),
            Demo(
                DemoName.CATALOG,
                "three databases and two prefixes come into the catalog",
                (STEPS, OPENMETADATA),
                catalog.run,
            ),
        )
    }
)


def chosen_demos(names: Iterable[str]) -> list[Demo]:
    """Chooses demos by their names.

    Args:
        names: Their names; all of them where there are none.

    Returns:
        The demos, in the order in which they run.

    Raises:
        WrongUseError: There is no demo of such a name.
    """
    wanted = set(names) or set(DEMOS)
    unknown = sorted(wanted - set(DEMOS))
    if unknown:
        raise WrongUseError(
            f"There is no demo {unknown[0]!r}. There are: {', '.join(DEMOS)}."
        )
    return [DEMOS[name] for name in DEMOS if name in wanted]
