"""Expressions and conditions give the recorded results of Argo's own code."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from argo_offline.errors import ExpressionError, LocalRunError
from argo_offline.expressions import (
    Variables,
    evaluate_bool,
    parse,
    should_execute,
)
from argo_offline.go_values import any_string, parse_duration, whole_number
from argo_offline.manifests.access import mapping
from argo_offline.manifests.folder import read
from argo_offline.run.calls import described_items
from argo_offline.run.substitution import all_strict, replace_value

_TABLE = Path(__file__).parents[1] / "recorded" / "table.jsonl"
_LEAST_ROWS = {"expression": 3000, "when": 3000, "parse": 2000}
# What part of the rows that Argo takes may be refused here.
_MOST_REFUSED = {
    "depends": 0.1,
    "duration": 0.05,
    "expression": 0.5,
    "items": 0.05,
    "number": 0.2,
    "parse": 0.0,
    "scalar": 0.0,
    "when": 0.4,
}
_NO_STATUS = dict.fromkeys(
    [
        *("Succeeded", "Failed", "Errored", "Skipped", "Omitted"),
        *("Daemoned", "AnySucceeded", "AllFailed"),
    ],
    False,
)
_STATUSES = {
    "a": {**_NO_STATUS, "Succeeded": True},
    "b_c": {**_NO_STATUS, "Failed": True, "AllFailed": True},
    "d": {**_NO_STATUS, "Skipped": True},
    "e": {**_NO_STATUS, "Omitted": True},
    "all": {**_NO_STATUS, "Errored": True, "AnySucceeded": True},
}


@cache
def _table() -> tuple[dict[str, str | None], list[tuple[str, str, Any]]]:
    variables, *rows = map(
        json.loads, _TABLE.read_text("utf-8").split("\n")[:-1]
    )
    return variables, rows


def _rows(kind: str) -> list[tuple[str, Any]]:
    return [
        (text, result) for name, text, result in _table()[1] if name == kind
    ]


def _expression(text: str) -> str | None:
    try:
        replaced = replace_value({"v": text}, _table()[0], all_strict)
    except LocalRunError:
        return None
    return str(replaced["v"])


def _when(text: str) -> bool | None:
    try:
        return should_execute(text)
    except ExpressionError:
        return None


def _scalar(text: str) -> str:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "scalar.yaml"
        file.write_text(f"value: {text}")
        (document,) = read([file]).sources[0].documents
    return any_string(mapping(document)["value"])


def _refused_or(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def result(text: str) -> Any:
        try:
            return read(text)
        except (LocalRunError, ValueError):
            return None

    return result


_OURS: dict[str, Callable[[str], Any]] = {
    "depends": _refused_or(
        lambda text: evaluate_bool(text, _STATUSES, Variables.TRUTHS)
    ),
    "duration": _refused_or(parse_duration),
    "expression": _expression,
    "items": _refused_or(described_items),
    "number": _refused_or(lambda text: whole_number(json.loads(text))),
    "parse": _refused_or(lambda text: bool(parse(text))),
    "scalar": _scalar,
    "when": _when,
}


@pytest.mark.parametrize("kind", _OURS)
def test_what_is_accepted_gives_the_result_of_argo(kind: str) -> None:
    differing = [
        (text, result, ours)
        for text, result in _rows(kind)
        if (ours := _OURS[kind](text)) is not None and ours != result
    ]

    assert not differing


@pytest.mark.parametrize("kind", _OURS)
def test_few_rows_that_argo_accepts_are_refused(kind: str) -> None:
    accepted = [text for text, result in _rows(kind) if result is not None]
    refused = [text for text in accepted if _OURS[kind](text) is None]

    assert len(refused) <= _MOST_REFUSED[kind] * len(accepted)


@pytest.mark.parametrize("kind", _LEAST_ROWS)
def test_table_is_large_enough(kind: str) -> None:
    assert len(_rows(kind)) >= _LEAST_ROWS[kind]
