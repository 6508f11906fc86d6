"""Times as people write them, in columns of text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from steps.tabular.month_names import LANGUAGES, month_number

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ENOUGH = 0.5
EVEN_ENOUGH = 0.5
ORDERED_ENOUGH = 0.95
SAMPLE_CELLS = 200
MOST_SHAPES = 2_000
BLOCK_CELLS = 1 << 15
FEWEST_PROVING = 16
CELL_SHOWN = 40
ZERO = ord("0")
MINUTE = 60
HOUR = 3_600
DAY = 86_400
DAY_HOURS = 24
PERIODS_AN_HOUR = (1, 2, 4)
DAY_PARTS = frozenset({"clock", "hour", "period"})
HALF_DAY_HOURS = 12
YEAR_MONTHS = 12
CENTURY = 100
PIVOT_YEAR = 69
FIRST_YEAR = 1800
LAST_YEAR = 2200
EPOCH_UNITS = (1.0, 1e3, 1e6, 1e9)
EARLIEST_EPOCH = 3e8
LATEST_EPOCH = 4.2e9
SERIAL_DAYS = (20_000.0, 60_000.0)
SERIAL_OF_1970 = 25_569
LEAP_DAY = (2, 29)
SHAPE = str.maketrans("123456789\u00a0\u202f", "000000000  ")
SEPARATED = r"(?:\s*T\s*|\s*[_,;:-]\s*|\s+(?:at\s+|um\s+|-\s+)?)"
CLOCK = (
    r"(?P<H>\d{1,2})(?:[:.hH](?P<M>\d{2})(?:[:.](?P<S>\d{2})"
    r"(?:[.,:](?P<f>\d{1,9}))?)?)(?:\s*(?P<ap>[ap])\.?\s?m\.?)?"
    r"(?:\s*(?:h|uhr))?"
)
CLOCKS = (
    CLOCK,
    r"(?P<H>\d{1,2})\s*(?P<ap>[ap])\.?\s?m\.?",
    r"(?P<H>\d{1,2})\s*(?:h|uhr)",
    r"(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)?",
    r"(?P<H>\d\d)",
)
LETTER = r"[^\W\d_]"
WORD = rf"(?P<mon>{LETTER}{{3,12}})\.?"
DATES = (
    r"(?P<y>\d{4})(?P<s>[-/._ ])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})",
    r"(?P<a>\d{1,2})(?P<s>[-/.]) ?(?P<b>\d{1,2})(?P=s) ?(?P<c>\d{4}|\d{2})\.?",
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|º)?\.?[-/. ]*(?:de )?"
    + WORD
    + r",?[-/. ]*(?:de )?(?P<y>\d{4}|\d{2})",
    WORD + r"[-/ ]*(?P<d>\d{1,2})(?:st|nd|rd|th)?,?[-/ ]+(?P<y>\d{4})",
    r"(?P<y>\d{4})[-/. ]*" + WORD + r"[-/. ]*(?P<d>\d{1,2})\.?",
    r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
)
PERIODS = (
    r"(?P<y>\d{4})[-/M](?P<m>\d{1,2})",
    r"(?P<m>\d{1,2})[-/](?P<y>\d{4})",
    WORD + r"[-/ ]*(?P<y>\d{4}|\d{2})",
    r"(?P<y>\d{4})[-/ ]*" + WORD,
    r"(?P<y>\d{4})[-/ ]?Q(?P<q>[0-9])",
    r"Q(?P<q>\d)[-/ ]?(?P<y>\d{4})",
    r"(?P<y>\d{4})-?W(?P<w>\d\d)(?:-?(?P<wd>\d))?",
)
ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1,
    "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7,
}  # fmt: skip
ZONE = (
    rf"(?:\s*(?P<zone>{'|'.join(ZONES)}))?"
    r"(?:\s*(?P<sign>[+\u2212-])(?P<oh>\d{1,2}):?(?P<om>\d{2})?)?"
    r"(?:\s*(?:\[[^\]]*\]|\((?:cet/cest|utc|mez/mesz)\)))?"
)
WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiles a pattern for shapes, where each digit is a 0."""
    return re.compile(pattern.replace(r"\d", "0"), re.IGNORECASE)


