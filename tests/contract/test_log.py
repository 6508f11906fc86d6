"""The log holds no secrets."""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from steps.contract.log import as_text, redact, start_log
from steps.contract.log_context import about_message
from tests.contract.ids import NO_IDS

MESSAGE = 'one line\nand another, with "quotes" and ñ'


@pytest.fixture
def _own_log() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    "text",
    [
        "https://s3/k?X-Amz-Signature=5ec3e7&X-Amz-Expires=60",
        "https://s3/k?a=b&x-amz-signature=5ec3e7",
        "https://s3/k?X-Amz-Credential=5ec3e7%2F2026&x=1",
        "https://s3/k?X-Amz-Security-Token=5ec3e7",
        "https://s3/k?Signature=5ec3e7&Expires=1",
        "https://s3/k?AWSAccessKeyId=5ec3e7",
        "fetch('https://s3/k?X-Amz-Signature=5ec3e7') failed",
        "the password is 5ec3e7.",
    ],
)
def test_a_secret_is_redacted(text: str) -> None:
    assert "5ec3e7" not in redact(text, ["", "5ec3e7"])


def test_a_signature_needs_no_list_of_secrets() -> None:
    assert redact("?X-Amz-Signature=abc&b=1") == "?X-Amz-Signature=***&b=1"


def test_text_without_secrets_stays() -> None:
    assert redact("Signature: none", ["5ec3e7", ""]) == "Signature: none"


@pytest.mark.usefixtures("_own_log")
def test_the_log_goes_to_standard_error_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    start_log()
    logging.getLogger("steps").info("hello")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(" INFO hello\n")


@pytest.mark.usefixtures("_own_log")
def test_a_stack_trace_in_the_log_is_redacted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    start_log(["5ec3e7"])
    bug = RuntimeError("5ec3e7")
    logging.getLogger("steps").error("oops", exc_info=bug)
    assert "5ec3e7" not in capsys.readouterr().err


@pytest.fixture
def log(_own_log: None) -> logging.Logger:
    """A logger of steps."""
    return logging.getLogger("steps.some")


def read(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(capsys.readouterr().err)
    return line


def test_a_line_names_its_run_and_message(
    log: logging.Logger,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WORKFLOW_NAME", "matrix-profile-x7")
    monkeypatch.setenv("MESSAGE_ID", "an-id")
    start_log()
    log.info("hello")
    err = capsys.readouterr().err
    assert err.endswith(
        " INFO [run=matrix-profile-x7 message_id=an-id] hello\n"
    )


def test_a_line_about_another_message_names_that_one(
    log: logging.Logger,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MESSAGE_ID", "an-id")
    start_log()
    with about_message("another"):
        log.info("hello")
    log.info("again")
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("[message_id=another] hello")
    assert second.endswith("[message_id=an-id] again")


@pytest.mark.parametrize("text", NO_IDS.values(), ids=NO_IDS.keys())
def test_what_is_no_id_marks_no_line(
    log: logging.Logger,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
) -> None:
    monkeypatch.setenv("MESSAGE_ID", text.replace("\x00", ""))
    start_log()
    log.info("hello")
    assert capsys.readouterr().err.endswith(" INFO hello\n")


@pytest.fixture
def _json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")


@pytest.mark.usefixtures("_json")
def test_a_line_for_programs_is_one_json_object(
    log: logging.Logger,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MESSAGE_ID", "an-id")
    start_log()
    log.warning(MESSAGE)
    line = read(capsys)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "message_id": "an-id",
        "logger": "steps.some",
        "message": MESSAGE,
    }


@pytest.mark.usefixtures("_json")
def test_a_secret_that_json_would_escape_is_redacted(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    start_log(['5e"c\n3'])
    log.info('the password is 5e"c\n3.')
    assert read(capsys)["message"] == "the password is ***."


@pytest.mark.usefixtures("_json")
def test_a_stack_trace_is_part_of_its_line(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    start_log()
    log.error("oops", exc_info=RuntimeError("the sky fell"))
    assert read(capsys)["message"].endswith("RuntimeError: the sky fell")


@pytest.mark.usefixtures("_json")
def test_lines_for_programs_can_be_read_as_text(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    start_log()
    log.error("oops")
    sys.stderr.write("Traceback of another program\n")
    first, second = as_text(capsys.readouterr().err).splitlines()
    assert first.endswith(" ERROR oops")
    assert second == "Traceback of another program"


def test_a_line_that_is_cut_off_is_not_read() -> None:
    whole = (
        '{"time": "2026-11-01T00:00:00.123+00:00", "level": "ERROR",'
        ' "logger": "a", "message": "oops"}'
    )
    cut = whole[20:]
    assert as_text(f"{cut}\n{whole}") == "2026-11-01 00:00:00,123 ERROR oops"


@pytest.mark.parametrize(
    "text",
    ["", "plain\nlines\n", "{}", '{"level": 1}\n', "{" * 10_000, '"}\nx'],
)
def test_a_log_without_json_lines_stays_as_it_is(text: str) -> None:
    assert as_text(text) == text
