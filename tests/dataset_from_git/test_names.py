"""What files, series and assets are called on the platform."""

from uuid import NAMESPACE_URL, uuid5

import pytest

from steps.dataset_from_git.names import (
    LONGEST_NAME,
    Format,
    asset_uuid,
    file_name,
    names_of,
    series_id,
)
from tests.hostile import HOSTILE

PV = "v1.0_Data_T3.1_Dynamicanalysis_PVanalysis"


def test_a_name_is_the_slug_of_the_path_below_the_common_parent() -> None:
    names = names_of(
        [
            "data/meters/cleaned/electricity_cleaned.csv",
            "data/weather/weather.csv",
        ]
    )
    assert list(names.values()) == [
        "meters-cleaned-electricity-cleaned",
        "weather-weather",
    ]


def test_a_single_file_is_named_after_itself() -> None:
    path = f"T3.1-dynamic-analysis/PV/{PV}.csv"
    assert names_of([path]) == {
        path: "v1-0-data-t3-1-dynamicanalysis-pvanalysis"
    }


def test_folders_that_begin_alike_are_no_common_parent() -> None:
    names = names_of(["data/a.csv", "database/a.csv"])
    assert list(names.values()) == ["data-a", "database-a"]


def test_an_objects_file_is_named_after_its_format() -> None:
    assert file_name("weather", Format.PARQUET) == "weather.parquet"
    assert file_name("weather", Format.CSV) == "weather.csv"


def test_a_series_is_the_slug_of_the_file_name() -> None:
    assert series_id("weather", Format.PARQUET) == "weather-parquet"
    assert series_id("weather", Format.CSV) == "weather-csv"


def test_files_whose_slugs_are_equal_have_different_names() -> None:
    paths = ["x/a b.csv", "x/a-b.csv", "x/A_b.csv", "x/c.csv"]
    names = names_of(paths)
    assert len(set(names.values())) == len(paths)
    assert names["x/c.csv"] == "c"


def test_hostile_names_stay_distinct() -> None:
    paths = [
        f"x/{text.replace('/', '_')}{number}.csv"
        for text in HOSTILE.values()
        for number in ("", "-")
    ]
    names = set(names_of(paths).values())
    assert len(names) == len(set(paths))
    assert all(name and name == name.strip("-") for name in names)


def test_an_overlong_name_is_cut_and_still_its_own() -> None:
    paths = [f"x/{'a' * 1_000}{letter}.csv" for letter in "bc"]
    first, second = names_of(paths).values()
    assert first != second
    assert len(first) <= LONGEST_NAME + 20


@pytest.mark.parametrize(
    "base_url", ["https://api.example.org", "https://api.example.org/"]
)
def test_an_assets_uuid_is_found_again(base_url: str) -> None:
    assert asset_uuid(base_url, "building_stock") == uuid5(
        NAMESPACE_URL, "https://api.example.org/asset/building-stock"
    )