DATE_TIMES = tuple(
    _compiled(text)
    for date in DATES
    for text in (
        WEEKDAY + date,
        *(WEEKDAY + date + SEPARATED + clock + ZONE for clock in CLOCKS),
        *((date + clock for clock in CLOCKS[3:]) if date == DATES[-1] else ()),
    )
)
PERIOD_ONLY = tuple(
    _compiled(text)
    for text in (
        *PERIODS,
        WEEKDAY + WORD + rf"\s+(?P<d>\d{{1,2}})\s+{CLOCK}\s+(?P<y>\d{{4}})",
    )
)
CLOCK_ONLY = tuple(map(_compiled, CLOCKS))
HOUR_OF_INTERVAL = re.compile("(?P<H>0{1,2})")
INTERVAL = re.compile(r"\s*(?:\s-\s|\u2013|\u2014|\sbis\s|\sto\s|/|-)\s*")
HOUR_MARKED = re.compile(
    r"(?:HE|H|hour|std\.?|stunde|heure)\s?(?=\d)", re.IGNORECASE
)
HOUR_TWICE = re.compile(r"(\d{1,2}(?::\d\d)?)\s?[AB]", re.ASCII)
DIGITS = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
TIME_NAME = re.compile(
    r"date|time|zeit|datum|stamp|stempel|tag\b|day|uhr|epoch|unix|\bts\b|utc|"
    r"\bdata\b|\bora\b|hora|heure|fecha|jour|dato|\btid|aika|czas|\bcas\b|"
    r"čas|idő|ora\b|month|monat|\bmes\b|mois|year|jahr|\bdt\b|von\b|from|"
    r"begin|start|period|interval|mtu|\bds\b|dzie[nń]",
    re.IGNORECASE,
)
HOUR_NAME = re.compile(
    r"hour|hr\b|stunde|std|heure|hora|\bora\b|uur|godz|timme|time|zeit|"
    r"uhr|hhmm|tunti|tim\b|hod|óra|sat\b|^he$|\bhh\b",
    re.IGNORECASE,
)
DURATION_NAME = re.compile(
    r"betrieb|operat|uptime|runtime|run time|durat|dauer|lauf|elapsed",
    re.IGNORECASE,
)
LOOKS_LIKE_TIME = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b\d{1,2}:\d\d|"
    r"\b\d{1,2}\.?\s?[^\W\d_]{3,9}\.?\s?\d{2,4}\b|\d{4}-?W\d\d",
    re.ASCII,
)
ORDERS = {"day first": "dmy", "month first": "mdy", "year first": "ymd"}
MANY_WORDS = 400


@dataclass(frozen=True, eq=False)
class TimeColumn:
    """A column, or several together, read as times.

    Attributes:
        seconds: Seconds since 1970 of each row, in UTC where cells name an
            offset, else by the clock of the file; NaN where there is none.
        clock: The same without offsets: what the cells show.
        offsets: Whether cells name an offset.
        unread: How many filled cells hold no time.
        example: One of them.
        notes: Remarks about how times were read.
    """

    seconds: Floats
    clock: Floats
    offsets: bool
    unread: int
    example: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Shape:
    """Where the parts of a time are in all cells of one shape."""

    spans: dict[str, tuple[int, int]]
    word: str
    afternoon: bool | None
    offset: float | None
    offset_sign: int
    ordered: bool
    dotted: bool
    digits: bool


@dataclass(frozen=True, eq=False)
class _Parts:
    """Dates in parts, before the order of day and month is decided."""

    first: Integers
    second: Integers
    third: Integers
    ordered: NDArray[np.bool_]
    clock: Floats
    offset: Floats
    words: tuple[str, ...]


