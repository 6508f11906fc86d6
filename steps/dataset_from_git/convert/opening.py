"""From a file as it is to one that the fast reader reads rightly."""

from dataclasses import dataclass, replace
from pathlib import Path

from steps.contract.errors import BadDataError
from steps.dataset_from_git.convert.inspection import (
    SIGNATURE_BYTES,
    UTF_8,
    inspect_file,
    refuse_other_things,
)
from steps.dataset_from_git.convert.reading_rules import (
    ReadingRules,
    StrictRules,
)
from steps.dataset_from_git.convert.source_table import SourceTable
from steps.tabular.detect import Given, detect
from steps.tabular.dialect import Dialect
from steps.tabular.encodings import OtherEncodingError
from steps.tabular.reader import FLAT, STRICT
from steps.tabular.rewrite import rewrite

UTF_8_MARKED = "utf-8-sig"
ONE_BYTE_EACH = frozenset({"cp1252", "cp1250", "cp1251", "mac_roman", "cp850"})


@dataclass(frozen=True)
class Opened:
    """A file that can be read.

    Attributes:
        table: The file, or what it was rewritten to.
        dialect: How the file itself is written.
        rules: How it was to be read.
        remarks: What was assumed and altered, as sentences.
        original: The file itself.
    """

    table: SourceTable
    dialect: Dialect
    rules: ReadingRules
    remarks: tuple[str, ...]
    original: Path

    @property
    def rewritten(self) -> bool:
        """Whether the table is another file than the source."""
        return self.table.source != self.original


def open_source(source: Path, rules: ReadingRules, scratch: Path) -> Opened:
    """Detects how a file is written, and rewrites it where that is needed.

    Args:
        source: The file.
        rules: What is settled already.
        scratch: Where it is rewritten to.

    Returns:
        The file, ready for the fast reader.

    Raises:
        BadDataError: It is not CSV, or has to be read by a rule.
        OSError: It cannot be read.
    """
    with source.open("rb") as file:
        beginning = file.read(SIGNATURE_BYTES)
    if not beginning:
        raise BadDataError("The file is empty.")
    refuse_other_things(beginning)
    dialect = _quick_dialect(source, rules, beginning)
    if dialect is not None and _is_strict(dialect):
        strict = _strict_rules(dialect, rules)
        inspection = inspect_file(source, strict)
        if inspection.encoding == UTF_8:
            table = SourceTable.of(source, strict, inspection)
            opened = Opened(table, dialect, rules, dialect.remarks, source)
            return rewritten(opened, scratch) if inspection.stray else opened
        dialect = None
    if dialect is None:
        dialect = _checked(detect(source, _given(rules)))
    if not _is_strict(dialect):
        return _rewritten(source, dialect, rules, scratch)
    strict = _strict_rules(dialect, rules)
    inspection = inspect_file(source, strict)
    if dialect.encoding in ONE_BYTE_EACH:
        inspection = replace(inspection, encoding=dialect.encoding)
    table = SourceTable.of(source, strict, inspection)
    opened = Opened(table, dialect, rules, dialect.remarks, source)
    return rewritten(opened, scratch) if inspection.stray else opened


def rewritten(opened: Opened, scratch: Path) -> Opened:
    """Rewrites a file that the fast reader cannot read.

    Args:
        opened: The file.
        scratch: Where it is rewritten to.

    Returns:
        The rewritten file.

    Raises:
        BadDataError: A row cannot be read under the rules.
    """
    return _rewritten(opened.original, opened.dialect, opened.rules, scratch)


def _given(rules: ReadingRules, encoding: str | None = None) -> Given:
    return Given(
        rules.separator,
        rules.skip_lines,
        rules.encoding or encoding,
        rules.header_rows,
    )


def _quick_dialect(
    source: Path, rules: ReadingRules, beginning: bytes
) -> Dialect | None:
    """Takes the text for UTF-8; None where it begins otherwise."""
    if b"\0" in beginning or rules.encoding:
        return None
    try:
        found = detect(source, _given(rules, UTF_8_MARKED))
    except OtherEncodingError:
        return None
    return _checked(found)


def _checked(dialect: Dialect) -> Dialect:
    asked = any("header has" in remark for remark in dialect.remarks)
    if dialect.header_rows > 1 and asked:
        first = dialect.preamble + 1
        raise BadDataError(
            f"The header seems to have {dialect.header_rows} rows, from line "
            f"{first:,} on. Set the reading rule header_rows: to "
            f"{dialect.header_rows} to join their names, to 1 where only the "
            "first holds names."
        )
    return dialect


def _is_strict(dialect: Dialect) -> bool:
    """Returns whether the fast reader supports a dialect."""
    return (
        dialect.quote == '"'
        and not dialect.escape
        and not dialect.spaced
        and dialect.header_rows == 1
        and not dialect.row_names
        and dialect.separator.isascii()
        and dialect.encoding in {UTF_8, UTF_8_MARKED, *ONE_BYTE_EACH}
    )


def _strict_rules(dialect: Dialect, rules: ReadingRules) -> StrictRules:
    return StrictRules(
        skip_lines=dialect.preamble,
        separator=dialect.separator,
        decimal=rules.decimal,
    )


def _rewritten(
    source: Path, dialect: Dialect, rules: ReadingRules, scratch: Path
) -> Opened:
    policy = FLAT if rules.leave_out_misfits else STRICT
    if dialect.odd_header and policy is STRICT:
        raise BadDataError(
            f"Line {dialect.preamble + 1:,}, the header, has a stray or "
            "unclosed quotation mark. Close or double it."
        )
    alterations = rewrite(source, dialect, policy, scratch)
    strict = StrictRules(decimal=rules.decimal)
    table = SourceTable.at(scratch, strict)
    remarks = (*dialect.remarks, *alterations.sentences())
    return Opened(table, dialect, rules, remarks, source)
