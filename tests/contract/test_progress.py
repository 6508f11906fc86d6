"""Progress of long work: for Argo's UI, and as a bar in a terminal."""

import os
import pty
import sys
from pathlib import Path

import pytest

from steps.contract.progress import PROGRESS_FILE_VARIABLE, Progress


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that Argo reads the progress from."""
    path = tmp_path / "argo" / "progress"
    monkeypatch.setenv(PROGRESS_FILE_VARIABLE, str(path))
    return path


def test_the_file_shows_none_done_at_the_start(file: Path) -> None:
    Progress(7)
    assert file.read_text() == "0/7\n"


def test_the_file_shows_how_much_is_done(file: Path) -> None:
    progress = Progress(7)
    progress.advance()
    progress.advance(3, "reading")
    assert file.read_text() == "4/7\n"


def test_no_more_than_all_can_be_done(file: Path) -> None:
    Progress(2).advance(5)
    assert file.read_text() == "2/2\n"


def test_nothing_is_written_without_the_variable(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv(PROGRESS_FILE_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    Progress(1).advance(doing="reading")
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_terminal_shows_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PROGRESS_FILE_VARIABLE, raising=False)
    reader, writer = pty.openpty()
    with os.fdopen(writer, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        Progress(2).advance(doing="reading")
        shown = ""
        while "reading" not in shown:
            shown += os.read(reader, 10_000).decode()
    os.close(reader)
    assert f"{'█' * 20}{'·' * 20} 1/2 reading" in shown
