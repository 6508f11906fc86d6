"""The log holds no secrets."""

import logging
from collections.abc import Iterator

import pytest

from steps.contract.log import redact, start_log


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
