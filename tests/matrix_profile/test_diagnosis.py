"""From a failed job's log to an error that a person can act on."""

import pytest

from steps.matrix_profile.diagnosis import LONGEST_ERROR, diagnose, excerpt

WORKFLOW = "matrix-profile-x7"
FIRST_TRACE = """\
Traceback (most recent call last):
  File "a.py", line 1, in <module>
    first()
ValueError: the first"""
LAST_TRACE = """\
Traceback (most recent call last):
  File "b.py", line 2, in <module>
    last()
    ~~~~^^
KeyError: 'the last'"""
CHAINED = f"""\
starting
{FIRST_TRACE}

During handling of the above exception, another exception occurred:

{LAST_TRACE}
cleaning up
"""
STEP_ERROR = "2026-11-01 00:00:00,123 ERROR The column 'x' does not exist."
FOLLOWED_ERROR = STEP_ERROR.replace("ERROR ", "ERROR [run=a message_id=b] ")


@pytest.mark.parametrize(
    ("log", "found"),
    [
        (CHAINED, LAST_TRACE),
        (CHAINED.replace("\n", "\r\n"), LAST_TRACE),
        (FIRST_TRACE, FIRST_TRACE),
        (f"ERROR before\n{FIRST_TRACE}\nERROR after", FIRST_TRACE),
        ("reading\nERROR: no such file\ndone", "ERROR: no such file"),
        ("a\nfatal: one\nb\nPanic: two\n", "fatal: one\nPanic: two"),
        ("exception java.lang.X\n", "exception java.lang.X"),
        ("errors are terrors\nlast", "errors are terrors\nlast"),
        ("one\ntwo\n\n", "one\ntwo"),
        ("", ""),
        ("\n \n", ""),
        ("a\x00b", "ab"),
        (f"info\n{STEP_ERROR}", "The column 'x' does not exist."),
        (f"info\n{FOLLOWED_ERROR}", "The column 'x' does not exist."),
    ],
)
def test_what_matters_in_a_log_is_found(log: str, found: str) -> None:
    assert excerpt(log) == found


def test_lines_of_argo_s_own_are_no_error() -> None:
    line = 'time=x level=INFO msg="x" argo=true error="exit status 137"'
    assert excerpt(f"starting\n{line}\n") == "starting"


def test_of_a_plain_log_the_last_20_lines_are_found() -> None:
    log = "\n".join(f"line {number}" for number in range(100))
    assert excerpt(log).splitlines() == [f"line {n}" for n in range(80, 100)]


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        (
            "Pod was active on the node longer than the specified deadline",
            "took longer than it may",
        ),
        ("DeadlineExceeded", "took longer than it may"),
        ("Step exceeded its deadline", "took longer than it may"),
        ("timeout", "image could not be pulled"),
        (
            "retry exceeded workflow deadline 2026-11-01 00:00:00 UTC",
            "took longer than it may",
        ),
        ("main: OOMKilled (exit code 137)", "ran out of memory"),
        (
            'Pod failed before main starts: ImagePullBackOff: "a/b:1"',
            "image could not be pulled",
        ),
        ("ErrImagePull: denied", "image could not be pulled"),
        ("InvalidImageName", "image could not be pulled"),
    ],
)
def test_a_known_cause_is_in_plain_words(message: str, cause: str) -> None:
    assert cause in diagnose(message, "", WORKFLOW)


def test_a_known_cause_comes_before_the_log() -> None:
    error = diagnose("main: OOMKilled (exit code 137)", "at 90 %", WORKFLOW)
    assert error == (
        "The job ran out of memory. Try a shorter or coarser series.\nat 90 %"
    )


def test_a_log_alone_is_shown_without_a_cause() -> None:
    message = "main: Error (exit code 1): x"
    assert diagnose(message, CHAINED, WORKFLOW) == LAST_TRACE


def test_without_a_log_the_reason_and_the_workflow_are_named() -> None:
    assert diagnose("Pod was evicted", "", WORKFLOW) == (
        "The job failed without a log: Pod was evicted. An operator can look "
        "at the workflow matrix-profile-x7."
    )


def test_without_anything_the_workflow_is_named() -> None:
    assert diagnose("", "", WORKFLOW) == (
        "The job failed without a log. An operator can look at the workflow "
        "matrix-profile-x7."
    )


@pytest.mark.parametrize(
    "log",
    ["x" * 10_000, "ERROR " + "ñ" * 5_000, FIRST_TRACE + "x" * 5_000],
)
def test_an_error_is_no_longer_than_the_contract(log: str) -> None:
    error = diagnose("OOMKilled", log, WORKFLOW)
    assert len(error) == LONGEST_ERROR == 2_000


def test_of_a_long_error_the_end_is_kept() -> None:
    error = diagnose("", "x" * 10_000 + "END", WORKFLOW)
    assert error.startswith("…x")
    assert error.endswith("xEND")


def test_a_deadline_without_a_log_may_be_the_images_fault() -> None:
    message = "Pod was active on the node longer than the specified deadline"
    assert "image could not be pulled" in diagnose(message, "", WORKFLOW)
    assert "image" not in diagnose(message, "starting", WORKFLOW)
