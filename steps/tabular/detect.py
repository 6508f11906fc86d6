"""Finding the dialect of a file, once."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from steps.contract.errors import BadDataError
from steps.tabular.cells import (
    is_missing,
    is_typed,
    is_unit,
    likeness,
)
from steps.tabular.dialect import EXAMPLE_LENGTH, Dialect
from steps.tabular.encodings import OtherEncodingError, detect_encoding
from steps.tabular.records import Record, Splitter

_DOUBT = {
    " ": 0.35,
    "#": 0.7,
    "~": 0.35,
    "^": 0.35,
}
"""How little a separator counts that texts hold for other reasons."""
SEPARATORS = (",", ";", "\t", "|", "#", " ")
RARE_SEPARATORS = ("~", "^", "\x1f")
SAMPLE_CHARACTERS = 1 << 18
SAMPLE_LINES = 400
SCORED_CHARACTERS = 1 << 16
FEWEST_LINES = 20
LONGEST_SAMPLE = 1 << 24
QUOTES = ('"', "'")
MARKUP = ("<!doctype", "<html", "<?xml")
NAMED = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
DAMAGED = re.compile("[\x80-\x84\x86-\x9f\ufffd]")
COMMENT = "#"
COMMENTED = 2
FIT = 0.9
BLANKS_FIT = 0.85
MOST_HEADER_ROWS = 5
MOST_NARROW = 3
FEWEST_ROWS = 10
ONE_COLUMN = 0.1
TAIL = 3
TABLE_SHARE = 0.1
PADDED = 5
DECIMALS = re.compile(r"\s*[-+]?\d+(?:,\d+)?\s*")
FEWEST_MARKS = 4
MARKS_APART = 0.4
CELLS_RATED = 4_000
MOST_TRIES = 12
CLOSE = 0.25
OFTEN = 0.6
UNEVEN = 0.4


@dataclass(frozen=True)
class Given:
    """What is settled before a file is looked at; None to be detected.

    Attributes:
        separator: What stands between cells.
        preamble: How many lines stand before the header.
        encoding: The text's encoding.
        header_rows: How many rows the header has.
    """

    separator: str | None = None
    preamble: int | None = None
    encoding: str | None = None
    header_rows: int | None = None


def open_lines(file: Path, encoding: str) -> Iterator[str]:
    """Yields the lines of a file with their ends, LF, CR LF or CR.

    Args:
        file: The file.
        encoding: Its encoding.

    Yields:
        The lines. A line end inside a quoted cell divides it, too.

    Raises:
        OtherEncodingError: The file is not in this encoding.
    """
    try:
        with file.open(encoding=encoding, newline="") as text:
            yield from text
    except (UnicodeError, LookupError):
        raise OtherEncodingError(
            f"The file is not {encoding} text. Save it as UTF-8."
        ) from None


def detect(file: Path, given: Given | None = None, hint: str = "") -> Dialect:
    """Finds out how a file is written.

    Args:
        file: The file.
        given: What is settled already.
        hint: A column's name that it is expected to have.

    Returns:
        Its dialect.

    Raises:
        BadDataError: It is empty or no delimited text.
        OSError: It cannot be read.
    """
    given = given or Given()
    encoding, remark = (
        (given.encoding, "") if given.encoding else detect_encoding(file, hint)
    )
    lines = _sample(file, encoding)
    text = "".join(lines[:SAMPLE_LINES])
    if text.lstrip("\ufeff \t\r\n").lower().startswith(MARKUP):
        raise BadDataError(
            "The file holds HTML or XML, not CSV. Was a web page saved in "
            "place of the data?"
        )
    if not text.strip():
        raise BadDataError("The file is empty: it has no rows.")
    skipped = given.preamble or 0
    named = NAMED.match(lines[skipped]) if len(lines) > skipped else None
    if named:
        skipped += 1
    separator = given.separator or (named and named[1])
    body = lines[skipped:]
    if not "".join(body).strip():
        raise BadDataError(
            f"The file has no header: after {skipped} skipped lines nothing "
            "is left."
        )
    form, doubts = _form(body, separator or None)
    fixed = given.preamble is not None
    table = _table(body, form, skipped, fixed=fixed)
    remarks = [remark] * bool(remark) + _damage(lines) + doubts
    return _dialect(table, form, _Text(encoding, remarks, skipped), given)


def _damage(lines: Sequence[str]) -> list[str]:
    """Reports that a text had been decoded wrongly before it was saved."""
    damaged = [line for line in lines if DAMAGED.search(line)]
    if not damaged:
        return []
    found = DAMAGED.search(damaged[0])
    at = found.start() if found else 0
    shown = damaged[0][max(0, at - EXAMPLE_LENGTH // 2) :]
    return [
        (
            f"{len(damaged):,} of the first {len(lines):,} lines hold "
            "characters that a wrong encoding left behind, such as "
            f"{shown[:EXAMPLE_LENGTH].strip()!r}; they are kept."
        )
    ]


def _sample(file: Path, encoding: str) -> list[str]:
    lines: list[str] = []
    size = 0
    for line in open_lines(file, encoding):
        lines.append(line)
        size += len(line)
        enough = size > SAMPLE_CHARACTERS and len(lines) > FEWEST_LINES
        if enough or size > LONGEST_SAMPLE:
            break
    return lines


@dataclass(frozen=True)
class Form:
    """How rows are split into cells."""

    separator: str
    quote: str
    escape: str
    spaced: bool

    def splitter(self, width: int = 0) -> Splitter:
        """Splits lines in this form, into a number of cells where known."""
        return Splitter(
            self.separator,
            self.quote,
            self.escape,
            spaced=self.spaced,
            most_tries=MOST_TRIES,
            typed=(False,) * width,
        )


def _form(
    lines: Sequence[str], separator: str | None
) -> tuple[Form, list[str]]:
    """Finds the form of rows, and remarks on it."""
    sample = _without_comments(_spread(lines))
    plain = Form(separator or ",", '"', "", spaced=False)
    if separator is None and _are_decimals(sample):
        return replace(plain, separator=";"), []
    all_fits = _fits(sample, separator)
    fits = all_fits if separator else _likely(all_fits)
    if not fits:
        often = [each for each in all_fits if each.even > OFTEN]
        return plain, _doubt(sample, "", often[0]) if often else []
    best = max(fits, key=_rating)
    rivals = [
        each for each in fits if each.form.separator != best.form.separator
    ]
    rival = max(rivals, key=_rating, default=None)
    if best.width == 1:
        return one_column(best.form), _doubt(sample, "", best)
    if rival is None or rival.score <= CLOSE * best.score:
        return best.form, []
    return best.form, _doubt(sample, best.form.separator, rival)


@dataclass(frozen=True)
class _Fit:
    """How well a form fits.

    Attributes:
        form: The form.
        score: Its rating.
        width: How many cells most rows have.
        even: The share of such rows.
        leads: The first row is one of them.
    """

    form: Form
    score: float
    width: int
    even: float
    leads: bool


def _rating(fit: _Fit) -> float:
    return round(fit.score, 9)


def _fits(sample: Sequence[str], separator: str | None) -> list[_Fit]:
    """Rates the forms that a text may have, the commonest first."""
    text = "".join(sample)
    candidates = (
        [separator]
        if separator
        else [each for each in (*SEPARATORS, *RARE_SEPARATORS) if each in text]
    )
    beside = {each: _beside_marks(text, each) for each in candidates}
    most = max(FEWEST_MARKS, *beside.values(), 0)
    found = []
    for each in candidates:
        at_marks = MARKS_APART + (1 - MARKS_APART) * beside[each] / most
        for quote in _quotes(text, each):
            escape = "\\" if quote and _is_escape(text, quote) else ""
            spaced = each == " " or _is_spaced(text, each, quote)
            form = Form(each, quote, escape, spaced)
            fits = [_fit(sample, form)]
            if each == " " and fits[0].width > 1:
                fits.append(_fit(sample, replace(form, spaced=False)))
            found += [replace(fit, score=fit.score * at_marks) for fit in fits]
    return [each for each in found if each.score > 0 or separator]


def _likely(fits: list[_Fit]) -> list[_Fit]:
    """Drops blanks that divide few rows; prefers what divides all alike."""
    alike = any(each.even == 1 and each.width > 1 for each in fits)
    others = any(each.form.separator != " " for each in fits)
    return [
        replace(each, score=each.score * UNEVEN)
        if alike and each.even < 1
        else each
        for each in fits
        if each.form.separator != " "
        or each.even >= BLANKS_FIT
        or (each.leads and not others)
    ]


def _doubt(sample: Sequence[str], used: str, rival: _Fit) -> list[str]:
    """Reports that another separator divides rows, too."""
    other = rival.form.separator
    divided = [line for line in sample if other in line]
    if not divided:
        return []
    how = f"rows divided by {used!r}" if used else "one column"
    return [
        (
            f"The file was read as {how}, though {other!r} stands in "
            f"{len(divided):,} of {len(sample):,} lines, such as "
            f"{divided[0].strip()[:EXAMPLE_LENGTH]!r}."
        )
    ]


def _without_comments(lines: Sequence[str]) -> list[str]:
    """Leaves out lines that begin as comments do, beside others."""
    kept = [each for each in lines if not each.lstrip().startswith(COMMENT)]
    filled = sum(bool(line.strip()) for line in kept)
    return kept if filled > 1 else list(lines)


def _beside_marks(text: str, separator: str) -> int:
    """Counts separators that quotation marks stand beside."""
    mark = QUOTES[0]
    both = text.count(separator + mark) + text.count(mark + separator)
    return (
        both if separator == " " else both + text.count(f"{separator} {mark}")
    )


def _are_decimals(lines: Sequence[str]) -> bool:
    """Returns whether all rows are one number with a decimal comma."""
    filled = [line for line in lines if line.strip()]
    return (
        len(filled) > 1
        and "," not in filled[0]
        and any("," in line for line in filled)
        and all(map(DECIMALS.fullmatch, filled[1:]))
    )


def one_column(form: Form) -> Form:
    """Returns a form for a file that no separator divides."""
    return replace(form, separator=",")


def _spread(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    size = 0
    for line in lines[:SAMPLE_LINES]:
        size += len(line)
        if size > SCORED_CHARACTERS and len(kept) > 1:
            break
        kept.append(line)
    return kept


def _quotes(text: str, separator: str) -> list[str]:
    """Lists the marks that open and close cells somewhere."""
    found = ['"']
    ends = re.escape(separator)
    blanks = "" if separator == " " else " *"
    for mark in QUOTES[1:]:
        opened = len(
            re.findall(rf"(?:^|{ends}){blanks}{mark}", text, re.MULTILINE)
        )
        closed = len(
            re.findall(
                rf"{mark}(?={blanks}(?:{ends}|\r|\n|$))", text, re.MULTILINE
            )
        )
        if opened and closed and abs(opened - closed) <= opened / 10:
            double = text.count('"')
            if opened > double / 4:
                found.append(mark)
    return found


def _is_escape(text: str, quote: str) -> bool:
    return bool(re.search(rf"\\{quote}(?=[^\r\n])", text)) and not re.search(
        rf"[^\\{quote}]{quote}{quote}[^\s{quote},;|]", text
    )


def _is_spaced(text: str, separator: str, quote: str) -> bool:
    ends = re.escape(separator)
    spaced = len(re.findall(rf"{ends} +{quote}", text))
    return spaced > len(re.findall(rf"{ends}{quote}", text))


def _fit(lines: Sequence[str], form: Form) -> _Fit:
    """Rates a form: even rows of cells that are whole values.

    The pattern's score is that of van den Burg et al., "Wrangling Messy CSV
    Files by Detecting Row and Type Patterns" (2019).
    """
    records = list(form.splitter().records(lines))
    if not records:
        return _Fit(form, 0.0, 1, 1.0, leads=True)
    filled = max(len(_trimmed(each.cells)) for each in records)
    found = [min(filled, len(each.cells)) for each in records]
    widths = Counter(found)
    total = len(records)
    pattern = sum(
        count * max(width - 1, ONE_COLUMN) / width
        for width, count in widths.items()
    ) / len(widths)
    usual, times = max(widths.items(), key=lambda e: (e[1], e[0]))
    rated = [
        cell
        for record, width in zip(records, found, strict=True)
        for cell in record.cells
        if width == usual
    ][:CELLS_RATED]
    values = sum(map(likeness, rated)) / len(rated)
    strays = sum(record.stray for record in records) / total
    even = times / total
    score = pattern / total * values * values * (0.25 + 0.75 * even)
    if usual == 1:
        score *= 0.5
    if form.separator == COMMENT and (
        usual <= COMMENTED
        or len(widths) > 1
        or not records[0].cells[0].strip()
    ):
        score = 0.0
    score *= _DOUBT.get(form.separator, 1.0) * (1 - strays)
    return _Fit(form, score, usual, even, leads=found[0] == usual)


@dataclass(frozen=True)
class _Text:
    """The text before it is split: how it is encoded, where it begins."""

    encoding: str
    remarks: list[str]
    skipped: int


@dataclass(frozen=True)
class Found:
    """Where the table is."""

    records: list[Record]
    header: int
    header_rows: int
    width: int
    typed: tuple[bool, ...]
    row_names: bool
    groups: tuple[tuple[str, ...], ...]
    surplus_name: bool

    @property
    def surplus(self) -> int:
        """How many cells rows usually have beyond the last column."""
        return max(0, _usual_width(self.records) - self.width)


def _table(
    lines: Sequence[str], form: Form, before: int, *, fixed: bool
) -> Found:
    records = list(form.splitter().records(lines))
    if any(each.stray for each in records):
        width = _usual_width(records)
        records = list(form.splitter(width).records(lines))
    if len(records) > 1 and len(lines) > FEWEST_LINES:
        records.pop()
    if not records:
        raise BadDataError("The file has no header: it has no rows.")
    width = _usual_width(records)
    header, row_names = _header_at(records, width, fixed=fixed)
    if not fixed:
        begin = before + records[header].line
        _refuse_several_tables(records[:header], before, begin)
    surplus_name = _has_surplus_name(records, header, width)
    if surplus_name:
        kept = [name for name in records[header].cells if name.strip()]
        records[header] = replace(records[header], cells=kept)
    names = records[header].cells
    columns = len(_trimmed(names)) if len(names) > width else len(names)
    columns += row_names
    below = [
        each.cells
        for each in records[header + 1 :]
        if len(each.cells) >= columns
    ]
    typed = _typed_columns(below, columns)
    rows = 1
    if not row_names and not _is_header(names, below, typed):
        rows = 0
    else:
        while rows < MOST_HEADER_ROWS and _is_units_row(
            records, header + rows, below[rows - 1 :], columns
        ):
            rows += 1
    groups = _group_rows(records, header, columns)
    return Found(
        *(records, header, rows, columns, typed, row_names, groups),
        surplus_name=surplus_name,
    )


def _has_surplus_name(
    records: Sequence[Record], header: int, width: int
) -> bool:
    """Returns whether a header has an empty name more than rows have cells."""
    names = _trimmed(records[header].cells)
    empty = sum(not name.strip() for name in names)
    return (
        len(names) == width + 1 > MOST_NARROW
        and empty == 1
        and all(len(each.cells) <= width for each in records[header + 1 :])
    )


def _usual_width(records: Sequence[Record]) -> int:
    """Returns how wide most rows are; a long preamble does not count."""
    widths = Counter(len(each.cells) for each in records)
    last = {len(each.cells) for each in records[-TAIL:]}
    if len(last) == 1 and widths[min(last)] >= len(records) * TABLE_SHARE:
        return min(last)
    return max(widths.items(), key=lambda each: (each[1], each[0]))[0]


def _refuse_several_tables(
    above: Sequence[Record], before: int, begin: int
) -> None:
    """Refuses a file in which another table stands above the last one."""
    filled = [
        each
        for each in above
        if TAIL <= len(each.cells) < 2 * sum(map(bool, each.cells))
    ]
    widths = Counter(len(each.cells) for each in filled)
    width, rows = max(widths.items(), key=lambda e: e[1], default=(0, 0))
    if rows < FEWEST_ROWS:
        return
    first = next(each for each in filled if len(each.cells) == width)
    raise BadDataError(
        f"The file seems to hold several tables: {rows:,} rows of {width:,} "
        f"cells, from line {before + first.line:,} on, stand above the one "
        f"that begins in line {begin:,}. Keep one table in a file."
    )


def _trimmed(cells: Sequence[str]) -> list[str]:
    kept = list(cells)
    while len(kept) > 1 and not kept[-1].strip():
        kept.pop()
    return kept


def _header_at(
    records: Sequence[Record], width: int, *, fixed: bool
) -> tuple[int, bool]:
    """Finds the row that the table begins with; and R's row names."""
    start = 0
    while (
        not fixed
        and start + 1 < len(records)
        and not _may_be_header(records, start, width)
    ):
        start += 1
    if not fixed and start + 1 >= len(records):
        start = 0
    header = records[start]
    after = records[start + 1 : start + 20]
    row_names = (
        len(header.cells) == width - 1
        and bool(after)
        and header.quoted_first
        and all(each.quoted_first for each in after)
        and all(len(each.cells) == width for each in after)
        and any(each.cells[-1].strip() for each in after)
    )
    return start, row_names


