"""The table of datasets."""

import pytest

from steps.contract.errors import BadDataError
from steps.dataset_from_git.convert.reading_rules import ReadingRules
from steps.dataset_from_git.datasets import (
    AS_IT_IS,
    DATASETS,
    Dataset,
    find_dataset,
)
from steps.dataset_from_git.names import slug

each_dataset = pytest.mark.parametrize(
    "dataset", DATASETS.values(), ids=DATASETS.keys()
)


@each_dataset
def test_a_dataset_is_fetched_over_https(dataset: Dataset) -> None:
    assert dataset.url.startswith("https://")


def test_datasets_have_assets_of_their_own() -> None:
    assert len({slug(name) for name in DATASETS}) == len(DATASETS)


def test_the_photovoltaics_file_is_read_by_its_rules() -> None:
    path = "T3.1/x/v1.0_Data_T3.1_Dynamicanalysis_PVanalysis.csv"
    assert DATASETS["building_stock"].rules_for(path) == ReadingRules(
        skip_lines=1, separator=";", decimal=","
    )


def test_other_files_are_read_as_they_are() -> None:
    assert DATASETS["genome_project"].rules_for("a/b.csv") == AS_IT_IS


def test_an_unknown_dataset_is_named_with_those_there_are() -> None:
    with pytest.raises(BadDataError, match="building_stock, genome_project"):
        find_dataset("nosuch")
