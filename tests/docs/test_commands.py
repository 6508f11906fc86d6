"""The commands in the documents can be run as they stand there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from checkout.paths import ROOT
from moderate.cli import app
from moderate.workflow_index import find
from tests.docs.markdown import DOCUMENTS, name_of
from tests.docs.shell import commands

Command = tuple[str, ...]
MODERATE = Path(sys.executable).with_name("moderate")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
USAGE = "[OPTIONS]"
# The ten steps make it; tests/docs/test_ten_steps.py follows them.
EXAMPLE = "object-count"
GIVEN = re.compile(r"^(?:-p|--parameter)$")
TEMPLATE = "workflowtemplate/"
# What needs no service, changes nothing and does not run for long.
CHEAP = {
    ("moderate", "list"),
    ("moderate", "list", "--json"),
    ("moderate", "draw", "matrix-profile"),
    ("moderate", "encode", "TEXT"),
    ("moderate", "lint", "--rules"),
    ("make", "help"),
    ("scripts/build_images", "--help"),
    ("scripts/release", "--help"),
}


def documented(program: str) -> list[tuple[str, Command]]:
    """List the commands of a program in the documents."""
    found = {
        (name_of(document), command)
        for document in DOCUMENTS
        for command in commands(document)
        if command[0].startswith(program)
    }
    return sorted(
        (document, command)
        for document, command in found
        if USAGE not in command and EXAMPLE not in command
    )


def title(value: str | Command) -> str:
    """Name a case after the document, or the command."""
    return value if isinstance(value, str) else " ".join(value)


def is_option(words: Command) -> bool:
    """Return whether no command follows, but an option or nothing."""
    return not words or words[0].startswith("-")


def leaf(words: Command) -> tuple[TyperCommand | TyperGroup, Command]:
    """Find the command that words name, and what is left of them."""
    command = get_command(app)
    while isinstance(command, TyperGroup) and not is_option(words):
        command, words = command.commands[words[0]], words[1:]
    assert isinstance(command, TyperCommand | TyperGroup)
    return command, words


def parameters(words: Command) -> Iterator[str]:
    """List the names of the parameters that a command gives."""
    for option, value in pairwise(words):
        if GIVEN.match(option):
            yield value.partition("=")[0]


@pytest.mark.parametrize(
    ("document", "command"), documented("moderate"), ids=title
)
def test_a_command_of_the_tool_is_understood(
    document: str, command: Command
) -> None:
    found, words = leaf(command[1:])
    if isinstance(found, TyperGroup):
        options = {name for one in found.params for name in one.opts}
        assert {one for one in words if one.startswith("-")} <= options
    elif words:
        found.make_context(document, list(words))


@pytest.mark.parametrize(
    ("document", "command"),
    [
        one
        for one in documented("moderate")
        if one[1][1] == "run" and "--file" not in one[1]
    ],
    ids=title,
)
def test_a_local_run_is_of_a_workflow_with_these_parameters(
    document: str, command: Command
) -> None:
    if len(command) > 2:
        known = {one.name for one in find(command[2]).parameters}
        assert set(parameters(command)) <= known, document


@pytest.mark.parametrize(
    ("document", "command"),
    [one for one in documented("argo") if "--from" in one[1]],
    ids=title,
)
def test_a_submitted_workflow_is_there_and_has_these_parameters(
    document: str, command: Command
) -> None:
    template = command[command.index("--from") + 1]
    assert template.startswith(TEMPLATE), document
    workflow = find(template.removeprefix(TEMPLATE))
    known = {one.name: one for one in workflow.parameters}
    given = set(parameters(command))
    needed = {name for name, one in known.items() if one.default is None}
    assert needed <= given <= known.keys()


@pytest.mark.parametrize(
    ("document", "command"), documented("make"), ids=title
)
def test_a_task_of_make_is_there(document: str, command: Command) -> None:
    targets = TARGET.findall((ROOT / "Makefile").read_text())
    assert command[1] in targets, document


@pytest.mark.parametrize(
    ("document", "command"), documented("scripts/"), ids=title
)
def test_a_script_is_there_and_has_its_options(
    document: str, command: Command
) -> None:
    script = ROOT / command[0]
    assert os.access(script, os.X_OK), document
    text = script.read_text()
    options = {
        word.partition("=")[0] for word in command if word.startswith("--")
    }
    assert {one for one in options if one not in text} == set()


@pytest.mark.parametrize("command", sorted(CHEAP), ids=title)
def test_a_cheap_command_of_the_documents_runs(command: Command) -> None:
    program = str(MODERATE) if command[0] == "moderate" else command[0]
    done = subprocess.run(
        [program, *command[1:]],
        check=False,
        capture_output=True,
        cwd=ROOT,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_every_cheap_command_is_in_a_document() -> None:
    everywhere = {
        command for document in DOCUMENTS for command in commands(document)
    }
    assert everywhere >= CHEAP


def test_a_command_that_is_not_there_is_seen() -> None:
    with pytest.raises(KeyError):
        leaf(("dance",))


def test_an_option_that_is_not_there_is_seen() -> None:
    found, words = leaf(("list", "--colour"))
    with pytest.raises(Exception, match="No such option"):
        found.make_context("", list(words))
