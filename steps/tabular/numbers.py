"""Numbers as people write them, in columns of text."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MARKS = """
- -- --- \u2013 \u2014 ? . .. ... : * na n/a n.a. n.a #n/a #na nan -nan null
none nil nd n.d. nv k.a. missing #value! #div/0! #ref! #num! <na> nat
"""
MISSING = frozenset({"", *MARKS.split()})
EXAMPLES_KEPT = 5
EXAMPLE_LENGTH = 40
CHUNK_CELLS = 1 << 15
SAMPLE_CELLS = 10_000
FEWEST_GROUPED = 8
UNIT_SHARE = 0.5
UNIT_SAMPLE = 500
PLAIN = b"0123456789+-eE\n"
MINUS_SIGNS = "\u2212\u2013\ufe63\uff0d"
SPACES = "\u00a0\u202f\u2009\u2007"
APOSTROPHES = "\u2019\u02bc"
SIGNS = str.maketrans(
    MINUS_SIGNS + SPACES + APOSTROPHES,
    "-" * len(MINUS_SIGNS) + " " * len(SPACES) + "'" * len(APOSTROPHES),
)
NUMBER_LIKE = re.compile(
    r"[+-]?\s?(\d[\d., ']*|[.,]\d+)"
    r"(?:-|[eE][+-]?\d{1,3}|\s*[^\W\d_][^\s:]{0,9}|\s*[^\s\w:/-][^\s\d]{0,3})?"
)
UNIT = re.compile(
    r"[+-]?\s?[\d.,' ]*\d[.,]?(?:[eE][+-]?\d{1,3}(?!\w))?\s*"
    r"(?![eE]\d)([A-Za-zµμΩ°%‰€$£][^\s\d]{0,7}[²³\d]?(?:/[^\s]{1,4})?)",
    re.ASCII,
)
CURRENCY = "€$£"
CURRENCY_AND_SPACE = "€$£ \t"
DECIMAL_SIGNS = ".,"
GROUP = 3


@dataclass(frozen=True)
class Evidence:
    """How often a column's cells show which sign is the decimal one.

    Attributes:
        point: Cells that can only have a decimal point.
        comma: Cells that can only have a decimal comma.
        either: Cells such as ``1.365``, by the sign in them, that have
            either decimals or a group of thousands.
        whole: Cells of one to three digits, zero apart, without a sign.
        long: Cells of four digits or more without a sign.
    """

    point: int
    comma: int
    either: Counter[str]
    whole: int
    long: int

    @property
    def decimal(self) -> str | None:
        """The sign that the column shows, None where it shows none."""
        if self.point == self.comma:
            return None
        return "." if self.point > self.comma else ","


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """A column read as numbers.

    Attributes:
        values: Its numbers; NaN where there is none.
        decimal: The decimal sign that was read, None where no cell had one.
        missing: How many cells are empty or marked as missing.
        text: How many cells hold something that is no finite number.
        examples: Some of what those hold.
        grouped: How many cells have their thousands in groups.
        grouped_example: One of them.
        unit: The unit written in the cells, None where there is none.
        with_unit: How many cells it is written in.
        undecided: A cell such as ``1.365`` for which neither the column nor
            the file shows whether it has decimals; None where all is clear.
    """

    values: Floats
    decimal: str | None
    missing: int
    text: int
    examples: tuple[str, ...]
    grouped: int = 0
    grouped_example: str = ""
    unit: str | None = None
    with_unit: int = 0
    undecided: str | None = None


def decimal_sign(columns: Iterable[Sequence[str]]) -> str | None:
    """Decides which decimal sign a file has, over all of its columns.

    Args:
        columns: Cells of each column; a sample is enough.

    Returns:
        ``"."`` or ``","``; None where no column shows one, or as many show
        one as the other.
    """
    signs = Counter(evidence(cells).decimal for cells in columns)
    if signs["."] == signs[","]:
        return None
    return "." if signs["."] > signs[","] else ","


def evidence(cells: Iterable[str]) -> Evidence:
    """Counts what a column's cells show about the decimal sign.

    Args:
        cells: Its cells.

    Returns:
        The counts.
    """
    shown: Counter[str] = Counter()
    either: Counter[str] = Counter()
    whole = long = 0
    for cell in cells:
        plain = cell.translate(SIGNS).strip(CURRENCY_AND_SPACE)
        found = NUMBER_LIKE.fullmatch(plain)
        if found is None:
            continue
        text = found[1].replace(" ", "").replace("'", "")
        if text.isdigit():
            whole += len(text) <= GROUP and text.strip("0") != ""
            long += len(text) > GROUP
            continue
        sign = _shown_by(text)
        if sign in DECIMAL_SIGNS:
            shown[sign] += 1
        elif sign:
            either[sign[0]] += 1
    return Evidence(shown["."], shown[","], either, whole, long)


def _shown_by(text: str) -> str:
    """Returns the decimal sign of a number, or what else it shows.

    Returns:
        The sign; the sign twice where it may be either; else nothing.
    """
    points, commas = text.count("."), text.count(",")
    if points and commas:
        last = max(DECIMAL_SIGNS, key=text.rfind)
        return last if text.count(last) == 1 else ""
    sign = "." if points else ","
    other = "," if points else "."
    if points + commas > 1:
        groups = text.split(sign)
        grouped = all(len(group) in (2, GROUP) for group in groups[1:])
        return other if grouped and len(groups[-1]) == GROUP else ""
    before, after = text.split(sign)
    if not before and len(after) == GROUP:
        return ""
    ambiguous = len(after) == GROUP and 1 <= len(before) <= GROUP
    return sign * 2 if ambiguous and before[0] != "0" else sign


def read_numbers(
    cells: Sequence[str],
    file_decimal: str | None = None,
    separator: str = ",",
) -> NumberColumn:
    """Reads a column of numbers.

    Thousands may be grouped by point, comma, space or apostrophe, in threes
    or as in India. A unit may follow every number.

    Args:
        cells: Its cells.
        file_decimal: The decimal sign of the file, by ``decimal_sign``.
        separator: What stands between the file's fields.

    Returns:
        Its numbers.
    """
    shown = evidence(cells[:: 1 + len(cells) // SAMPLE_CELLS])
    if shown.decimal is None:
        shown = evidence(cells)
    decimal, decided = _column_decimal(shown, file_decimal, separator)
    contrary = min(shown.point, shown.comma)
    mixed = contrary * FEWEST_GROUPED > shown.either.total()
    notation = _notation(decimal, _unit(cells), strict=mixed)
    found = _Reading(notation)
    values = np.empty(len(cells))
    for start in range(0, len(cells), CHUNK_CELLS):
        chunk = cells[start : start + CHUNK_CELLS]
        values[start : start + len(chunk)] = found.read(chunk)
    return NumberColumn(
        values=values,
        decimal=decimal if found.decimals else None,
        missing=found.missing,
        text=found.text,
        examples=tuple(found.examples),
        grouped=found.grouped,
        grouped_example=found.grouped_example,
        unit=notation.unit or None,
        with_unit=found.with_unit,
        undecided=None if decided else _first_either(cells),
    )


def _column_decimal(
    shown: Evidence, file_decimal: str | None, separator: str
) -> tuple[str, bool]:
    """Returns a column's decimal sign, and whether that is certain."""
    own = shown.decimal
    if own is not None:
        return own, True
    if not shown.either:
        return file_decimal or ".", True
    sign = shown.either.most_common(1)[0][0]
    other = "," if sign == "." else "."
    enough = shown.either[sign] >= FEWEST_GROUPED
    grouped = enough and shown.whole > 0 and not shown.long
    if file_decimal is not None:
        return file_decimal, not (grouped and file_decimal == sign)
    if grouped:
        return other, True
    if sign == separator:
        return other, False
    return sign, bool(shown.long) or separator == ","


