"""The inspection of a file's bytes, which decides how it can be read."""

import codecs
import hashlib
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from steps.contract.errors import BadDataError
from steps.dataset_from_git.convert.kinds import EXACT_DIGITS, POINT
from steps.dataset_from_git.convert.reading_rules import StrictRules

UTF_8 = "utf-8"
WESTERN = "cp1252"
BLOCK_BYTES = 4 << 20
LONGEST_ROW_BYTES = 3 << 20
SIGNATURE_BYTES = 512
LINE_FEED = b"\n"
CARRIAGE_RETURN = b"\r"
COMMA = ","
_OTHER_THINGS = (
    (
        re.compile(rb"version https://git-lfs\.github\.com/spec/"),
        "a Git LFS pointer, not the file itself: its content was not fetched",
    ),
    (
        re.compile(rb"\s*<(?:!doctype|html|\?xml)", re.IGNORECASE),
        "a web page or XML, not CSV",
    ),
    (re.compile(rb"PK\x03\x04|\x1f\x8b|%PDF-|PAR1"), "a binary file, not CSV"),
)
_END = r"[ \t]*(?:[{ends}]|$)"
_AMBIGUOUS_NUMBERS = (
    r"\+[0-9.iInN]",
    r"-?0[0-9]+(?:[{decimal}][0-9]*)?(?:[eE][+-]?[0-9]+)?" + _END,
    r"-?0[xX]",
    r"-0" + _END,
    rf"-?[0-9]{{{{{EXACT_DIGITS + 1},}}}}",
    r"-?[0-9{decimal}]{{40,}}",
    r"-?[0-9{decimal}]+[eE][+-]?[0-9]{{3,}}",
    r"-?[nN][aA][nN]\(",
    r"-?(?:NAN|Nan|NAn|nAN|nAn|naN)" + _END,
)
"""Cells that the CSV reader takes for a number, but which may be more."""


@dataclass(frozen=True)
class Inspection:
    """What the bytes of a file have shown.

    Attributes:
        size: How many they are.
        sha256: Their SHA-256, in hexadecimal.
        encoding: How the text is encoded.
        mark_bytes: Length of the byte order mark before the text.
        quoted: A quotation mark occurs.
        tidy_lines: Each line ends in a line feed alone, and none is empty.
        rows_are_lines: No line end stands in quotation marks.
        stray: A quotation mark may stand inside a cell without being doubled.
        ambiguous_numbers: There may be cells such as ``007`` or ``1e999``,
            which only look like numbers; False when there is none.
    """

    size: int
    sha256: str
    encoding: str
    mark_bytes: int
    quoted: bool
    tidy_lines: bool
    rows_are_lines: bool
    stray: bool
    ambiguous_numbers: bool

    @property
    def plain(self) -> bool:
        """Whether any line end ends a row, and numbers are numbers."""
        return self.rows_are_lines and not self.ambiguous_numbers

    def is_canonical(self, rules: StrictRules) -> bool:
        """Returns whether the file is normalised CSV already.

        Args:
            rules: How it is read.

        Returns:
            Whether its bytes can be kept.
        """
        return (
            self.tidy_lines
            and self.encoding == UTF_8
            and not self.mark_bytes
            and not rules.skip_lines
            and rules.separator == COMMA
            and rules.decimal == POINT
        )


def inspect_file(source: Path, rules: StrictRules) -> Inspection:
    """Reads a file once, in pieces, without taking it apart.

    Args:
        source: The file.
        rules: How it is to be read.

    Returns:
        What its bytes have shown.

    Raises:
        BadDataError: It is empty, or no CSV text.
        OSError: It cannot be read.
    """
    with ThreadPoolExecutor(1) as hashing, ThreadPoolExecutor(1) as searching:
        inspector = _Inspector(rules, hashing, searching)
        for block in _blocks(source):
            inspector.see(block)
        if not inspector.size:
            raise BadDataError("The file is empty.")
        return inspector.result()


class _Inspector:
    """Inspects a file block by block."""

    def __init__(
        self,
        rules: StrictRules,
        hashing: ThreadPoolExecutor,
        searching: ThreadPoolExecutor,
    ) -> None:
        self.size = 0
        self._hashing = hashing
        self._searching = searching
        self._begun: Sequence[Future[None]] = ()
        self._hash = hashlib.sha256()
        self._mark_bytes = 0
        self._utf_8 = True
        self._quoted = False
        self._tidy = True
        self._ambiguous = False
        self._stray = False
        self._inside = False
        self._rows_are_lines = True
        self._quotes = QuotePatterns.of(rules)
        self._pattern = ambiguous_number_pattern(rules)
        self._last = b""

    def see(self, block: bytes) -> None:
        """Takes the next block, which begins at the begin of a line."""
        if not self.size:
            self._mark_bytes = _mark_bytes(block)
        begun = (
            self._hashing.submit(self._hash.update, block),
            self._searching.submit(self._search, block),
        )
        _refuse_nul(block, self.size)
        self._utf_8 = self._utf_8 and _is_utf_8(block)
        self._quoted = self._quoted or b'"' in block
        self._tidy = self._tidy and _is_tidy(block)
        self.size += len(block)
        self._last = block[-1:]
        self._await_threads()
        self._begun = begun

    def result(self) -> Inspection:
        """Sums up all blocks."""
        self._await_threads()
        return Inspection(
            size=self.size,
            sha256=self._hash.hexdigest(),
            encoding=UTF_8 if self._utf_8 else WESTERN,
            mark_bytes=self._mark_bytes,
            quoted=self._quoted,
            tidy_lines=self._tidy and self._last == LINE_FEED,
            rows_are_lines=self._rows_are_lines,
            stray=self._stray,
            ambiguous_numbers=self._ambiguous,
        )

    def _await_threads(self) -> None:
        for done in self._begun:
            done.result()

    def _search(self, block: bytes) -> None:
        if not self._ambiguous and self._rows_are_lines:
            self._ambiguous = _has_match(block, self._pattern)
        if not self._stray and (self._inside or b'"' in block):
            self._follow_quotes(block)

    def _follow_quotes(self, block: bytes) -> None:
        """Reads a block's quotation marks, from inside or outside a cell."""
        if not self._inside and _has_match(block, self._quotes.in_lines):
            return
        self._rows_are_lines = False
        begin = self._quotes.rest if self._inside else ""
        if _has_match(block, rf"\A{begin}{self._quotes.rows}\z"):
            self._inside = False
        elif _has_match(block, rf"\A{begin}{self._quotes.rows_and_begin}\z"):
            self._inside = True
        else:
            self._stray = not (
                self._inside and _has_match(block, self._quotes.inside)
            )


