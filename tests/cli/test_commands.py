"""The command-line tool prints what it does and what to do next."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from checkout.paths import ROOT
from moderate.cli import app
from moderate.documents.commands import commands_of
from steps.contract.wire import decode

MODERATE = Path(sys.executable).with_name("moderate")
TOOL = cast("TyperGroup", get_command(app))
COMMANDS = [
    context.command_path.removeprefix("moderate ")
    for _, context in commands_of(TOOL, "moderate")
    if " " in context.command_path
]
NO_SETTINGS: Mapping[str, str] = {}


def moderate(
    *arguments: str,
    settings: Mapping[str, str] = NO_SETTINGS,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """Runs the tool with no other settings than those given."""
    return subprocess.run(
        [MODERATE, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "COLUMNS": "200", **settings},
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_commands_help_has_examples(command: str) -> None:
    done = moderate(*command.split(), "--help")
    assert done.returncode == 0
    assert f"moderate {command}" in done.stdout.split("Examples")[1]


def test_help_names_every_command() -> None:
    text = moderate("--help").stdout
    names = {command.partition(" ")[0] for command in COMMANDS}
    assert [name for name in names if f" {name} " not in text] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "nosuch"], "There are: check-connections, "),
        (["run", "matrix-profile"], "-p message=VALUE"),
        (["run", "matrix-profile", "-p", "x"], "not of the form key=value"),
        (["run", "matrix-profile", "-p", "x=1"], "It takes: message, "),
        (
            ["run", "matrix-profile", "-p", "message={}"],
            "settings that are not set: S3_ACCESS_KEY_ID, ",
        ),
        (["lint", "nosuch/"], "There is no file or folder nosuch"),
        (["draw", "nosuch"], "There is no workflow 'nosuch'"),
    ],
    ids=[
        "workflow",
        "missing parameter",
        "malformed parameter",
        "unknown parameter",
        "missing settings",
        "lint's path",
        "drawn workflow",
    ],
)
def test_a_mistake_is_one_line_with_the_next_step(
    arguments: list[str], message: str
) -> None:
    done = moderate(*arguments)
    assert done.returncode != 0
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_list_shows_which_settings_are_set() -> None:
    done = moderate("list", "--json", settings={"S3_REGION": "europe"})
    (workflow,) = [
        one
        for one in json.loads(done.stdout)
        if one["name"] == "matrix-profile"
    ]
    state = {one["variable"]: one["set"] for one in workflow["settings"]}
    assert (state["S3_REGION"], state["API_PASSWORD"]) == (True, False)


def test_list_never_shows_a_secret() -> None:
    settings = {"API_PASSWORD": "do-not-show-me"}
    for arguments in (["list"], ["list", "--json"]):
        assert (
            "do-not-show-me"
            not in moderate(*arguments, settings=settings).stdout
        )


def test_encode_writes_what_steps_decode() -> None:
    assert decode(moderate("encode", "{{=1+1}} ñ").stdout.strip()) == (
        "{{=1+1}} ñ"
    )


def test_the_rendered_files_are_up_to_date() -> None:
    assert moderate("render", "--check").returncode == 0


def test_the_rendered_files_pass_lint() -> None:
    assert moderate("lint").stdout == "lint found nothing.\n"
