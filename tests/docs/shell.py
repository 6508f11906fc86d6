"""The commands in documents, as words."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.docs.markdown import code

CONTINUED = re.compile(r"\\\n\s*")
INNERMOST = re.compile(r"\$\(([^()]*)\)")
ASSIGNMENT = re.compile(r"^[A-Z_]+=")
SEPARATORS = frozenset({"|", "||", "&&", ";", "&"})
RUN_BY_UV = ("uv", "run")
PROGRAMS = ("argo", "make", "moderate", "scripts/")


def commands(document: Path) -> Iterator[tuple[str, ...]]:
    """List the commands in a document's code that this project answers for.

    Args:
        document: The document.

    Yields:
        The words of each, without `uv run` and variables before it.
    """
    for text in code(document):
        for line in CONTINUED.sub(" ", text).splitlines():
            yield from _commands_of(line)


def _commands_of(line: str) -> Iterator[tuple[str, ...]]:
    while found := INNERMOST.search(line):
        yield from _commands_of(found[1])
        line = line.replace(found[0], "SUBSTITUTED")
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    command: list[str] = []
    try:
        for word in (*lexer, ";"):
            if word in SEPARATORS:
                yield from _ours(command)
                command = []
            else:
                command.append(word)
    except ValueError:
        return


def _ours(command: list[str]) -> Iterator[tuple[str, ...]]:
    words = command
    while words and ASSIGNMENT.match(words[0]):
        words = words[1:]
    if tuple(words[:2]) == RUN_BY_UV:
        words = words[2:]
    if len(words) > 1 and words[0].startswith(PROGRAMS):
        yield tuple(words)
