"""The stack without containers leaves nothing behind."""

from pathlib import Path

import pytest

from local_services.process import is_listening
from local_services.stack.names import Stack
from local_services.stack.processes import running
from tests.local_services import processes
from tests.local_services.stack.conftest import FIRST_START_SECONDS, UsedStack

pytestmark = pytest.mark.timeout(FIRST_START_SECONDS)


def test_down_leaves_no_process_and_no_port(stack: UsedStack) -> None:
    ports = stack.ports
    done = stack.moderate("down")
    assert done.returncode == 0
    folder = str(stack.stack.folder)
    assert running(stack.stack) == {}
    assert [port for port in ports.values() if is_listening(port)] == []
    assert [
        one.command for one in processes.running() if folder in one.command
    ] == []


def test_down_where_nothing_runs_is_no_error(tmp_path: Path) -> None:
    done = UsedStack(Stack(tmp_path / ".env", tmp_path / "none")).moderate(
        "down"
    )
    assert (done.returncode, done.stdout) == (0, "Nothing runs.\n")
