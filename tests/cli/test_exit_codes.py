"""Exit codes mean something, and expected errors have no stack trace."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from checkout.paths import ROOT
from local_services.process import LOOPBACK, free_port
from steps.contract.errors import ExitCode
from tests.cli.test_commands import MODERATE, moderate

PAGE = ROOT / "docs/operations.md"
ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)
WITH_DOTENV = """\
import sys
from pathlib import Path
from moderate import settings
settings.DOTENV = Path(sys.argv.pop(1))
from moderate.cli import main
main()
"""
FAULTY = """\
from moderate.cli import error_handling
def fail():
    raise {error}
raise SystemExit(error_handling.exit_code_of(fail))
"""


def with_dotenv(file: Path) -> subprocess.CompletedProcess[str]:
    """Runs `moderate list` with another `.env`."""
    return python(WITH_DOTENV, str(file), "list")


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "COLUMNS": "200"},
    )


def nowhere(*services: str) -> Mapping[str, str]:
    """Return the settings of servers that are down."""
    port = str(free_port())
    known = {
        "postgres": {
            "POSTGRES_HOST": LOOPBACK,
            "POSTGRES_PORT": port,
            "POSTGRES_USERNAME": "workflows",
            "POSTGRES_PASSWORD": "x",
        },
    }
    return {key: text for one in services for key, text in known[one].items()}


def test_every_code_is_in_the_documents() -> None:
    documented = {int(code) for code in ROW.findall(PAGE.read_text())}
    assert documented == set(ExitCode)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nosuch",),
        ("--nosuch",),
        ("run",),
        ("run", "nosuch"),
        ("run", "trust-users", "-p", "nosuch=1"),
        ("lint", "nosuch/"),
        ("check", "--required", "fax"),
        ("trust",),
        ("trust", "release"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_64(arguments: tuple[str, ...]) -> None:
    assert moderate(*arguments).returncode == ExitCode.WRONG_USE


def test_wrong_use_names_the_help_to_read() -> None:
    output = moderate("encode").stderr
    assert output == (
        "error: Missing argument 'text'. See `moderate encode --help`.\n"
    )


def test_missing_settings_are_78() -> None:
    done = moderate("run", "trust-users")
    assert done.returncode == ExitCode.BAD_SETTINGS


def test_a_service_that_is_down_is_75() -> None:
    done = moderate("trust", "failed", settings=nowhere("postgres"))
    assert done.returncode == ExitCode.TEMPORARY_FAILURE
    assert "POSTGRES_HOST" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_found_at_fault_is_1(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("kind: WorkflowTemplate\n")
    assert moderate("lint", str(tmp_path)).returncode == ExitCode.FAILED


def test_what_is_well_is_0() -> None:
    assert moderate("lint").returncode == ExitCode.DONE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_is_130(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STOPPED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        _, output = process.communicate(timeout=60)
    assert process.returncode == ExitCode.STOPPED
    assert output == "stopped\n"


STOPPED = """\
import threading
from moderate import cli
@cli.app.command("wait")
def wait() -> None:
    print("waiting", flush=True)
    threading.Event().wait()
import sys
sys.argv = ["moderate", "wait"]
cli.main()
"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"S3_REGION=europe\n= what?\n", "line 2: this is not a setting"),
        (b"S3_REGION='never closed\n", "line 1: this is not a setting"),
        (b"S3_REGION=\xff\xfe\n", "is not UTF-8 text"),
    ],
    ids=["no name", "open quote", "bytes"],
)
def test_a_broken_dotenv_is_78_and_named(
    tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content)
    done = with_dotenv(file)
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert done.stderr.startswith(f"error: {file}")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dotenv_that_cannot_be_read_is_78(tmp_path: Path) -> None:
    done = with_dotenv(tmp_path)
    assert done.returncode == ExitCode.BAD_SETTINGS
    assert "cannot be read: Is a directory" in done.stderr


def test_no_dotenv_is_no_fault(tmp_path: Path) -> None:
    assert with_dotenv(tmp_path / ".env").returncode == ExitCode.DONE


def test_a_file_that_cannot_be_written_is_74(tmp_path: Path) -> None:
    done = python(
        FAULTY.format(error=f"IsADirectoryError(21, 'x', {str(tmp_path)!r})")
    )
    assert done.returncode == ExitCode.FILE_FAULT
    assert done.stderr == f"error: {tmp_path}: x.\n"


def test_a_bug_is_70_and_shows_where() -> None:
    done = python(FAULTY.format(error="ZeroDivisionError('x')"))
    assert done.returncode == ExitCode.BUG
    assert "Traceback" in done.stderr
    assert "this is a bug in `moderate`" in done.stderr


def test_a_reader_that_goes_away_gets_no_stack_trace() -> None:
    with subprocess.Popen(
        [MODERATE, "list", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        output = process.stderr.read()
    assert output == b""


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        ([0], ExitCode.DONE),
        ([0, 3], ExitCode.PARTIAL),
        ([3, 65], ExitCode.FAILED),
        ([75], ExitCode.FAILED),
    ],
)
def test_a_run_that_lacks_parts_of_items_has_a_code_of_its_own(
    tmp_path: Path, ends: list[int], code: ExitCode
) -> None:
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "ends"},
        "spec": {
            "entrypoint": "main",
            "templates": [
                {
                    "name": "main",
                    "dag": {
                        "tasks": [
                            {"name": f"end-{end}", "template": f"end-{end}"}
                            for end in ends
                        ]
                    },
                },
                *(
                    {
                        "name": f"end-{end}",
                        "container": {
                            "image": "example/image:1",
                            "command": ["python", "-c", f"exit({end})"],
                        },
                    }
                    for end in ends
                ),
            ],
        },
    }
    file = tmp_path / "workflow.yaml"
    file.write_text(json.dumps(workflow))
    done = moderate(
        "run",
        "--file",
        str(file),
        "--image",
        f"example/image:1={sys.prefix}",
        "--folder",
        str(tmp_path / "run"),
    )
    assert done.returncode == code, done.stdout + done.stderr
