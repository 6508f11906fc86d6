"""Ids of messages, of any sender, are safe in all places."""

import re

import pytest

from steps.contract.message_id import PATTERN, is_usable, message_id_of
from tests.contract.ids import NO_IDS

# Kubernetes' own words for the value of a label.
LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
LONGEST_LABEL = 63


@pytest.mark.parametrize(
    "own",
    ["a", "7", "a-b_c.d", "0d9f3a7c-3f5e-4a54-9f2e-8a1d2b0c4e5f", "x" * 63],
)
def test_an_id_that_is_usable_is_kept(own: str) -> None:
    assert message_id_of(own, b"body") == own


@pytest.mark.parametrize("text", NO_IDS.values(), ids=NO_IDS.keys())
def test_a_hostile_id_is_not_used(text: str) -> None:
    assert not is_usable(text)


@pytest.mark.parametrize(
    "own",
    [None, "", "-a", "a-", "a b", "x" * 64, "a\n", b"a", 7, "é", "{{=1}}"],
)
def test_what_is_no_id_gives_way_to_the_body_s(own: object) -> None:
    assert message_id_of(own, b"body") == message_id_of(None, b"body")


def test_a_message_that_comes_again_has_the_same_id() -> None:
    assert message_id_of(None, b"a") == message_id_of(None, b"a")


def test_another_message_has_another_id() -> None:
    assert message_id_of(None, b"a") != message_id_of(None, b"b")


@pytest.mark.parametrize("made", [message_id_of(None, b"a"), "x" * 63])
def test_an_id_is_the_value_of_a_label(made: str) -> None:
    assert is_usable(made)
    assert LABEL.fullmatch(made)
    assert len(made) <= LONGEST_LABEL


def test_the_pattern_means_the_same_to_go() -> None:
    """Go's expressions have no look-around and no back-references."""
    assert not re.search(r"\(\?[=!<P]|\\\d", PATTERN)
