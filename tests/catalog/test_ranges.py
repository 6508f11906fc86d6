"""10,000 names of any kind fit into a workflow, and none is lost."""

import random

import pytest

from steps.catalog.ranges import Range, make_batches
from steps.contract.batches import (
    LARGEST_ARGUMENT_BYTES,
    MOST_BATCHES,
    Batch,
)
from tests.hostile import HOSTILE

MANY = sorted(
    f"{number:05d}{random.Random(number).choice('äß日')}"  # noqa: S311
    * random.Random(number).randint(1, 4)  # noqa: S311
    for number in range(10_000)
)
LONG_KEYS = sorted(f"{number:04d}" + "ü" * 510 + "/" for number in range(2500))


def ranges(batches: list[Batch]) -> list[Range]:
    """Read the batches' contents."""
    return [Range.model_validate_json(one.content) for one in batches]


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
def test_each_name_is_in_one_batch(names: list[str]) -> None:
    batched = [
        one.of(names) for one in ranges(make_batches(names, size=7, slots=2))
    ]
    assert [name for batch in batched for name in batch] == names


@pytest.mark.parametrize("names", [MANY, LONG_KEYS], ids=["many", "long"])
def test_all_batches_fit_into_an_argument(names: list[str]) -> None:
    batches = make_batches(names, size=1, slots=2)
    size = sum(len(one.model_dump_json()) for one in batches)
    assert len(batches) <= MOST_BATCHES
    assert size < LARGEST_ARGUMENT_BYTES


def test_batches_are_of_the_size_that_is_asked_for() -> None:
    counts = [
        one.count for one in ranges(make_batches(MANY[:60], size=25, slots=2))
    ]
    assert counts == [25, 25, 10]


def test_batches_grow_where_there_are_too_many_names() -> None:
    assert {
        one.count for one in ranges(make_batches(MANY, size=25, slots=2))
    } == {50}


def test_batches_are_dealt_out_to_all_slots() -> None:
    slots = {one.slot for one in make_batches(MANY[:60], size=10, slots=3)}
    assert slots == {0, 1, 2}


def test_no_names_make_no_batches() -> None:
    assert make_batches([], size=25, slots=2) == []


def test_a_name_that_came_later_belongs_to_the_batch_around_it() -> None:
    (batch,) = ranges(make_batches(["a", "c"], size=2, slots=1))
    assert batch.of(["a", "b", "c", "d"]) == ["a", "b", "c"]
