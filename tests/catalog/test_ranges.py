"""10,000 names of any kind fit into a workflow, and none is lost."""

import random

import pytest

from steps.catalog.ranges import Range, deal
from steps.contract.portions import (
    LARGEST_ARGUMENT_BYTES,
    MOST_PORTIONS,
    Portion,
)
from tests.hostile import HOSTILE

MANY = sorted(
    f"{number:05d}{random.Random(number).choice('äß日')}"  # noqa: S311
    * random.Random(number).randint(1, 4)  # noqa: S311
    for number in range(10_000)
)
LONG_KEYS = sorted(f"{number:04d}" + "ü" * 510 + "/" for number in range(2500))


def ranges(portions: list[Portion]) -> list[Range]:
    """Read the portions' contents."""
    return [Range.model_validate_json(one.content) for one in portions]


@pytest.mark.parametrize(
    "names",
    [
        ["one"],
        sorted(HOSTILE.values()),
        MANY,
        LONG_KEYS,
        sorted("\n" * number for number in range(1, 60)),
    ],
    ids=["one", "hostile", "many", "long", "line breaks"],
)
def test_each_name_is_in_one_portion(names: list[str]) -> None:
    dealt = [one.of(names) for one in ranges(deal(names, size=7, lanes=2))]
    assert [name for portion in dealt for name in portion] == names


@pytest.mark.parametrize("names", [MANY, LONG_KEYS], ids=["many", "long"])
def test_all_portions_fit_into_an_argument(names: list[str]) -> None:
    portions = deal(names, size=1, lanes=2)
    size = sum(len(one.model_dump_json()) for one in portions)
    assert len(portions) <= MOST_PORTIONS
    assert size < LARGEST_ARGUMENT_BYTES


def test_portions_are_of_the_size_that_is_asked_for() -> None:
    counts = [one.count for one in ranges(deal(MANY[:60], size=25, lanes=2))]
    assert counts == [25, 25, 10]


def test_portions_grow_where_there_are_too_many_names() -> None:
    assert {one.count for one in ranges(deal(MANY, size=25, lanes=2))} == {50}


def test_portions_are_dealt_out_to_all_lanes() -> None:
    lanes = {one.lane for one in deal(MANY[:60], size=10, lanes=3)}
    assert lanes == {0, 1, 2}


def test_no_names_make_no_portions() -> None:
    assert deal([], size=25, lanes=2) == []


def test_a_name_that_came_later_belongs_to_the_portion_around_it() -> None:
    (portion,) = ranges(deal(["a", "c"], size=2, lanes=1))
    assert portion.of(["a", "b", "c", "d"]) == ["a", "b", "c"]
