"""What failed in a workflow, as Argo passes it to the exit handler."""

import json
from typing import Any

import pytest

from steps.contract.errors import WrongUseError
from steps.contract.failures import Failure, parse_failures
from tests.hostile import every_text

# What Go's strconv.Quote writes with a backslash and a character.
GO_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    '"': r"\"",
    "\\": r"\\",
}
BASIC_PSLOT_END = 0x10000


def go_quote(text: str) -> str:
    """Quote text as Go's strconv.Quote does."""
    return '"' + "".join(map(_go_escape, text)) + '"'


def _go_escape(character: str) -> str:
    if character in GO_ESCAPES:
        return GO_ESCAPES[character]
    code = ord(character)
    if character.isprintable():
        return character
    if code < ord(" ") or code == ord("\x7f"):
        return rf"\x{code:02x}"
    if code < BASIC_PSLOT_END:
        return rf"\u{code:04x}"
    return rf"\U{code:08x}"


def entry(name: str, message: str = "") -> dict[str, Any]:
    """Write a failure as Argo does."""
    return {
        "displayName": name,
        "message": message,
        "templateName": name.partition("(")[0],
        "phase": "Failed",
        "podName": f"run-{name}",
        "finishedAt": "2026-11-01T00:00:00Z",
    }


def failure(message: str) -> Failure:
    """Make a failure of a message."""
    return Failure.model_validate(entry("compute(0)", message))


@pytest.mark.parametrize("text", ["null", '"null"', "[]", '"[]"', "", '""'])
def test_no_failures_are_an_empty_list(text: str) -> None:
    assert parse_failures(text) == []


@every_text
def test_any_message_survives_json_in_a_go_string(text: str) -> None:
    quoted = go_quote(json.dumps([entry("a", text)], ensure_ascii=False))
    assert parse_failures(quoted)[0].message == text


@pytest.mark.parametrize(
    ("escape", "character"),
    [
        (r"\\u0007", "\a"),
        (r"\\u000b", "\v"),
        (r"\x7f", "\x7f"),
        (r"\u200b", "\u200b"),
        (r"\U000e0001", "\U000e0001"),
        (r"\\\"", '"'),
        (r"\\\\", "\\"),
    ],
)
def test_an_escape_of_json_or_go_stands_for_its_character(
    escape: str, character: str
) -> None:
    quoted = go_quote(json.dumps([entry("a", "@")])).replace("@", escape)
    assert parse_failures(quoted)[0].message == character


@pytest.mark.parametrize(
    ("escape", "character"),
    [(r"\a", "\a"), (r"\v", "\v"), (r"\x07", "\a"), (r"\t", "\t")],
)
def test_a_raw_control_character_within_json_is_refused(
    escape: str, character: str
) -> None:
    quoted = go_quote(json.dumps([entry("a", "@")])).replace("@", escape)
    with pytest.raises(WrongUseError) as caught:
        parse_failures(quoted)
    assert character not in str(caught.value)


def test_plain_json_is_read_too() -> None:
    assert parse_failures(json.dumps([entry("a")]))[0].display_name == "a"


def test_json_escapes_of_go_are_read() -> None:
    text = json.dumps([entry("a", "<b>")]).replace("<", r"\u003c")
    assert parse_failures(go_quote(text))[0].message == "<b>"


def test_the_latest_try_comes_first() -> None:
    names = ["compute(0)", "compute(10)", "compute(2)"]
    found = parse_failures(json.dumps([entry(name) for name in names]))
    assert [one.display_name for one in found] == [
        "compute(10)",
        "compute(2)",
        "compute(0)",
    ]


def test_containers_come_before_what_holds_them() -> None:
    names = ["run-x7", "compute", "compute(0)"]
    found = parse_failures(json.dumps([entry(name) for name in names]))
    assert found[0].display_name == "compute(0)"


@pytest.mark.parametrize(
    ("name", "attempt"),
    [("compute(0)", 0), ("compute(12)", 12), ("compute", -1), ("(x)", -1)],
)
def test_the_attempt_is_read_from_the_name(name: str, attempt: int) -> None:
    assert Failure.model_validate(entry(name)).attempt == attempt


@pytest.mark.parametrize(
    "line",
    [
        (
            'time="2026-11-01T00:00:00Z" level=info msg="sub-process exited" '
            'argo=true error="exit status 137"'
        ),
        (
            "time=2026-11-01T00:00:00.000Z level=INFO "
            'msg="sub-process exited" argo=true error="exit status 137"'
        ),
        'process exited" argo=true error="<nil>"',
        '{"time":"2026-11-01T00:00:00Z","level":"INFO","argo":true}',
        "Error: exit status 137",
    ],
    ids=["Argo 3.7", "Argo 4.1", "cut", "JSON", "the end"],
)
def test_lines_of_argo_s_own_are_not_the_container_s(line: str) -> None:
    message = f"main: Error (exit code 137): before\n{line}\nafter"
    assert failure(message).log_end == "before\nafter"


@pytest.mark.parametrize(
    ("message", "end"),
    [
        ("main: Error (exit code 1): a\nb: c", "a\nb: c"),
        ("main: Error (exit code 65)", ""),
        ("main: OOMKilled (exit code 137)", ""),
        ("Pod was active on the node longer than the specified deadline", ""),
        ("No more retries left", ""),
        ("", ""),
    ],
)
def test_the_log_end_is_what_follows_the_exit_code(
    message: str, end: str
) -> None:
    assert failure(message).log_end == end


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("main: Error (exit code 1): oops", "main: Error (exit code 1)"),
        ("main: OOMKilled (exit code 137)", "main: OOMKilled (exit code 137)"),
        ("Pod was evicted: disk", "Pod was evicted: disk"),
        ("", ""),
    ],
)
def test_the_reason_is_shown_without_the_log(
    message: str, reason: str
) -> None:
    assert failure(message).reason == reason


def test_lines_of_argos_executor_are_no_part_of_the_log_end() -> None:
    message = (
        "main: Error (exit code 1): the job's own line\n"
        'time="2026-11-01T00:00:00Z" level=info msg="x" argo=true\n'
        "Error: exit status 1"
    )
    assert failure(message).log_end == "the job's own line\n"


@pytest.mark.parametrize(
    "text",
    ["{}", "[1]", '"', '"[', "[{}]", '[{"displayName":"a"}]', "nonsense", "1"],
)
def test_anything_else_is_wrong_use(text: str) -> None:
    with pytest.raises(WrongUseError, match="are not what Argo writes"):
        parse_failures(text)
