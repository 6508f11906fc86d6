"""A table shows hostile text on one line, and every row."""

import pytest
from pydantic import BaseModel

from steps.contract.table import table
from tests.hostile import every_text


class Row(BaseModel):
    """The outcome of an item."""

    item: str
    rows_found: int | None = None
    seconds: float = 0.0
    error: str | None = None


def test_no_rows_make_no_table() -> None:
    assert table([]) == ""


def test_columns_are_the_fields_and_numbers_stand_right() -> None:
    shown = table(
        [
            Row(item="a", rows_found=12, seconds=0.25),
            Row(item="long name", error="not there"),
        ]
    )
    assert shown.splitlines() == [
        "item         rows found    seconds  error",
        "---------  ------------  ---------  ---------",
        "a                    12        0.2",
        "long name                      0.0  not there",
    ]


@every_text
def test_any_text_takes_one_line(text: str) -> None:
    shown = table([Row(item=text, error="known")])
    assert len(shown.splitlines()) == 3


@pytest.mark.parametrize("text", ["1e5", "0x10", "007", "1_000"])
def test_text_that_looks_like_a_number_stays_as_it_is(text: str) -> None:
    assert text in table([Row(item=text)])
