"""From a step's outputs to one file per field, all of them or none."""

import signal
from pathlib import Path

import pytest

from steps.contract.errors import BadDataError, ExitCode
from steps.contract.outputs import (
    DEFAULT_OUTPUTS_DIR,
    LARGEST_OUTPUT_BYTES,
    OUTPUTS_DIR_VARIABLE,
    clear_outputs,
    outputs_dir,
    write_outputs,
)
from tests.contract.toys import Two, Values
from tests.hostile import every_text
from tests.step_process import RunStep

LARGEST_TEXT = "x" * LARGEST_OUTPUT_BYTES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for outputs, not made yet."""
    return tmp_path / "deep" / "outputs"


def read(folder: Path) -> dict[str, str]:
    """Read all output files."""
    return {file.name: file.read_bytes().decode() for file in folder.iterdir()}


def test_each_field_is_a_file_with_its_value(folder: Path) -> None:
    write_outputs(Values(), folder)
    assert read(folder) == {
        "text": "",
        "hidden": "b64:",
        "choice": "a",
        "number": "0",
        "share": "0.0",
        "yes": "false",
        "names": "[]",
        "table": "{}",
        "maybe": "null",
        "day": '"2026-11-01"',
    }


@every_text
def test_text_is_written_byte_by_byte(folder: Path, text: str) -> None:
    write_outputs(Two(first=text), folder)
    assert (folder / "first").read_bytes() == text.encode()


def test_optional_text_is_json(folder: Path) -> None:
    write_outputs(Values(maybe="null"), folder)
    assert (folder / "maybe").read_text() == '"null"'


def test_an_output_as_large_as_argo_keeps_is_written(folder: Path) -> None:
    write_outputs(Two(first=LARGEST_TEXT), folder)
    assert (folder / "first").stat().st_size == LARGEST_OUTPUT_BYTES


def test_a_larger_output_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(BadDataError, match=r"'second' has 262,145 bytes"):
        write_outputs(Two(second=LARGEST_TEXT + "x"), folder)


def test_the_size_is_counted_in_bytes(folder: Path) -> None:
    with pytest.raises(BadDataError, match="'second'"):
        write_outputs(
            Two(second="ñ" * (LARGEST_OUTPUT_BYTES // 2 + 1)), folder
        )


def test_nothing_is_written_when_an_output_is_too_large(folder: Path) -> None:
    with pytest.raises(BadDataError):
        write_outputs(Two(second=LARGEST_TEXT + "x"), folder)
    assert not folder.parent.exists()


def test_other_users_may_read_the_outputs(folder: Path) -> None:
    write_outputs(Two(), folder)
    assert folder.stat().st_mode & 0o777 == 0o755


def test_clearing_removes_what_an_earlier_try_left(folder: Path) -> None:
    write_outputs(Two(), folder)
    clear_outputs(folder)
    assert not folder.exists()


def test_clearing_an_absent_folder_does_nothing(folder: Path) -> None:
    clear_outputs(folder)
    assert not folder.exists()


def test_argo_reads_the_outputs_from_tmp(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(OUTPUTS_DIR_VARIABLE, raising=False)
    assert outputs_dir() == Path(DEFAULT_OUTPUTS_DIR)


def test_a_step_writes_all_outputs_on_success(toy: RunStep) -> None:
    assert toy("echo").outputs.keys() == Values.model_fields.keys()


def test_a_step_writes_no_output_on_failure(toy: RunStep) -> None:
    assert not toy("fail", "--name=BadDataError").folder.exists()


def test_a_step_writes_no_output_when_one_is_too_large(toy: RunStep) -> None:
    run = toy("large")
    assert (run.exit_code, run.folder.exists()) == (65, False)


@pytest.mark.parametrize("operations", range(0, 12, 2))
def test_a_killed_step_leaves_all_outputs_or_none(
    toy: RunStep, operations: int
) -> None:
    run = toy("killed", f"--operations={operations}")
    whole = {"first": "1", "second": "2"}
    assert run.exit_code in {-signal.SIGKILL, ExitCode.DONE}
    assert run.outputs == (whole if run.folder.exists() else {})


def test_a_step_killed_before_its_first_output_is_seen_to_be(
    toy: RunStep,
) -> None:
    assert toy("killed", "--operations=0").exit_code == -signal.SIGKILL


@pytest.mark.parametrize(
    "arguments",
    [
        ["fail", "--name=TemporaryError"],
        ["fail", "--nosuch=1"],
        ["crash"],
        ["nosuch"],
    ],
    ids=["failure", "wrong use", "missing settings", "unknown step"],
)
def test_a_failed_step_leaves_no_outputs_of_an_earlier_try(
    toy: RunStep, arguments: list[str]
) -> None:
    assert toy("echo").folder.exists()
    assert not toy(*arguments).folder.exists()


def test_a_step_replaces_the_outputs_of_an_earlier_try(toy: RunStep) -> None:
    toy("echo", "--number=1")
    assert toy("echo", "--number=2").outputs["number"] == "2"
