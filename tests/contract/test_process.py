"""A step as a container's process: exit codes, errors, settings, secrets."""

from pathlib import Path

import pytest

from steps.contract.errors import ExitCode
from tests.step_process import RunStep

SECRET = "sesame-0pen"
SETTINGS = {
    "LOCK_URL": "https://lock.example.org",
    "LOCK_SECRET": SECRET,
    "BELL_VOLUME": "11",
}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["echo"], ExitCode.DONE),
        (["fail", "--name=WrongUseError"], ExitCode.WRONG_USE),
        (["fail", "--name=BadDataError"], ExitCode.BAD_DATA),
        (["fail", "--name=TemporaryError"], ExitCode.TEMPORARY_FAILURE),
        (["fail", "--name=BadSettingsError"], ExitCode.BAD_SETTINGS),
        (["fail", "--name=nosuch"], ExitCode.BUG),
        (["fail", "--nosuch=1"], ExitCode.WRONG_USE),
        (["nosuch"], ExitCode.WRONG_USE),
        (["leave", "--text=/nosuch/folder/file"], ExitCode.BAD_SETTINGS),
    ],
)
def test_the_exit_code_shows_how_it_ended(
    toy: RunStep, arguments: list[str], code: ExitCode
) -> None:
    assert toy(*arguments).exit_code == code


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (ExitCode.DONE, 0),
        (ExitCode.WRONG_USE, 64),
        (ExitCode.BAD_DATA, 65),
        (ExitCode.BUG, 70),
        (ExitCode.TEMPORARY_FAILURE, 75),
        (ExitCode.BAD_SETTINGS, 78),
    ],
)
def test_exit_codes_follow_sysexits(code: ExitCode, number: int) -> None:
    assert code == number


def test_an_expected_error_is_one_line_without_a_stack_trace(
    toy: RunStep,
) -> None:
    run = toy("fail", "--name=BadDataError", "--text=The cake is a lie.")
    (line,) = run.stderr.splitlines()
    assert line.endswith(" ERROR The cake is a lie.")


def test_an_unexpected_error_shows_its_stack_trace(toy: RunStep) -> None:
    run = toy("crash", "--text=oops", **SETTINGS)
    assert "Traceback (most recent call last)" in run.stderr
    assert "RuntimeError: oops" in run.stderr


def test_an_unexpected_error_hides_the_secrets(toy: RunStep) -> None:
    run = toy("crash", **SETTINGS)
    assert "RuntimeError: ***" in run.stderr
    assert SECRET not in run.everything


def test_a_presigned_url_loses_its_signature_in_the_log(toy: RunStep) -> None:
    url = "https://s3/b/k?X-Amz-Credential=AK%2F1&X-Amz-Signature=5ec&x=1"
    run = toy("fail", "--name=BadDataError", f"--text={url}")
    assert "5ec" not in run.stderr
    assert "AK%2F1" not in run.stderr


@pytest.mark.parametrize("variable", SETTINGS)
@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
def test_a_missing_setting_is_named(
    toy: RunStep, variable: str, value: str | None
) -> None:
    environment = {**SETTINGS, variable: value}
    given = {k: v for k, v in environment.items() if v is not None}
    run = toy("leave", **given)
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert f"{variable}: is missing" in run.stderr


def test_a_missing_setting_is_explained_with_an_example(toy: RunStep) -> None:
    run = toy("leave")
    assert (
        "LOCK_URL: is missing; it is the URL of the lock, for example "
        "'https://lock.example.org'"
    ) in run.stderr


def test_all_missing_settings_are_named_at_once(toy: RunStep) -> None:
    (line,) = toy("leave").stderr.splitlines()
    assert all(variable in line for variable in SETTINGS)


def test_a_malformed_setting_is_named_with_its_fault(toy: RunStep) -> None:
    run = toy("leave", **{**SETTINGS, "BELL_VOLUME": "loud"})
    assert "BELL_VOLUME: Input should be a valid integer" in run.stderr


def test_a_malformed_setting_is_not_repeated_in_the_log(toy: RunStep) -> None:
    run = toy("leave", **{**SETTINGS, "LOCK_URL": "s3cr3t"})
    assert "s3cr3t" not in run.everything


def test_a_step_without_its_settings_does_nothing(
    toy: RunStep, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    toy("leave", f"--text={mark}", **{**SETTINGS, "BELL_VOLUME": "0"})
    assert not mark.exists()


def test_a_step_with_its_settings_works(toy: RunStep, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    toy("leave", f"--text={mark}", **SETTINGS)
    assert mark.exists()


def test_settings_of_other_services_are_not_needed(toy: RunStep) -> None:
    assert toy("echo").exit_code == ExitCode.DONE


def test_an_unknown_step_names_those_there_are(step: RunStep) -> None:
    run = step("nosuch")
    assert "There is no step 'nosuch'" in run.stderr
    assert "matrix-profile-prepare" in run.stderr


def test_help_shows_the_usage_and_an_example(step: RunStep) -> None:
    run = step("--help")
    assert run.exit_code == ExitCode.DONE
    assert "example: python -m steps check-connections" in run.stderr


def test_no_arguments_are_wrong_use(step: RunStep) -> None:
    assert step().exit_code == ExitCode.WRONG_USE


def test_a_step_some_of_whose_items_failed_reports_all_of_them(
    toy: RunStep,
) -> None:
    run = toy("partly", "--text=One of two has failed.")
    assert run.exit_code == ExitCode.BAD_DATA
    assert run.outputs == {"first": "1", "second": "{{=1+1}}"}
    assert "One of two has failed." in run.stderr
