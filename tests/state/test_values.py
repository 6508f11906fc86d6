"""Values: exact keys, and no update is ever lost."""

import pytest
from pydantic import JsonValue

from steps.contract.errors import BadDataError
from steps.state.state import State
from tests.hostile import hostile

KEY = "jane"


def test_there_is_nothing_at_first(state: State) -> None:
    assert state.get(KEY) is None


@pytest.mark.parametrize(
    "value",
    [
        {"b": 1, "a": [1.5, "x", None, True]},
        [],
        "",
        "a\0b",
        "\ud800",
        "{{=1+1}}",
        10**30,
        0.1,
        False,
        None,
    ],
)
def test_a_value_comes_back_as_it_was(state: State, value: JsonValue) -> None:
    state.put(KEY, value)
    assert state.get(KEY) == value


def test_the_order_of_an_object_is_kept(state: State) -> None:
    state.put(KEY, {"b": 1, "a": 2})
    found = state.get(KEY)
    assert isinstance(found, dict)
    assert list(found) == ["b", "a"]


def test_the_last_value_counts(state: State) -> None:
    state.put(KEY, 1)
    state.put(KEY, 2)
    assert state.get(KEY) == 2


def test_another_pod_sees_the_value(state: State, other: State) -> None:
    state.put(KEY, 1)
    assert other.get(KEY) == 1


def test_another_namespace_does_not(state: State, elsewhere: State) -> None:
    state.put(KEY, 1)
    assert elsewhere.get(KEY) is None


@hostile
def test_any_text_is_a_key(state: State, hostile: str) -> None:
    state.put(hostile, hostile)
    assert state.values() == {hostile: hostile}


def test_keys_that_a_slug_would_merge_stay_apart(state: State) -> None:
    keys = ["núñez", "nunez", "nu\u0301n\u0303ez", "Nunez", "nunez "]
    for number, key in enumerate(keys):
        state.put(key, number)
    assert [state.get(key) for key in keys] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("key", ["a\0b", "\ud800", "ñ" * 1_025])
def test_a_key_that_cannot_be_kept_is_bad_data(state: State, key: str) -> None:
    with pytest.raises(BadDataError):
        state.put(key, 1)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_json_cannot_hold_is_bad_data(
    state: State, value: float
) -> None:
    with pytest.raises(BadDataError):
        state.put(KEY, value)


def test_a_removed_value_is_gone(state: State) -> None:
    state.put(KEY, 1)
    state.remove(KEY)
    assert state.values() == {}


def test_removing_nothing_does_no_harm(state: State) -> None:
    state.remove(KEY)


def test_values_are_found_by_how_their_keys_begin(state: State) -> None:
    for key in ("a/1", "a/2", "a", "b/1", "A/1", "%/1"):
        state.put(key, key)
    assert state.values("a/") == {"a/1": "a/1", "a/2": "a/2"}


def test_a_prefix_is_no_pattern(state: State) -> None:
    state.put("ab", 1)
    assert state.values("_b") == state.values("%") == {}


def test_an_update_makes_a_value_of_nothing(state: State) -> None:
    assert state.update(KEY, lambda value: [value]) == [None]
    assert state.get(KEY) == [None]


def test_an_update_makes_a_value_of_the_one_before(state: State) -> None:
    state.put(KEY, 1)
    state.update(KEY, lambda value: [value, 2])
    assert state.get(KEY) == [1, 2]


def test_a_failed_update_changes_nothing(state: State) -> None:
    def fail(_: JsonValue) -> JsonValue:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        state.update(KEY, fail)
    assert state.values() == {}


def test_a_state_works_on_after_a_failed_update(state: State) -> None:
    def fail(_: JsonValue) -> JsonValue:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        state.update(KEY, fail)
    state.put(KEY, 1)
    assert state.get(KEY) == 1
