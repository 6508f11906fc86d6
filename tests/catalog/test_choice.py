"""Which databases and prefixes take part."""

import json

import pytest
from pydantic import ValidationError

from steps.catalog.choice import Choice
from steps.state.state import STATE_DATABASE
from tests.hostile import hostile
from tests.rendered import workflow_templates

NAMES = ["postgres", "postgres_old", "stock", "template0", "template1"]
DEFAULT = ["template.*", "postgres"]


def test_the_pipelines_own_database_is_left_out() -> None:
    (template,) = (
        one
        for one in workflow_templates()
        if one["metadata"]["name"] == "postgres-ingestion"
    )
    values = {
        one["name"]: one.get("value")
        for one in template["spec"]["arguments"]["parameters"]
    }
    ignored = Choice(ignore=json.loads(values["ignore"]))
    assert ignored.of([STATE_DATABASE, "stock"]) == ["stock"]


def test_ignored_names_are_left_out_by_their_whole_name() -> None:
    assert Choice(ignore=DEFAULT).of(NAMES) == ["postgres_old", "stock"]


def test_without_patterns_all_names_take_part_in_order() -> None:
    assert Choice().of(reversed(NAMES)) == NAMES


def test_only_included_names_take_part() -> None:
    assert Choice(include=["stock", "post.*"]).of(NAMES) == [
        "postgres",
        "postgres_old",
        "stock",
    ]


def test_what_is_ignored_stays_out_though_it_is_included() -> None:
    assert Choice(ignore=DEFAULT, include=["postgres"]).of(NAMES) == []


@hostile
def test_a_pattern_reaches_across_lines(hostile: str) -> None:
    assert Choice(ignore=[".*"]).of([hostile]) == []


def test_a_pattern_that_includes_nothing_is_reported() -> None:
    choice = Choice(include=["stock", "stocks"])
    assert choice.idle(choice.of(NAMES)) == ["stocks"]


def test_a_malformed_pattern_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match=r"'\(' is not a regular"):
        Choice(ignore=["("])
