"""Which messages are forwarded, and why others are not."""

import json

import pytest

from steps.relay.triage import (
    LARGEST_MESSAGE_BYTES,
    LONGEST_REASON,
    IncomingMessage,
    Invalid,
    Valid,
    triage,
)
from tests.hostile import CONTROLS, HOSTILE, hostile
from tests.matrix_profile.messages import message


def invalid(body: bytes) -> Invalid:
    judged = triage(IncomingMessage.of(body))
    assert isinstance(judged, Invalid)
    return judged


def test_a_valid_message_is_forwarded_as_it_came() -> None:
    text = message()
    assert triage(IncomingMessage.of(text.encode())) == Valid(42, text)


@hostile
def test_a_hostile_column_is_valid(hostile: str) -> None:
    text = message(analysis_variable=hostile)
    assert triage(IncomingMessage.of(text.encode())) == Valid(42, text)


def test_the_largest_valid_message_is_small_enough() -> None:
    largest = message(analysis_variable="🏠" * 1_000, key="🏠" * 256)
    assert len(largest.encode()) < LARGEST_MESSAGE_BYTES
    assert isinstance(triage(IncomingMessage.of(largest.encode())), Valid)


def test_a_message_above_the_limit_is_not_read() -> None:
    body = message().encode() + b" " * LARGEST_MESSAGE_BYTES
    judged = invalid(body)
    assert f"{len(body):,} bytes" in judged.reason
    assert judged.job_id is None


def test_bytes_that_are_no_text_are_invalid() -> None:
    assert invalid(b"\xff\xfe") == Invalid("The message is not UTF-8 text.")


def test_an_empty_message_is_invalid() -> None:
    assert "not a valid request" in invalid(b"").reason


def test_an_invalid_message_can_name_a_job_all_the_same() -> None:
    judged = invalid(message(analysis_variable="").encode())
    assert judged.job_id == 42
    assert "analysis_variable" in judged.reason


@pytest.mark.parametrize("name", [*HOSTILE.values(), *CONTROLS.values()])
def test_a_reason_is_one_printable_line(name: str) -> None:
    judged = invalid(message(**{name: 1}).encode())
    assert judged.reason.isprintable()


def test_a_reason_is_short() -> None:
    judged = invalid(json.dumps({"x" * 20_000: 1}).encode())
    assert len(judged.reason) <= LONGEST_REASON
