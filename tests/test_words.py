"""Text and names use the words of Argo, Kubernetes, RabbitMQ and Dagster.

A program does not speak, know, feel or live; a message is not a letter.
"""

import re
import subprocess
from collections.abc import Iterator

import pytest

from checkout.paths import ROOT

INSTEAD = {
    "tells?|told|telling": "report, return, print, configure, distinguish",
    "says?|said|saying": "report, name, print, have, show",
    "knows?|knew": "have, support, find",
    "mends?|mended|mending": "fix, correct, patch",
    "whatever|whoever": "any, each, always",
    "nobody": "no user, no other, none",
    "forgets?|forgot|forgotten": "lose, drop, delete",
    "remembers?|remembered": "store, record",
    "sees? to it": "ensure",
    "strangers?": "another, foreign, untrusted",
    "lives|dies|died|alive": "run, end, fail, live",
    "heard|hears|speaks?|spoken": "receive, call, use",
    "wants|wishes": "need, require, request",
    "looks (?:at|whether|for)": "read, check, find",
    "(?:is|are|was|were) away": "down, unavailable",
    "(?:come|came|become) of": "outcome",
    "hand(?:s|ed)? over|hand_over|handed_over": "forward, post, pass",
    "without a word": "without an error",
    "(?<!dead.)letters? (?:of|about)": "message",
    "desk|house|chapter|story|sane|back office": "the field's own word",
    "hindrances?|warmth|troubles?|spared": "a name in the field's words",
    "dealers?|lanes?|portions?": "batcher, slot, batch",
}
BANNED = {
    re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.IGNORECASE): instead
    for words, instead in INSTEAD.items()
}
# The user of Unix, Python's own names, and a user's text.
ALLOWED = re.compile(
    r"getpwnam\(\"nobody\"\)|nobody\.pw_|nobody =|``nobody``"
    r"|\.is_alive\(\)|def tell\(self\) -> int|say \"hi\""
)
DATA = re.compile(
    r"\.(csv|json|jsonl|lock|png|svg|parquet|gz|zip)$"
    r"|^tests/(data|argo_offline/recorded|test_words\.py)|/vendor/"
)


def texts() -> list[str]:
    """List the tracked files that people write."""
    command = ("git", "-C", str(ROOT), "ls-files", "-z")
    listed = subprocess.run(command, check=True, capture_output=True)
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and not DATA.search(name)]


def faults(text: str) -> Iterator[str]:
    """Yield the lines that hold a banned word, with what to write instead."""
    for number, line in enumerate(text.splitlines(), start=1):
        for word, instead in BANNED.items():
            found = word.search(ALLOWED.sub("", line))
            if found:
                yield f"line {number}: {found[0]!r}; write {instead}"


def test_every_file_uses_the_words_of_the_field() -> None:
    assert not [
        f"{name}, {fault}"
        for name in texts()
        for fault in faults((ROOT / name).read_text("utf-8", "replace"))
    ]


@pytest.mark.parametrize(
    "line", ["def is_told_so():", "The tool says why", "LANE = 1"]
)
def test_a_word_is_found_inside_a_name_too(line: str) -> None:
    assert list(faults(line))