def _may_be_header(records: Sequence[Record], at: int, width: int) -> bool:
    record = records[at]
    if record.text.lstrip().startswith(COMMENT) and len(record.cells) != width:
        return False
    filled = sum(bool(cell.strip()) for cell in record.cells)
    if width == 1 or _names_all_below(records, at):
        return True
    if len(record.cells) == width:
        if not record.cells[-1].strip() and any(
            _followed_by_header(records, at + ahead, width)
            for ahead in range(PADDED)
        ):
            return False
        return filled * 2 > width or (
            filled * 2 == width and not _followed_by_header(records, at, width)
        )
    trimmed = len(_trimmed(record.cells))
    following = [len(each.cells) for each in records[at + 1 : at + 4]]
    return (
        bool(following)
        and all(each == width for each in following)
        and filled > 1
        and (trimmed >= width - 1 or at == 0)
        and not _followed_by_header(records, at, width)
    )


def _names_all_below(records: Sequence[Record], at: int) -> bool:
    """Returns whether a row of texts is as wide as all rows below."""
    names = _trimmed(records[at].cells)
    below = records[at + 1 : at + SAMPLE_LINES]
    if len(names) <= 1 or not below:
        return False
    if any(is_missing(name) or is_typed(name) for name in names):
        return False
    wide = sum(len(each.cells) >= len(names) for each in below)
    return wide * 2 > len(below) and all(
        len(_trimmed(each.cells)) <= len(names) for each in below
    )