def _first_either(cells: Iterable[str]) -> str | None:
    return next(
        (cell[:EXAMPLE_LENGTH] for cell in cells if evidence([cell]).either),
        None,
    )


def _unit(cells: Sequence[str]) -> str:
    """Returns the unit that most of a column's filled cells end with."""
    filled = [cell for cell in cells[:SAMPLE_CELLS] if cell.strip()]
    sample = filled[:: max(1, len(filled) // UNIT_SAMPLE)]
    units: Counter[str] = Counter()
    for cell in sample:
        plain = cell.translate(SIGNS).strip()
        if plain[0] in CURRENCY:
            units[plain[0]] += 1
        elif found := UNIT.fullmatch(plain):
            units[found[1]] += 1
    if not units:
        return ""
    unit, count = units.most_common(1)[0]
    return unit if count >= UNIT_SHARE * len(sample) else ""


@dataclass(frozen=True)
class _Notation:
    """A way to write numbers, for the cells that are not plain."""

    decimal: str
    unit: str
    number: re.Pattern[str]
    grouped: re.Pattern[str]

    def read(self, cell: str) -> tuple[float, bool]:
        """Returns a cell's number, NaN for none, and if it has groups."""
        text = cell
        if text.endswith("-") and text[0] != "-":
            text = "-" + text[:-1]
        sign = -1.0 if text[:1] == "-" else 1.0
        digits = text.lstrip("+-").strip() if text[:2] not in _TWICE else ""
        if self.number.fullmatch(digits):
            return sign * float(digits.replace(self.decimal, ".")), False
        if self.grouped.fullmatch(digits):
            whole, _, decimals = digits.partition(self.decimal)
            for group in ".,' ":
                whole = whole.replace(group, "")
            return sign * float(f"{whole}.{decimals}"), True
        return float("nan"), False


_TWICE = ("--", "++", "+-", "-+")


@lru_cache(maxsize=16)
def _notation(decimal: str, unit: str, strict: bool) -> _Notation:
    """Returns a notation.

    Args:
        decimal: The decimal sign.
        unit: What follows numbers, or precedes them if it is a currency.
        strict: Whether a lone group of thousands behind the other sign is
            no number, as the column has both decimal signs.
    """
    point = re.escape(decimal)
    other = re.escape("," if decimal == "." else ".")
    fewest = 2 if strict else 1
    return _Notation(
        decimal,
        unit,
        re.compile(
            rf"(?:\d+{point}?\d*|{point}\d+)(?:[eE][+-]?\d{{1,3}})?", re.ASCII
        ),
        re.compile(
            rf"[1-9]\d{{0,2}}(?:(?:{other}\d{{3}}){{{fewest},}}"
            rf"|(?: \d{{3}})+|(?:'\d{{3}})+)(?:{point}\d*)?"
            rf"|[1-9]\d?(?:{other}\d\d)+{other}\d{{3}}(?:{point}\d*)?",
            re.ASCII,
        ),
    )


class _Reading:
    """Reads chunks of cells, and counts what was in them."""

    def __init__(self, notation: _Notation) -> None:
        self.notation = notation
        self.missing = self.text = self.grouped = self.with_unit = 0
        self.decimals = False
        self.grouped_example = ""
        self.examples: list[str] = []

    def read(self, cells: Sequence[str]) -> Floats:
        """Reads one chunk: the quick way where all of it is plain."""
        decimal = self.notation.decimal
        joined = "\n".join(cells)
        if joined.isascii():
            rest = joined.encode().translate(None, PLAIN + decimal.encode())
            if not rest:
                values = _plain(joined.replace(decimal, "."))
                if values is not None:
                    self.missing += sum(not cell for cell in cells)
                    self.decimals |= decimal in joined
                    return values
        return np.fromiter(map(self._one, cells), float, len(cells))

    def _one(self, cell: str) -> float:
        text = cell.translate(SIGNS).strip()
        if text.lower() in MISSING:
            self.missing += 1
            return float("nan")
        unit = self.notation.unit
        has_unit = bool(unit) and (
            text.endswith(unit) or (unit in CURRENCY and text[0] == unit)
        )
        bare = text.removeprefix(unit) if unit in CURRENCY else text
        bare = bare.removesuffix(unit).strip() if has_unit else text
        if has_unit and bare.lower() in MISSING:
            self.missing += 1
            return float("nan")
        value, grouped = self.notation.read(bare) if bare else (np.nan, False)
        if not np.isfinite(value):
            self.text += 1
            example = cell.strip()[:EXAMPLE_LENGTH]
            if len(self.examples) < EXAMPLES_KEPT and (
                example not in self.examples
            ):
                self.examples.append(example)
            return float("nan")
        self.with_unit += has_unit
        self.decimals |= self.notation.decimal in bare
        if grouped:
            self.grouped += 1
            self.grouped_example = self.grouped_example or text
        return value


def _plain(text: str) -> Floats | None:
    try:
        values = np.array(
            [float(cell) if cell else np.nan for cell in text.split("\n")]
        )
    except ValueError:
        return None
    return None if np.isinf(values).any() else values
