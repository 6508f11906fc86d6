"""How Go writes and reads values."""

from typing import Any

import pytest

from argo_offline.errors import LocalRunError
from argo_offline.go_values import (
    any_string,
    go_format,
    go_json,
    go_quote,
    list_items,
    object_members,
    parse_duration,
    sorted_json,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (2.5, "2.5"),
        (1e21, "1e+21"),
        (0.00001, "0.00001"),
        (0.00000012, "1.2e-7"),
        ("<a> & ü\u2028", '"\\u003ca\\u003e \\u0026 ü\\u2028"'),
        ([1, None, True, {}], "[1,null,true,{}]"),
    ],
)
def test_json_is_written_as_go_does(value: Any, text: str) -> None:
    assert go_json(value) == text


def test_maps_are_written_sorted() -> None:
    assert sorted_json({"b": {"d": 1, "c": 2}, "a": 1}) == (
        '{"a":1,"b":{"c":2,"d":1}}'
    )


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('a "b" \\', 'a \\"b\\" \\\\'),
        ("\n\t\r\a\v\x1b\x7f", "\\n\\t\\r\\a\\v\\x1b\\x7f"),
        ("ü€漢🏠", "ü€漢🏠"),
        ("\u00a0\ufeff\U000e0001", "\\u00a0\\ufeff\\U000e0001"),
    ],
)
def test_text_is_quoted_as_go_does(text: str, quoted: str) -> None:
    assert go_quote(text) == quoted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "<nil>"),
        (True, "true"),
        (1e21, "1e+21"),
        (0.00001, "1e-05"),
        ([1, "a"], "[1 a]"),
        ({"b": 1, "a": [2]}, "map[a:[2] b:1]"),
    ],
)
def test_values_are_formatted_as_go_does(value: Any, text: str) -> None:
    assert go_format(value) == text


def test_scalars_become_parameters_as_argo_reads_them() -> None:
    assert [any_string(v) for v in (1, 2.0, 2.5, False, "x")] == [
        "1", "2", "2.5", "false", "x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00001, "0.00001"),
        (1e30, f"1{'0' * 30}"),
        (2**53 + 1, "9007199254740992"),
        (-1.5, "-1.5"),
        (["a"], ""),
        ({"a": 1}, ""),
    ],
)
def test_numbers_are_float64_and_lists_are_lost(
    value: object, text: str
) -> None:
    assert any_string(value) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10", 10), ("1m30s", 90), ("1.5h", 5400), ("500ms", 0.5)],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "1 m", "5d", "ms"])
def test_malformed_duration_is_an_error(text: str) -> None:
    with pytest.raises(LocalRunError, match="as a duration"):
        parse_duration(text)


def test_parts_of_json_stay_as_they_are_written() -> None:
    assert list_items(r'[ 2.50, "\u00fc ]", {"a" : [1, 2]} ]') == [
        "2.50",
        r'"\u00fc ]"',
        '{"a":[1,2]}',
    ]


def test_members_of_an_object_stay_as_they_are_written() -> None:
    assert object_members(r'{"a": "\u00fc", "b" : 1.0, "c": {"d": null}}') == {
        "a": r'"\u00fc"',
        "b": "1.0",
        "c": '{"d":null}',
    }