def _followed_by_header(
    records: Sequence[Record], at: int, width: int
) -> bool:
    """Returns whether a row of names, then rows of values, come next."""
    if at + 2 >= len(records):
        return False
    following = records[at + 1].cells
    filled = sum(bool(cell.strip()) for cell in following)
    return (
        len(following) == width
        and filled * 2 > width
        and not any(map(is_typed, following))
        and any(map(is_typed, records[at + 2].cells))
    )


def _typed_columns(rows: Sequence[list[str]], width: int) -> tuple[bool, ...]:
    found = []
    for column in range(width):
        cells = [row[column] for row in rows if not is_missing(row[column])]
        typed = sum(map(is_typed, cells))
        found.append(bool(cells) and typed >= FIT * len(cells))
    return tuple(found)


def _is_header(
    names: Sequence[str], rows: Sequence[list[str]], typed: Sequence[bool]
) -> bool:
    """Returns whether a row names columns rather than holds values."""
    if not rows:
        return True
    values = [
        name
        for name, like in zip(names, typed, strict=False)
        if like and is_typed(name)
    ]
    texts = [
        name
        for name, like in zip(names, typed, strict=False)
        if like and not is_typed(name) and not is_missing(name)
    ]
    if texts or not values:
        return True
    return _are_counted(values)


