"""The datasets that are kept up to date; a further one is one more entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from steps.contract.errors import BadDataError
from steps.dataset_from_git.convert.reading_rules import ReadingRules

AS_IT_IS = ReadingRules()


@dataclass(frozen=True)
class Dataset:
    """The CSV files of a public Git repository.

    Attributes:
        name: Its name; its asset is found by it.
        title: What people see as the asset's name.
        description: What people read about the asset.
        url: The repository, https alone.
        branch: The branch that is followed.
        globs: Which files belong to it; each glob matches one at least.
        reading: How files are read, by file name; all others as they are.
    """

    name: str
    title: str
    description: str
    url: str
    branch: str
    globs: tuple[str, ...]
    reading: Mapping[str, ReadingRules] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def rules_for(self, path: str) -> ReadingRules:
        """Returns how a file is read.

        Args:
            path: Its path in the repository.

        Returns:
            The rules of its name.
        """
        return self.reading.get(path.rpartition("/")[2], AS_IT_IS)


_TABLE = (
    Dataset(
        name="building_stock",
        title="Building stock analysis",
        description=(
            "Dynamic and static analysis of the building stock, and of what "
            "photovoltaics can yield on it."
        ),
        url="https://github.com/MODERATE-Project/building-stock-analysis",
        branch="main",
        globs=(
            "T3.1-dynamic-analysis/**/*.csv",
            "T3.2-static-analysis/**/*.csv",
        ),
        reading=MappingProxyType(
            {
                "v1.0_Data_T3.1_Dynamicanalysis_PVanalysis.csv": ReadingRules(
                    skip_lines=1, separator=";", decimal=","
                )
            }
        ),
    ),
    Dataset(
        name="genome_project",
        title="Building Data Genome Project 2",
        description=(
            "Two years of hourly readings of 3,053 energy meters in 1,636 "
            "non-residential buildings, with the weather there."
        ),
        url="https://github.com/buds-lab/building-data-genome-project-2",
        branch="master",
        globs=(
            "data/meters/cleaned/*.csv",
            "data/weather/*.csv",
            "data/metadata/*.csv",
        ),
    ),
)
DATASETS: Mapping[str, Dataset] = MappingProxyType(
    {dataset.name: dataset for dataset in _TABLE}
)


def find_dataset(name: str) -> Dataset:
    """Finds a dataset by its name.

    Args:
        name: The name.

    Returns:
        The dataset.

    Raises:
        BadDataError: There is none of that name.
    """
    if name not in DATASETS:
        raise BadDataError(
            f"There is no dataset {name!r}. There are: {', '.join(DATASETS)}."
        )
    return DATASETS[name]
