"""The blocks in the documents that ``moderate render`` fills in.

A block stands between two comments, ``<!-- parameters: trust-users -->`` and
``<!-- /parameters -->``: what is made, and of what.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from typer.core import TyperGroup

from checkout.paths import ROOT
from moderate.documents.commands import command_reference
from moderate.documents.credentials import credential_table
from moderate.documents.tables import (
    class_table,
    parameter_table,
    setting_table,
)
from moderate.drawing import draw
from moderate.workflow_index import find
from steps.contract.errors import ModerateError

COMMANDS = "commands"
BLOCK = re.compile(
    r"^<!-- (?P<kind>[a-z]+): (?P<of>[^\n]+?) -->\n"
    r"(?P<made>.*?)^<!-- /(?P=kind) -->$",
    re.DOTALL | re.MULTILINE,
)


def pages() -> list[Path]:
    """Lists the documents that hold blocks, or may.

    Returns:
        The README and everything in ``docs/``.
    """
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def filled(text: str, tool: TyperGroup) -> str:
    """Makes a document's blocks anew.

    Args:
        text: The document.
        tool: The command-line tool, for the reference of its commands.

    Returns:
        The same, with each block generated anew.

    Raises:
        ModerateError: A block is of an unknown kind or names no workflow.
    """
    return BLOCK.sub(lambda block: _filled_block(block, tool), text)


def stale_pages(tool: TyperGroup) -> list[Path]:
    """Lists the documents whose blocks are out of date.

    Args:
        tool: The command-line tool.

    Returns:
        Their files.
    """
    return [page for page in pages() if _is_stale(page, tool)]


def write_pages(tool: TyperGroup) -> list[Path]:
    """Makes the blocks of all documents anew.

    Args:
        tool: The command-line tool.

    Returns:
        The files that this has changed.
    """
    changed = stale_pages(tool)
    for page in changed:
        text = filled(page.read_text("utf-8"), tool)
        page.write_text(text, encoding="utf-8")
    return changed


def _is_stale(page: Path, tool: TyperGroup) -> bool:
    text = page.read_text("utf-8")
    return filled(text, tool) != text


def _filled_block(block: re.Match[str], tool: TyperGroup) -> str:
    kind, of = block["kind"], block["of"]
    if kind == COMMANDS:
        made = command_reference(tool, of)
    elif kind in MAKERS:
        made = MAKERS[kind](of)
    else:
        raise ModerateError(
            f"A document has a block of the kind {kind!r}. There are: "
            f"{', '.join((*MAKERS, COMMANDS))}."
        )
    return f"<!-- {kind}: {of} -->\n{made}<!-- /{kind} -->"


def _picture(of: str) -> str:
    return f"```mermaid\n{draw(find(of).file)}```\n"


def _parameters(of: str) -> str:
    return parameter_table(of.split())


def _settings(of: str) -> str:
    return setting_table(of.split())


MAKERS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "drawn": _picture,
        "parameters": _parameters,
        "settings": _settings,
        "variables": class_table,
        "credentials": credential_table,
    }
)