def _are_counted(names: Sequence[str]) -> bool:
    """Returns whether names are numbers in order: years or hours."""
    if len(names) <= 1 or not all(n.strip().isdigit() for n in names):
        return False
    numbers = [int(name) for name in names]
    steps = {b - a for a, b in pairwise(numbers)}
    return len(steps) == 1 and steps != {0}


def _is_units_row(
    records: Sequence[Record],
    at: int,
    rows: Sequence[list[str]],
    width: int,
) -> bool:
    """Returns whether a row below the names is still of the header."""
    if at + 1 >= len(records) or len(records[at].cells) != width:
        return False
    cells = records[at].cells
    below = [row for row in rows[1:] if len(row) >= width]
    typed = _typed_columns(below, width)
    here = [c for c, like in zip(cells, typed, strict=False) if like]
    filled = [c for c in here if not is_missing(c)]
    if not filled or any(map(is_typed, filled)):
        return False
    return len(filled) > 1 or is_unit(filled[0])


def _group_rows(
    records: Sequence[Record], header: int, width: int
) -> tuple[tuple[str, ...], ...]:
    """Returns rows as wide as the table that stand above its names."""
    groups = []
    for record in records[:header]:
        filled = [cell for cell in record.cells if cell.strip()]
        if len(record.cells) == width > 1 and len(filled) > 1:
            groups.append(tuple(cell.strip() for cell in record.cells))
    return tuple(groups)


