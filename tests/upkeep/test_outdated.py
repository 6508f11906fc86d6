"""What is behind is named, and so is what could not be asked."""

from dataclasses import dataclass

import pytest

from upkeep.asking import NotAskedError
from upkeep.outdated import BEHIND, NOT_ALL_ASKED, UP_TO_DATE, report
from upkeep.outdated import status_of as asked
from upkeep.pins import Pin


@dataclass(frozen=True)
class Known:
    """A source with one version, or none."""

    version: str

    def newest(self) -> str:
        """Returns it, or raises that there is no answer."""
        if not self.version:
            raise NotAskedError("no answer")
        return self.version


def pin(newest: str) -> Pin:
    """Pin version 1.0 of a thing."""
    return Pin("thing", "1.0", "pins.env", Known(newest))


@pytest.mark.parametrize(
    ("newest", "code"),
    [
        (["1.0"], UP_TO_DATE),
        (["1.0", "1.1"], BEHIND),
        (["1.0", ""], NOT_ALL_ASKED),
        (["1.1", ""], BEHIND),
    ],
    ids=["none behind", "one behind", "one not asked", "both"],
)
def test_the_exit_code_shows_the_status(newest: list[str], code: int) -> None:
    _, found = report(asked(pin(one)) for one in newest)
    assert found == code


def test_what_is_behind_is_named_with_its_place() -> None:
    text, _ = report([asked(pin("1.1"))])
    (row,) = (line for line in text.splitlines() if line.startswith("thing"))
    assert row.split() == ["thing", "1.0", "1.1", "pins.env"]


def test_what_could_not_be_asked_is_named_with_the_reason() -> None:
    text, _ = report([asked(pin(""))])
    assert "not asked: thing 1.0 (no answer)" in text


def test_what_is_up_to_date_is_only_counted() -> None:
    text, _ = report([asked(pin("1.0"))])
    assert text == "0 of 1 are behind."
