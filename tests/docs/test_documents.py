"""The documents say what is there, all of it."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from moderate.catalogue import Workflow, find, workflows
from moderate.checkout import ROOT
from moderate.cli import app
from moderate.drawing import draw
from moderate.settings import all_settings
from moderate.workflows_page import is_up_to_date

README = (ROOT / "README.md").read_text()
DOCUMENTS = sorted(
    file
    for folder in (".", "docs", "tests/data", "scripts/moderate")
    for file in (ROOT / folder).glob("**/*.md" if folder != "." else "*.md")
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"")
DRAWN = re.compile(
    r"<!-- drawn: moderate draw ([\w-]+) -->\n```mermaid\n(.*?)```",
    re.DOTALL,
)
MAKE_TARGET = re.compile(r"`make ([a-z-]+)`")


def local_links(document: Path) -> Iterator[str]:
    """Lists the links of a document that stay in the checkout."""
    for link, picture in LINK.findall(document.read_text()):
        target = link or picture
        if "://" not in target:
            yield target


@pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[str(d.relative_to(ROOT)) for d in DOCUMENTS]
)
def test_links_resolve(document: Path) -> None:
    missing = [
        link
        for link in local_links(document)
        if not (document.parent / link).exists()
    ]
    assert missing == []


def test_the_drawn_workflow_is_the_rendered_one() -> None:
    drawn = DRAWN.findall(README)
    assert drawn
    for name, picture in drawn:
        assert picture == draw(find(name).file)


def test_the_page_of_workflows_shows_the_rendered_ones() -> None:
    assert is_up_to_date()


@pytest.mark.parametrize("workflow", workflows(), ids=lambda one: one.name)
def test_a_picture_names_each_task_once(workflow: Workflow) -> None:
    lines = draw(workflow.file).splitlines()
    assert len(lines) == len(set(lines))


def test_every_workflow_is_in_the_readme() -> None:
    names = [workflow.name for workflow in workflows()]
    assert [name for name in names if f"`{name}`" not in README] == []


def test_every_command_is_in_the_readme() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    missing = [name for name in commands if f"moderate {name}" not in README]
    assert missing == []


def test_every_named_make_target_exists() -> None:
    targets = re.findall(
        r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    assert set(MAKE_TARGET.findall(README)) <= set(targets)


def test_every_direct_dependency_is_in_the_readme() -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = document["project"]
    required = [
        *project["dependencies"],
        *(
            one
            for extra in project["optional-dependencies"].values()
            for one in extra
        ),
        *(
            one
            for group in document["dependency-groups"].values()
            for one in group
        ),
    ]
    names = {re.split(r"[\[=<>]", one)[0] for one in required}
    stubs = {
        name for name in names if name.startswith("types-") or "stubs" in name
    }
    table = README.split("## What it stands on")[1]
    assert {name for name in names - stubs if name not in table} == set()


def test_the_example_settings_are_all_there() -> None:
    example = (ROOT / ".env.example").read_text()
    assert [
        name for name in all_settings() if f"\n{name}=" not in example
    ] == []