def _joined(found: Found, rows: int, names: Sequence[str]) -> list[str]:
    """Joins the names of a header of several rows, column by column."""
    further = found.records[found.header + 1 : found.header + rows]
    cells = [names, *(each.cells for each in further)]
    return [
        " ".join(
            part
            for row in cells
            if place < len(row) and (part := row[place].strip())
        )
        if rows > 1
        else name
        for place, name in enumerate(names)
    ]


def _dialect(
    found: Found,
    form: Form,
    text: _Text,
    given: Given,
) -> Dialect:
    skipped, encoding = text.skipped, text.encoding
    first = found.records[found.header]
    rows = found.header_rows
    if given.header_rows is not None:
        rows = given.header_rows
    remarks = list(text.remarks)
    preamble = skipped + first.line - 1
    if rows:
        last = found.records[min(found.header + rows, len(found.records)) - 1]
        taken = last.line + last.lines - first.line
        names = first.cells[: found.width - found.row_names]
        names = [""] * found.row_names + names
        names += [""] * (found.width - len(names))
        if given.header_rows is not None:
            names = _joined(found, rows, names)
    else:
        taken = 0
        names = [str(place + 1) for place in range(found.width)]
        remarks.append(
            "The file has no header: its columns are named by their "
            f"numbers, 1 to {found.width}."
        )
    if preamble and given.preamble is None and first.line > 1:
        remarks.append(
            f"The table begins in line {preamble + 1:,}; what stands above "
            "was left out."
        )
    if found.row_names:
        remarks.append(
            "Each row begins with a name that the header lacks; the first "
            "column has no name."
        )
    if rows and not names[-1].strip() and found.typed[-1]:
        remarks.append(
            f"Column {found.width} has no name but holds numbers. Are there "
            "decimal commas without quotation marks?"
        )
    stray = bool(rows) and first.stray
    if stray:
        remarks.append(
            f"Line {preamble + 1:,}, the header, has a stray or unclosed "
            f"quotation mark: {first.text[:EXAMPLE_LENGTH]!r}."
        )
    if found.surplus_name:
        remarks.append(
            f"Line {preamble + 1:,}, the header, has an empty name more than "
            f"rows have cells; it was left out: "
            f"{first.text[:EXAMPLE_LENGTH]!r}."
        )
    if rows > 1 and given.header_rows is None:
        remarks.append(
            f"The header has {rows} rows; the first of them names the columns."
        )
    return Dialect(
        encoding,
        form.separator,
        form.quote,
        form.escape,
        form.spaced,
        preamble,
        rows,
        taken,
        tuple(names),
        found.typed,
        found.surplus,
        found.row_names,
        found.groups,
        stray or found.surplus_name,
        tuple(remarks),
    )
