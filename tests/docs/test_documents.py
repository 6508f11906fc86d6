"""The documents lead to each other, and to what is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from checkout.paths import ROOT
from moderate.cli import app
from moderate.documents.blocks import BLOCK, filled, stale_pages
from moderate.drawing import draw
from moderate.workflow_index import Workflow, find, workflows
from steps.contract.errors import ModerateError
from tests.docs.markdown import (
    DOCUMENTS,
    README,
    anchors,
    headings,
    local_links,
    name_of,
    section,
)

TOOL = cast("TyperGroup", get_command(app))
INDEX = ROOT / "docs/README.md"
PLACES = ROOT / "docs/where-to-change.md"
PLACE = re.compile(r"`([\w.<>/-]*/[\w.<>/-]*|[.\w-]+\.\w+)`")
ANY_NAME = re.compile(r"<\w+>")
PIPELINES = sorted((ROOT / "docs/pipelines").glob("*.md"))
PIPELINE_HEADINGS = (
    "What it does",
    "Start it",
    "Parameters",
    "Settings",
    "What can go wrong",
    "Run it again",
)
PARAMETER_BLOCK = re.compile(r"^<!-- parameters: (.*) -->$", re.MULTILINE)

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
each_pipeline = pytest.mark.parametrize("page", PIPELINES, ids=name_of)
each_workflow = pytest.mark.parametrize(
    "workflow", workflows(), ids=lambda one: one.name
)


def reachable(start: Path) -> set[Path]:
    """Follow the links from a document on."""
    seen: set[Path] = set()
    waiting = [start]
    while waiting:
        document = waiting.pop()
        if document not in seen:
            seen.add(document)
            waiting += [
                target
                for target, _ in local_links(document)
                if target.suffix == ".md" and target.exists()
            ]
    return seen


def described_workflows(page: Path) -> Iterator[str]:
    """List the workflows whose parameters a page shows."""
    for names in PARAMETER_BLOCK.findall(page.read_text("utf-8")):
        yield from names.split()


@each_document
def test_links_resolve(document: Path) -> None:
    missing = [
        target for target, _ in local_links(document) if not target.exists()
    ]
    assert missing == []


@each_document
def test_links_lead_to_headings_that_are_there(document: Path) -> None:
    missing = [
        f"{target.relative_to(ROOT)}#{anchor}"
        for target, anchor in local_links(document)
        if anchor and anchor not in anchors(target)
    ]
    assert missing == []


def test_every_place_to_change_exists() -> None:
    folders = (ROOT, ROOT / "charts/moderate-workflows")
    named = PLACE.findall(PLACES.read_text("utf-8"))
    assert "steps/relay/" in named
    assert not [
        name
        for name in named
        if not [
            place
            for folder in folders
            for place in folder.glob(ANY_NAME.sub("*", name))
        ]
    ]


def test_every_document_is_reachable_from_the_readme() -> None:
    assert set(DOCUMENTS) - reachable(README) == set()


def test_every_page_is_in_the_index() -> None:
    listed = {target for target, _ in local_links(INDEX)}
    assert set((ROOT / "docs").rglob("*.md")) - listed - {INDEX} == set()


def test_the_generated_parts_are_up_to_date() -> None:
    assert stale_pages(TOOL) == []


def test_a_made_part_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ModerateError, match="kind 'poem'"):
        filled("<!-- poem: matrix-profile -->\n<!-- /poem -->\n", TOOL)


def test_a_made_part_is_made_anew() -> None:
    text = "<!-- parameters: dead-letter -->\nold\n<!-- /parameters -->\n"
    made = BLOCK.search(filled(text, TOOL))
    assert made
    assert "`sensor`" in made["made"]
    assert "old" not in made["made"]


def test_the_readme_draws_a_workflow() -> None:
    assert draw(find("matrix-profile").file) in README.read_text("utf-8")


@each_workflow
def test_a_picture_names_each_task_once(workflow: Workflow) -> None:
    lines = draw(workflow.file).splitlines()
    assert len(lines) == len(set(lines))


@each_pipeline
def test_every_pipeline_s_page_has_the_same_headings(page: Path) -> None:
    found = [one.text for one in headings(page) if one.level > 1]
    assert tuple(found[: len(PIPELINE_HEADINGS)]) == PIPELINE_HEADINGS


@each_pipeline
@pytest.mark.parametrize("heading", PIPELINE_HEADINGS)
def test_no_part_of_a_pipeline_s_page_is_empty(
    page: Path, heading: str
) -> None:
    assert section(page, heading).strip()


@each_workflow
def test_every_workflow_has_a_page(workflow: Workflow) -> None:
    pages = [
        page
        for page in PIPELINES
        if workflow.name in described_workflows(page)
    ]
    assert len(pages) == 1


@each_workflow
def test_every_workflow_is_in_the_readme_with_its_page(
    workflow: Workflow,
) -> None:
    (page,) = (
        page
        for page in PIPELINES
        if workflow.name in described_workflows(page)
    )
    link = f"[`{workflow.name}`]({page.relative_to(ROOT)})"
    assert link in README.read_text("utf-8")


@each_workflow
def test_every_workflow_is_in_the_index(workflow: Workflow) -> None:
    assert f"`{workflow.name}`" in INDEX.read_text("utf-8")