def ambiguous_number_pattern(rules: StrictRules) -> str:
    """Makes the expression that finds cells which only look like numbers.

    Args:
        rules: How the file is read.

    Returns:
        A regular expression over whole lines.
    """
    separator = re.escape(rules.separator)
    parts = {
        "decimal": re.escape(rules.decimal),
        "ends": rf'{separator}\r\n"',
    }
    forms = "|".join(form.format(**parts) for form in _AMBIGUOUS_NUMBERS)
    return rf"(?:^|[{parts['ends']}])[ \t]*(?:{forms})"


@dataclass(frozen=True)
class QuotePatterns:
    """Regular expressions of blocks in which no quotation mark is stray.

    A mark is stray that has text on both sides, and is not doubled.

    Attributes:
        in_lines: A block whose rows are its lines.
        rows: Whole rows.
        rows_and_begin: Whole rows, and the begin of a quoted cell.
        rest: The rest of a quoted cell.
        inside: A part of a quoted cell.
    """

    in_lines: str
    rows: str
    rows_and_begin: str
    rest: str
    inside: str

    @classmethod
    def of(cls, rules: StrictRules) -> "QuotePatterns":
        """Makes the expressions.

        Args:
            rules: How the file is read.

        Returns:
            The expressions.
        """
        ends = rf"{re.escape(rules.separator)}\r\n"
        bare = rf'[^{ends}"]+(?:""[^{ends}"]+)*"*'
        begin = r'"(?:[^"]|"")*'
        cell = rf'(?:{begin}"|{bare})?'
        in_line = rf'(?:"(?:[^"\r\n]|"")*"|{bare})?'
        rows = rf"(?:{cell}[{ends}])*"
        return cls(
            in_lines=rf"\A(?:{in_line}[{ends}])*{in_line}\z",
            rows=rf"{rows}{cell}",
            rows_and_begin=rf"{rows}{begin}",
            rest=rf'(?:[^"]|"")*"(?:[{ends}]|\z)',
            inside=r'\A(?:[^"]|"")*\z',
        )


def too_long() -> BadDataError:
    """Returns the error for a row that does not fit into memory."""
    return BadDataError(
        f"The file has a row of more than {LONGEST_ROW_BYTES >> 20} MiB. "
        "Is it CSV, and are all of its quotation marks closed?"
    )


def _has_match(block: bytes, pattern: str) -> bool:
    text = pa.scalar(block, pa.large_binary())
    return bool(pc.match_substring_regex(text, pattern).as_py())


def _blocks(source: Path) -> Iterator[bytes]:
    """Yields a file in blocks that end where a line ends."""
    rest = b""
    with source.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            block = rest + block
            end = 1 + max(
                block.rfind(LINE_FEED), block.rfind(CARRIAGE_RETURN, 0, -1)
            )
            rest = block[end:]
            if len(rest) > LONGEST_ROW_BYTES:
                raise too_long()
            if end:
                yield block[:end]
    if rest:
        yield rest


def _mark_bytes(block: bytes) -> int:
    return len(codecs.BOM_UTF8) if block.startswith(codecs.BOM_UTF8) else 0


def _is_utf_8(block: bytes) -> bool:
    """Returns whether a block, of whole characters, is UTF-8."""
    if block.isascii():
        return True
    try:
        block.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


def _is_tidy(block: bytes) -> bool:
    return not (
        CARRIAGE_RETURN in block
        or block.startswith(LINE_FEED)
        or LINE_FEED * 2 in block
    )


def refuse_other_things(block: bytes) -> None:
    """Refuses files that are no CSV text.

    Args:
        block: The first bytes.

    Raises:
        BadDataError: They are those of something else.
    """
    for signature, what in _OTHER_THINGS:
        if signature.match(block[:SIGNATURE_BYTES]):
            raise BadDataError(f"The file is {what}.")


def _refuse_nul(block: bytes, before: int) -> None:
    place = block.find(b"\0")
    if place >= 0:
        raise BadDataError(
            f"The file is not CSV: byte {before + place + 1:,} is NUL, which "
            "no text holds. Is it a binary file, or damaged?"
        )
