"""The documents, read by a parser of Markdown."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from checkout.paths import ROOT

README = ROOT / "README.md"
FOLDERS = ("docs", "tests/data", "scripts/moderate")
DOCUMENTS = (
    *sorted(ROOT.glob("*.md")),
    *sorted(file for one in FOLDERS for file in (ROOT / one).rglob("*.md")),
)
PICTURE = re.compile(r'<img\s[^>]*?src="([^"]+)"', re.DOTALL)
NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")
CODE = frozenset({"fence", "code_block", "code_inline"})
SHELLS = frozenset({"", "sh", "console"})


@dataclass(frozen=True)
class Heading:
    """A heading.

    Attributes:
        level: How deep it is, from 1.
        text: Its text.
    """

    level: int
    text: str


@cache
def tokens(document: Path) -> tuple[Token, ...]:
    """Parse a document, with those tokens first that hold others."""

    def flat(found: list[Token]) -> Iterator[Token]:
        for token in found:
            yield token
            yield from flat(token.children or [])

    parser = MarkdownIt("commonmark").enable("table")
    return tuple(flat(parser.parse(document.read_text("utf-8"))))


def name_of(document: Path) -> str:
    """Name a document in a test's name."""
    return str(document.relative_to(ROOT))


def links(document: Path) -> Iterator[str]:
    """List where links and pictures lead."""
    for token in tokens(document):
        if token.type == "link_open":
            yield str(token.attrs["href"])
        elif token.type == "image":
            yield str(token.attrs["src"])
        elif token.type in {"html_block", "html_inline"}:
            yield from PICTURE.findall(token.content)


def local_links(document: Path) -> Iterator[tuple[Path, str]]:
    """List links within the checkout, as a file and an anchor in it."""
    for link in links(document):
        if "://" not in link:
            path, _, anchor = link.partition("#")
            target = document.parent / path if path else document
            yield target.resolve(), anchor


def headings(document: Path) -> list[Heading]:
    """List the headings."""
    found = tokens(document)
    return [
        Heading(level=int(token.tag[1:]), text=found[place + 1].content)
        for place, token in enumerate(found)
        if token.type == "heading_open"
    ]


def anchors(document: Path) -> set[str]:
    """List the anchors that GitHub makes of the headings."""
    seen: Counter[str] = Counter()
    made = set()
    for heading in headings(document):
        text = NOT_IN_ANCHOR.sub("", heading.text.lower()).replace(" ", "-")
        made.add(f"{text}-{seen[text]}" if seen[text] else text)
        seen[text] += 1
    return made


def section(document: Path, title: str) -> str:
    """Return the text under a heading, up to the next of its level."""
    lines = document.read_text("utf-8").splitlines(keepends=True)
    starts = [
        (token.map[0], int(token.tag[1:]), token)
        for token in tokens(document)
        if token.type == "heading_open" and token.map
    ]
    for place, (line, level, _) in enumerate(starts):
        if lines[line].lstrip("# ").strip() == title:
            ends = [
                at for at, other, _ in starts[place + 1 :] if other <= level
            ]
            return "".join(lines[line + 1 : ends[0] if ends else None])
    return ""


def code(document: Path) -> Iterator[str]:
    """List the code in a document that is in no other language than shell."""
    for token in tokens(document):
        if token.type in CODE and token.info in SHELLS:
            yield token.content