def read_times(cells: Sequence[str], name: str = "") -> TimeColumn | None:
    """Reads a column of times, by one format for all of it.

    All rows decide whether day or month comes first, and where both are
    possible, the even spacing of the times.

    Args:
        cells: Its cells, stripped.
        name: The column's name: a column of numbers has to be named like a
            time to be read as one.

    Returns:
        Its times; None where the column is not one of times.
    """
    sample = [each for each in cells if each][:: 1 + len(cells) // 50_000]
    sample = sample[:: max(1, len(sample) // SAMPLE_CELLS)]
    if not sample:
        return None
    fits = sum(_shape(cell) is not None for cell in sample)
    numbers = sum(DIGITS.fullmatch(cell) is not None for cell in sample)
    if fits >= ENOUGH * len(sample):
        found = _dates(cells, name)
        if found is not None:
            return found
    if numbers >= ENOUGH * len(sample):
        return _epoch(cells, name)
    return None


def looks_like_times(cells: Sequence[str], name: str) -> str | None:
    """Finds out whether a column that was not understood holds times.

    Args:
        cells: A sample of its cells.
        name: The column's name.

    Returns:
        One cell, None where the column does not look like one of times.
    """
    filled = [cell for cell in cells if cell]
    like = [cell for cell in filled if LOOKS_LIKE_TIME.search(cell)]
    if filled and len(like) >= ENOUGH * len(filled):
        return like[0][:CELL_SHOWN]
    if filled and TIME_NAME.search(name) and not DURATION_NAME.search(name):
        return filled[0][:CELL_SHOWN]
    return None


def read_clock(cells: Sequence[str], name: str = "") -> Floats | None:
    """Reads a column of times of day.

    Whole numbers count as hours, from 0 to 23 or from 1 to 24, or as hours
    and minutes (``930``), by the column's name.

    Args:
        cells: Its cells, stripped.
        name: The column's name.

    Returns:
        Seconds since midnight, NaN where there is none; None where the
        column is not one of times of day.
    """
    bare = _bare_hours(cells)
    if bare is not cells:
        cells, name = bare, "hour"
    ids, shapes = _shapes(cells)
    if len(shapes) > MOST_SHAPES:
        return None
    seconds = np.full(len(cells), np.nan)
    whole = [shape for shape in shapes if shape and not shape.strip("0")]
    if whole and all(shape in ("", *whole) for shape in shapes):
        return _hours(cells, name)
    for _, rows in _by_shape(ids, shapes):
        layout = _clock_shape(cells[int(rows[0])])
        if layout is not None and not layout.digits:
            fields = _fields(cells, rows, layout)
            seconds[rows] = _seconds_of_day(fields, layout)
    filled = sum(bool(cell) for cell in cells)
    known = np.isfinite(seconds).sum()
    return seconds if known and known >= ENOUGH * filled else None


def _bare_hours(cells: Sequence[str]) -> Sequence[str]:
    """Takes marks off hours: ``HE 07``, and ``2A`` where ``2B`` follows."""
    if any(cell.endswith("B") for cell in cells):
        cells = [
            found[1] if (found := HOUR_TWICE.fullmatch(cell)) else cell
            for cell in cells
        ]
    if any(map(HOUR_MARKED.match, cells[:SAMPLE_CELLS])):
        cells = [HOUR_MARKED.sub("", cell) for cell in cells]
    return cells


def _hours(cells: Sequence[str], name: str) -> Floats | None:
    """Reads whole numbers as hours, or as hours and minutes."""
    numbers = np.array([float(cell) if cell else np.nan for cell in cells])
    if not HOUR_NAME.search(name) or not np.isfinite(numbers).any():
        return None
    most = np.nanmax(numbers)
    if most <= DAY_HOURS:
        return numbers * HOUR
    minutes = numbers % CENTURY
    if (
        most < CENTURY
        or most > DAY_HOURS * CENTURY
        or np.nanmax(minutes) >= MINUTE
    ):
        return None
    seconds: Floats = numbers // CENTURY * HOUR + minutes * MINUTE
    return seconds


def compose_times(
    parts: dict[str, Sequence[str]], names: dict[str, str]
) -> TimeColumn | None:
    """Reads times of which each column holds a part.

    Args:
        parts: Cells of the columns, by what they hold: ``date``, or
            ``year`` with ``doy`` (day of the year), or ``month`` with
            ``day`` and, if known, ``year``; and any of ``clock``, ``hour``,
            ``period`` (its number in the day), ``minute`` and ``second``.
        names: The columns' names, by the same keys.

    Returns:
        Their times; None where the columns do not fit together.
    """
    notes: tuple[str, ...] = ()
    if "date" in parts:
        date = read_times(parts["date"], names["date"])
        if date is None:
            return None
        midnight, notes = date.clock, date.notes
    else:
        midnight, notes = _dates_in_parts(parts)
    if "doy" in parts:
        midnight = midnight + (_numbers(parts["doy"]) - 1) * DAY
    seconds = midnight.copy()
    for key in DAY_PARTS & parts.keys():
        within = _within_day(key, parts[key], names[key], midnight)
        if within is None:
            return None
        seconds += within
    for key, unit in (("minute", MINUTE), ("second", 1)):
        if key in parts:
            seconds += _numbers(parts[key]) * unit
    if not np.isfinite(seconds).any():
        return None
    bad = np.flatnonzero(~np.isfinite(seconds)).tolist()
    filled = [i for i in bad if any(cells[i] for cells in parts.values())]
    example = (
        " ".join(cells[filled[0]] for cells in parts.values())
        if filled
        else ""
    )
    even = without_summer_time(seconds)
    if even is not None:
        seconds, notes = even, (*notes, SUMMER_TIME)
    return TimeColumn(
        seconds, seconds, False, len(filled), example[:CELL_SHOWN], notes
    )


def _within_day(
    key: str, cells: Sequence[str], name: str, midnight: Floats
) -> Floats | None:
    """Returns seconds since midnight; None where cells hold no such times."""
    found = None
    if key == "clock":
        found = read_clock(cells, name)
    elif key == "hour":
        name = key
        found = _hours(cells, name)
    return _periods(cells, name, midnight) if found is None else found


def _periods(
    cells: Sequence[str], name: str, midnight: Floats
) -> Floats | None:
    """Reads the numbers of a day's hours, half hours or quarters.

    The clock of the first row goes on where a day has an hour more or less.

    Returns:
        Seconds since midnight, up to the period's end for hours and to its
        begin for others; None where the numbers fit no such division.
    """
    numbers = _numbers(_bare_hours(cells))
    if not np.isfinite(numbers).any():
        return None
    first = np.nanmin(numbers)
    most = np.nanmax(numbers) - first + 1
    an_hour = round(most / DAY_HOURS)
    fits = abs(most - an_hour * DAY_HOURS) in {0, an_hour}
    if first > 1 or an_hour not in PERIODS_AN_HOUR or not fits:
        return None
    hourly = an_hour == 1 == first and HOUR_NAME.search(name) is not None
    a_day = an_hour * DAY_HOURS
    step = DAY / a_day
    days, rows = np.unique(midnight, return_inverse=True)
    last = np.full(days.size, np.nan)
    np.fmax.at(last, rows, numbers)
    more = (last - first + 1 - a_day) * step
    more[~(_on_a_change(days) & (np.abs(more) == HOUR))] = 0
    before = np.cumsum(more) - more
    seconds: Floats = (numbers - first + hourly) * step + before[rows]
    return seconds


def _dates_in_parts(
    parts: dict[str, Sequence[str]],
) -> tuple[Floats, tuple[str, ...]]:
    """Returns midnights from year, month and day, and what was assumed."""
    numbers = {
        key: _numbers(parts[key])
        for key in ("year", "month", "day")
        if key in parts
    }
    notes: tuple[str, ...] = ()
    if "year" not in numbers:
        years = _stand_in_years(numbers["month"], numbers["day"])
        numbers["year"] = years
        notes = (f"The file names no year: {years[0]:.0f} stands for it.",)
    ones = np.ones(numbers["year"].size)
    midnights = _midnights(
        *(
            np.nan_to_num(numbers.get(key, ones)).astype(np.int64)
            for key in ("year", "month", "day")
        )
    )
    return midnights, notes


def _stand_in_years(month: Floats, day: Floats) -> Floats:
    """Returns years that have all the days, a new one after each December."""
    leap_day = (month == LEAP_DAY[0]) & (day == LEAP_DAY[1])
    first = 2000.0 if leap_day.any() else 2001.0
    known = np.isfinite(month)
    years = np.full(month.size, first)
    back = np.diff(month[known], prepend=month[known][:1]) < -YEAR_MONTHS / 2
    years[known] += np.cumsum(back)
    return years


def _numbers(cells: Sequence[str]) -> Floats:
    def number(cell: str) -> float:
        if not DIGITS.fullmatch(cell):
            return float("nan")
        return float(cell.replace(",", "."))

    return np.array([number(cell) for cell in cells])


# Shapes: cells with every digit as 0.


def _shapes(cells: Sequence[str]) -> tuple[Integers, list[str]]:
    """Returns the number of each cell's shape, and the shapes."""
    known: dict[str, int] = {}
    ids = np.fromiter(
        (
            known.setdefault(cell.translate(SHAPE), len(known))
            for cell in cells
        ),
        np.int64,
        len(cells),
    )
    return ids, list(known)


def _by_shape(
    ids: Integers, shapes: Sequence[str]
) -> Iterator[tuple[str, Integers]]:
    if not shapes:
        return
    order = np.argsort(ids, kind="stable")
    ends = np.cumsum(np.bincount(ids, minlength=len(shapes)))
    for shape, rows in zip(shapes, np.split(order, ends[:-1]), strict=True):
        if shape and rows.size:
            yield shape, rows


def _shape(cell: str) -> _Shape | None:
    """Finds out where the parts of a date and time are in a cell."""
    text = cell.translate(SHAPE)
    for pattern in (*DATE_TIMES, *PERIOD_ONLY):
        found = pattern.fullmatch(text)
        if found is not None and _is_sound(found):
            return _described(found)
    for end in INTERVAL.finditer(text):
        left, right = text[: end.start()], text[end.end() :]
        for pattern in DATE_TIMES:
            found = pattern.fullmatch(left)
            if found is None or found.groupdict().get("H") is None:
                continue
            if _shape(right) or _clock_shape(right):
                return _described(found)
    return None


def _is_sound(found: re.Match[str]) -> bool:
    word = found.groupdict().get("mon")
    return word is None or any(
        month_number(word, language) for language in range(len(LANGUAGES))
    )


def _clock_shape(cell: str) -> _Shape | None:
    text = re.sub(
        r"\s*\((?:cet/cest|utc)\)$",
        "",
        cell.translate(SHAPE),
        flags=re.IGNORECASE,
    )
    for pattern in CLOCK_ONLY:
        if found := pattern.fullmatch(text):
            return _described(found)
    for end in INTERVAL.finditer(text):
        for pattern in (*CLOCK_ONLY, HOUR_OF_INTERVAL):
            found = pattern.fullmatch(text[: end.start()])
            if found and any(
                other.fullmatch(text[end.end() :])
                for other in (*CLOCK_ONLY, HOUR_OF_INTERVAL)
            ):
                return replace(_described(found), digits=False)
    return None


def _described(found: re.Match[str]) -> _Shape:
    groups = found.groupdict()
    spans = {
        key: found.span(key)
        for key, text in groups.items()
        if text is not None and key not in ("mon", "ap", "zone", "sign", "s")
    }
    zone, half = groups.get("zone"), groups.get("ap")
    sign = {None: 0, "+": 1}.get(groups.get("sign"), -1)
    fixed = None
    if zone is not None or sign:
        fixed = float(ZONES[zone.lower()] * HOUR) if zone else 0.0
    return _Shape(
        spans=spans,
        word=groups.get("mon") or "",
        afternoon=None if half is None else half.lower() == "p",
        offset=fixed,
        offset_sign=sign,
        ordered="a" not in spans,
        dotted=groups.get("s") == ".",
        digits=not found.group().strip("0"),
    )


def _fields(
    cells: Sequence[str], rows: Integers, shape: _Shape
) -> dict[str, Integers]:
    """Reads the numbers at the parts' places, all cells at once."""
    fields = {key: np.empty(rows.size, np.int64) for key in shape.spans}
    for start in range(0, rows.size, BLOCK_CELLS):
        block = rows[start : start + BLOCK_CELLS]
        text = "".join([cells[row] for row in block])
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        digits = codes.reshape(block.size, -1).astype(np.int64) - ZERO
        for key, (left, right) in shape.spans.items():
            powers = 10 ** np.arange(right - left - 1, -1, -1)
            fields[key][start : start + block.size] = (
                digits[:, left:right] @ powers
            )
    return fields


def _seconds_of_day(fields: dict[str, Integers], shape: _Shape) -> Floats:
    """Returns seconds since midnight; NaN where there is no such time."""
    if "H" not in fields:
        return np.zeros(next(iter(fields.values())).size)
    nothing = np.zeros_like(fields["H"])
    hours = fields["H"]
    minutes, seconds = fields.get("M", nothing), fields.get("S", nothing)
    valid = (minutes < MINUTE) & (seconds < MINUTE)
    if shape.afternoon is not None:
        valid &= (hours >= 1) & (hours <= HALF_DAY_HOURS)
        hours = hours % HALF_DAY_HOURS + HALF_DAY_HOURS * shape.afternoon
    rest = minutes * MINUTE + seconds
    valid &= (hours < DAY_HOURS) | ((hours == DAY_HOURS) & (rest == 0))
    total = (hours * HOUR + rest).astype(float)
    if "f" in fields:
        left, right = shape.spans["f"]
        total += fields["f"] / 10.0 ** (right - left)
    return np.where(valid, total, np.nan)


# Dates: the order of day and month, decided by all rows.


def _dates(cells: Sequence[str], name: str) -> TimeColumn | None:
    ids, shapes = _shapes(cells)
    if len(shapes) > MOST_SHAPES:
        return None
    parts, dotted, digits = _parts(cells, ids, shapes)
    if parts is None:
        return None
    options = [
        (*option, clock)
        for option in product(_orders(parts, dotted), _languages(parts))
        for clock in (_clock(parts, *option),)
    ]
    most = max(int(np.isfinite(each[2]).sum()) for each in options)
    filled = sum(bool(cell) for cell in cells)
    if not most or most < ENOUGH * filled:
        return None
    best = [each for each in options if np.isfinite(each[2]).sum() == most]
    scores = [evenness(each[2]) for each in best]
    top = max(scores)
    clock = best[scores.index(top)][2]
    if digits and not _proven(clock, name, most == filled):
        return None
    notes = _order_notes(best, scores, clock, cells)
    return _finished(cells, parts, clock, notes)


def _parts(
    cells: Sequence[str], ids: Integers, shapes: Sequence[str]
) -> tuple[_Parts | None, bool, bool]:
    size = len(cells)
    parts = _Parts(
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.ones(size, np.bool_),
        np.full(size, np.nan),
        np.full(size, np.nan),
        (),
    )
    words: list[str] = []
    dotted, digits = False, True
    for _, rows in _by_shape(ids, shapes):
        shape = _shape(cells[int(rows[0])])
        if shape is None:
            continue
        fields = _fields(cells, rows, shape)
        if shape.word and shape.word.lower() not in words:
            words.append(shape.word.lower())
        nothing = np.ones(rows.size, np.int64)
        year = fields.get("y", fields.get("c", nothing))
        if "y" in shape.spans:
            left, right = shape.spans["y"]
            year = _full_year(year) if right - left == 2 else year  # noqa: PLR2004
        if shape.ordered:
            month = fields.get("m", nothing)
            if shape.word:
                month = nothing * -1 - words.index(shape.word.lower())
            if "q" in fields:
                quarter = fields["q"]
                month = np.where(
                    (quarter >= 1) & (quarter <= 4),  # noqa: PLR2004
                    3 * quarter - 2,
                    0,
                )
            if "w" in fields:
                year, month, fields["d"] = _of_week(
                    year, fields["w"], fields.get("wd", nothing)
                )
            first, second, third = year, month, fields.get("d", nothing)
        else:
            first, second, third = fields["a"], fields["b"], fields["c"]
        parts.first[rows], parts.second[rows] = first, second
        parts.third[rows] = third
        parts.ordered[rows] = shape.ordered
        parts.clock[rows] = _seconds_of_day(fields, shape)
        if shape.offset is not None:
            minutes = fields.get("om", 0 * nothing)
            hours = fields.get("oh", 0 * nothing)
            parts.offset[rows] = shape.offset + shape.offset_sign * (
                hours * HOUR + minutes * MINUTE
            )
        dotted |= shape.dotted
        digits &= shape.digits
    if not np.isfinite(parts.clock).any() or len(words) > MANY_WORDS:
        return None, dotted, digits
    return replace(parts, words=tuple(words)), dotted, digits


def _of_week(
    year: Integers, week: Integers, day: Integers
) -> tuple[Integers, Integers, Integers]:
    """Returns the dates of ISO weeks; month 0 where there is no such day."""
    january = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    fourth = january.astype(np.int64) + 3
    monday = fourth - (fourth + 3) % DAYS_OF_WEEK + DAYS_OF_WEEK * (week - 1)
    thursday = (monday + 3).astype("datetime64[D]").astype("datetime64[Y]")
    date = (monday + day - 1).astype("datetime64[D]")
    months = date.astype("datetime64[M]").astype(np.int64)
    valid = (week >= 1) & (day >= 1) & (day <= DAYS_OF_WEEK)
    valid &= thursday == january.astype("datetime64[Y]")
    first = date.astype("datetime64[M]").astype("datetime64[D]")
    return (
        months // YEAR_MONTHS + 1970,
        np.where(valid, months % YEAR_MONTHS + 1, 0),
        (date - first).astype(np.int64) + 1,
    )


def _full_year(year: Integers) -> Integers:
    centuries = np.where(year < PIVOT_YEAR, 2000, 1900)
    full: Integers = np.where(year < CENTURY, year + centuries, year)
    return full


def _orders(parts: _Parts, dotted: bool) -> list[str]:
    if parts.ordered.all():
        return ["dmy"]
    four = parts.third[~parts.ordered].max() >= CENTURY
    orders = ["dmy"] if dotted else ["dmy", "mdy"]
    return orders if four else [*orders, "ymd"]


def _languages(parts: _Parts) -> list[tuple[int, ...]]:
    """Returns the months of the words, in each language that has all."""
    if not parts.words:
        return [()]
    found = [
        tuple(month_number(word, language) for word in parts.words)
        for language in range(len(LANGUAGES))
    ]
    most = max(sum(map(bool, months)) for months in found)
    return list(
        dict.fromkeys(
            months for months in found if sum(map(bool, months)) == most
        )
    )


def _clock(parts: _Parts, order: str, months: tuple[int, ...]) -> Floats:
    """Returns seconds since 1970 by the clock of the file."""
    given = {
        letter: (parts.first, parts.second, parts.third)[order.index(letter)]
        for letter in "ymd"
    }
    year = np.where(parts.ordered, parts.first, _full_year(given["y"]))
    month = np.where(parts.ordered, parts.second, given["m"])
    day = np.where(parts.ordered, parts.third, given["d"])
    if months:
        words = np.array((0, *months))[np.maximum(0, -month)]
        month = np.where(month < 0, words, month)
    return _midnights(year, month, day) + parts.clock


def _midnights(year: Integers, month: Integers, day: Integers) -> Floats:
    valid = (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    valid &= (month >= 1) & (month <= YEAR_MONTHS) & (day >= 1)
    months = np.where(valid, (year - 1970) * YEAR_MONTHS + month - 1, 0)
    starts = months.astype("datetime64[M]").astype("datetime64[D]")
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]")
    valid &= day <= (following - starts).astype(np.int64)
    days = starts.astype(np.int64) + day - 1
    return np.where(valid, days * float(DAY), np.nan)


def evenness(times: Floats) -> tuple[float, float, float]:
    """Scores how evenly times are spaced.

    Args:
        times: Seconds since 1970, NaN where there is none.

    Returns:
        The share of steps that are the commonest one, in seconds or in
        calendar months; the share in one direction; and the span, negated.
    """
    known = times[np.isfinite(times)]
    steps = np.diff(known)
    steps = steps[steps != 0]
    if not steps.size:
        return 0.0, 0.0, 0.0
    days = np.floor(known / DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    within = known - months.astype("datetime64[s]").astype(float)
    even_months = np.diff(months.astype(np.int64))[np.diff(within) == 0]
    shares = [
        np.unique(each, return_counts=True)[1].max() / steps.size
        for each in (steps, even_months[even_months != 0])
        if each.size
    ]
    ahead = float((steps > 0).mean())
    span = float(np.ptp(known))
    return min(1.0, float(max(shares))), max(ahead, 1 - ahead), -span


def _proven(clock: Floats, name: str, complete: bool) -> bool:
    """Decides whether digits alone, such as 20240115, are times."""
    even, ordered, _ = evenness(clock)
    if not complete or DURATION_NAME.search(name):
        return False
    if TIME_NAME.search(name):
        return True
    many = clock.size >= FEWEST_PROVING
    return many and even >= EVEN_ENOUGH and ordered >= ORDERED_ENOUGH


def _order_notes(
    best: list[tuple[str, tuple[int, ...], Floats]],
    scores: list[tuple[float, float, float]],
    clock: Floats,
    cells: Sequence[str],
) -> tuple[str, ...]:
    """Reports where nothing decides which of two orders is right."""
    top = max(scores)
    rivals = [
        option
        for option, score in zip(best, scores, strict=True)
        if score[:2] == top[:2]
        and not np.array_equal(option[2], clock, equal_nan=True)
    ]
    if not rivals:
        return ()
    row = int(np.flatnonzero(clock != rivals[0][2])[0])
    shown = np.datetime64(int(clock[row]), "s").item()
    note = (
        f"The order of day and month is not certain: “{cells[row]}” was "
        f"read as {shown:%-d %B %Y}."
    )
    return (note,)


def _finished(
    cells: Sequence[str],
    parts: _Parts,
    clock: Floats,
    notes: tuple[str, ...],
) -> TimeColumn:
    seconds = clock
    offsets = bool(np.isfinite(parts.offset).any())
    if offsets:
        seconds = clock - parts.offset
    else:
        even = without_summer_time(clock)
        if even is not None:
            seconds = clock = even
            notes = (*notes, SUMMER_TIME)
    lost = np.flatnonzero(~np.isfinite(seconds)).tolist()
    bad = [row for row in lost if cells[row]]
    return TimeColumn(
        seconds,
        np.where(np.isfinite(seconds), clock, np.nan),
        offsets,
        len(bad),
        cells[bad[0]][:CELL_SHOWN] if bad else "",
        notes,
    )


# Summer time: an hour that comes twice.

SUMMER_TIME = (
    "The file's clock changes with summer time, and one hour occurs twice: "
    "all times are given by the clock of its first row."
)
CHANGE_HOURS = (0, 5)
SUNDAY_OF_EPOCH_DAYS = 3
DAYS_OF_WEEK = 7


def without_summer_time(clock: Floats) -> Floats | None:
    """Makes a clock even that changes with summer time.

    Args:
        clock: Seconds since 1970 by a local clock, NaN where unknown.

    Returns:
        Seconds by the clock of the first row; None where no hour occurs
        twice on a Sunday night, so that nothing has to be changed.
    """
    known = np.flatnonzero(np.isfinite(clock))
    times = clock[known]
    if times.size < FEWEST_PROVING:
        return None
    backwards = np.diff(times)
    if (backwards < 0).sum() > backwards.size / 2:
        turned = without_summer_time(clock[::-1])
        return None if turned is None else turned[::-1]
    step = float(np.median(np.abs(backwards)))
    if not 0 < step <= HOUR:
        return None
    changes = np.zeros(times.size)
    back = _on_a_change(times[1:]) & (
        np.abs(backwards - (step - HOUR)) < step / 2
    )
    if not back.any():
        return _in_pairs(clock, known, step)
    ahead = _on_a_change(times[1:]) & (backwards == step + HOUR)
    changes[1:][back] = HOUR
    changes[1:][ahead] = -HOUR
    even = clock.copy()
    even[known] = times + np.cumsum(changes)
    fewer_twice = np.unique(even[known]).size > np.unique(times).size
    return even if fewer_twice else None


def _in_pairs(clock: Floats, known: Integers, step: float) -> Floats | None:
    """Takes the second of each two equal times for an hour later."""
    times = clock[known]
    change = _on_a_change(times)
    steps = np.diff(times, prepend=np.nan)
    second = np.flatnonzero(change & (steps == 0))
    days = np.floor(times[second] / DAY)
    later = np.zeros(times.size)
    for day in np.unique(days):
        rows = second[days == day]
        if rows.size == round(HOUR / step):
            later[rows] += HOUR
            later[rows[-1] + 1 :] += HOUR
    if not later.any():
        return None
    for row in np.flatnonzero(change & (steps == step + HOUR)):
        later[row:] -= HOUR
    even = clock.copy()
    even[known] += later
    return even


def _on_a_change(times: Floats) -> NDArray[np.bool_]:
    days = np.floor(times / DAY)
    sunday = days % DAYS_OF_WEEK == SUNDAY_OF_EPOCH_DAYS
    hours = (times - days * DAY) / HOUR
    first, last = CHANGE_HOURS
    change: NDArray[np.bool_] = sunday & (hours >= first) & (hours <= last)
    return change


# Numbers of seconds or days.


def _epoch(cells: Sequence[str], name: str) -> TimeColumn | None:
    """Reads numbers as times where name, order and steps agree."""
    if not TIME_NAME.search(name) or DURATION_NAME.search(name):
        return None
    numbers = _numbers(cells)
    known = numbers[np.isfinite(numbers)]
    if not known.size or known.max() > LATEST_EPOCH * EPOCH_UNITS[-1]:
        return None
    _, ordered, _ = evenness(numbers)
    if known.size < ENOUGH * len(cells) or ordered < ORDERED_ENOUGH:
        return None
    for unit in EPOCH_UNITS:
        seconds = numbers / unit
        low, high = np.nanmin(seconds), np.nanmax(seconds)
        if low >= EARLIEST_EPOCH and high <= LATEST_EPOCH:
            return _numbered(cells, seconds)
    if SERIAL_DAYS[0] <= known.min() and known.max() <= SERIAL_DAYS[1]:
        seconds = np.round((numbers - SERIAL_OF_1970) * DAY)
        found = _numbered(cells, seconds)
        return found and replace(
            found,
            notes=("The times are numbers of days since 1900, as in Excel.",),
        )
    return None


def _numbered(cells: Sequence[str], seconds: Floats) -> TimeColumn | None:
    if evenness(np.round(seconds))[0] < EVEN_ENOUGH:
        return None
    lost = np.flatnonzero(~np.isfinite(seconds)).tolist()
    bad = [row for row in lost if cells[row]]
    example = cells[bad[0]][:CELL_SHOWN] if bad else ""
    return TimeColumn(seconds, seconds, False, len(bad), example)
