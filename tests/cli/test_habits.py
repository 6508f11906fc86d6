"""What a person is used to: colours, completion, JSON, short help."""

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from rich.cells import cell_len

from checkout.paths import ROOT
from moderate.workflow_index import find, workflows
from steps.contract.errors import ExitCode
from tests.cli.test_commands import MODERATE, moderate

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")
COLUMNS = 80
LINES = 50
COMPLETE = "_MODERATE_COMPLETE"


def in_a_terminal(*arguments: str, **environment: str) -> str:
    """Runs the tool in a terminal, and returns what it shows."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [MODERATE, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", **environment},
    ):
        os.close(theirs)
        return _read(ours).decode()


def _read(descriptor: int) -> bytes:
    found = b""
    with os.fdopen(descriptor, "rb", buffering=0) as terminal:
        while True:
            try:
                part = terminal.read(4096)
            except OSError:
                return found
            if not part:
                return found
            found += part


def completed(*words: str) -> list[str]:
    """Returns what bash is offered after some words, the last one begun."""
    done = moderate(
        settings={
            COMPLETE: "complete_bash",
            "COMP_WORDS": " ".join(["moderate", *words]),
            "COMP_CWORD": str(len(words)),
        }
    )
    return done.stdout.split()


def test_a_terminal_gets_colours() -> None:
    assert COLOUR.search(in_a_terminal("list"))


def test_no_color_is_respected() -> None:
    assert not COLOUR.search(in_a_terminal("list", NO_COLOR="1"))


def test_an_error_respects_no_color() -> None:
    output = in_a_terminal("run", "nosuch", NO_COLOR="1")
    assert "error:" in output
    assert not COLOUR.search(output)


@pytest.mark.parametrize(
    "arguments", [("list",), ("--help",), ("run", "--help"), ("run", "nosuch")]
)
def test_a_pipe_gets_no_escape(arguments: tuple[str, ...]) -> None:
    done = moderate(*arguments)
    assert "\x1b" not in done.stdout + done.stderr


def test_the_help_fits_a_screen() -> None:
    lines = moderate("--help", settings={"COLUMNS": str(COLUMNS)}).stdout
    rows = lines.rstrip().splitlines()
    assert max(map(cell_len, rows)) <= COLUMNS
    assert len(rows) <= LINES


def test_each_command_has_one_line_in_the_help() -> None:
    output = moderate("--help", settings={"COLUMNS": str(COLUMNS)}).stdout
    panels = output.split("─ Workflows on this machine")[1]
    assert not re.search(r"^│ {10}", panels, re.MULTILINE)


def test_workflows_are_completed() -> None:
    assert completed("run", "trust-") == ["trust-objects", "trust-users"]


def test_every_workflow_is_offered() -> None:
    assert set(completed("draw", "")) == {one.name for one in workflows()}


def test_parameters_of_the_named_workflow_are_completed() -> None:
    names = {one.name for one in find("postgres-ingestion").parameters}
    offered = completed("run", "postgres-ingestion", "-p", "")
    assert {one.partition("=")[0] for one in offered} == names


def test_a_parameter_is_completed_with_its_default() -> None:
    assert completed("run", "postgres-ingestion", "-p", "wo") == ["work=both"]


def test_a_default_that_a_shell_would_read_is_left_out() -> None:
    assert completed("run", "postgres-ingestion", "-p", "ig") == ["ignore="]


def test_services_are_completed() -> None:
    assert completed("check", "--required", "post") == ["postgres"]


def test_demos_are_completed() -> None:
    assert completed("demo", "--only", "cat") == ["catalog"]


def test_zsh_completion_describes_workflows() -> None:
    done = moderate(
        settings={
            COMPLETE: "complete_zsh",
            "_TYPER_COMPLETE_ARGS": "moderate run trust-u",
        }
    )
    assert find("trust-users").title in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_completion_for(shell: str) -> None:
    done = moderate(settings={COMPLETE: f"source_{shell}"})
    assert f"{COMPLETE}=complete_{shell}" in done.stdout


def test_lints_findings_are_printed_as_json(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("kind: WorkflowTemplate\n")
    done = moderate("lint", "--json", str(tmp_path))
    findings = json.loads(done.stdout)
    assert {"file", "where", "message", "rule", "group"} == set(findings[0])


def test_no_finding_is_an_empty_list() -> None:
    assert json.loads(moderate("lint", "--json").stdout) == []


def test_lints_rules_are_printed_as_json() -> None:
    rules = json.loads(moderate("lint", "--rules", "--json").stdout)
    groups = {rule["group"] for rule in rules}
    assert groups == {"argo", "local", "strict", "project"}


def test_argo_only_leaves_this_repositorys_rules_out(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("kind: Unknown\n")
    assert moderate("lint", str(tmp_path)).returncode == ExitCode.FAILED
    done = moderate("lint", "--argo-only", str(tmp_path))
    assert done.returncode == ExitCode.DONE
