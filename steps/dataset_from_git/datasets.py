"""The datasets that are kept up to date; operators may name others."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from steps.contract.errors import BadDataError, BadSettingsError
from steps.dataset_from_git.convert.reading_rules import ReadingRules
from steps.dataset_from_git.names import slug
from steps.dataset_from_git.settings import GitSettings

AS_IT_IS = ReadingRules()
NAME = r"^[a-z][a-z0-9_]*$"
LONGEST_NAME = 32


class Dataset(BaseModel):
    """The CSV files of a public Git repository.

    Attributes:
        name: Its name; its asset is found by it.
        title: What people see as the asset's name.
        description: What people read about the asset.
        url: The repository, https alone.
        branch: The branch that is followed.
        globs: Which files belong to it; each glob matches one at least.
        reading: How files are read, by file name; what is not named is
            detected.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=NAME, max_length=LONGEST_NAME)]
    title: Annotated[str, Field(min_length=1)]
    description: str
    url: Annotated[str, Field(pattern=r"^https://[^\s?#@]+$")]
    branch: Annotated[str, Field(min_length=1)]
    globs: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)
    ]
    reading: Mapping[str, ReadingRules] = Field(default_factory=dict)

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
        reading={
            "v1.0_Data_T3.1_Dynamicanalysis_PVanalysis.csv": ReadingRules(
                skip_lines=1, separator=";", decimal=","
            )
        },
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
_LIST = TypeAdapter(list[Dataset])


def read_datasets(settings: GitSettings) -> Mapping[str, Dataset]:
    """Lists the datasets by their names.

    Args:
        settings: What operators have named, if they have.

    Returns:
        Theirs, or the project's own.

    Raises:
        BadSettingsError: One is malformed, or two have the same name.
    """
    if not settings.datasets_list:
        return DATASETS
    try:
        found = _LIST.validate_json(settings.datasets_list)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, detail['loc'])) or 'all of it'}: "
            f"{detail['msg']}"
            for detail in error.errors(include_url=False, include_input=False)
        )
        raise BadSettingsError(
            f"DATASETS_LIST is no list of datasets: {faults}. Correct "
            "the chart's value `datasets`."
        ) from None
    if len({slug(dataset.name) for dataset in found}) != len(found):
        raise BadSettingsError(
            "DATASETS_LIST names a dataset twice: "
            f"{', '.join(sorted(dataset.name for dataset in found))}."
        )
    return {dataset.name: dataset for dataset in found}


def find_dataset(name: str, settings: GitSettings) -> Dataset:
    """Finds a dataset by its name.

    Args:
        name: The name.
        settings: What operators have named, if they have.

    Returns:
        The dataset.

    Raises:
        BadDataError: There is none of that name.
        BadSettingsError: A dataset of the settings is malformed.
    """
    known = read_datasets(settings)
    if name not in known:
        raise BadDataError(
            f"There is no dataset {name!r}. There are: {', '.join(known)}."
        )
    return known[name]
