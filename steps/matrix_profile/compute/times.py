"""Times as people write them."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from steps.matrix_profile.compute.windows import Floats

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LIKE_A_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{8}", re.ASCII)
EPOCH_NUMBER = re.compile(r"\d{9,19}(?:\.\d{1,9})?", re.ASCII)
EARLIEST_EPOCH = 3e8
LATEST_EPOCH = 4.2e9
EPOCH_UNITS = (1, 1e3, 1e6, 1e9)
DATES = (
    "%d/%m/%y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d-%m-%Y",
    "%Y/%m/%d",
    "%m/%d/%y",
    "%m/%d/%Y",
    "%m-%d-%Y",
    "%Y%m%d",
)
HOURS = (" %H:%M", " %H:%M:%S", "", " %I:%M %p", " %I:%M:%S %p")
SAMPLE = 200
ENOUGH = 0.9

Parser = Callable[[str], float]


def read_times(cells: Sequence[str]) -> Floats | None:
    """Reads a column as times, in the one format that fits it best.

    Where day and month could be either way round, the day comes first.

    Args:
        cells: Its cells, stripped.

    Returns:
        Seconds since 1970, NaN where a cell holds no time; None when the
        column is not one of times. A time without an offset counts as UTC.
    """
    filled = [cell for cell in cells if cell]
    sample = filled[:: max(1, len(filled) // SAMPLE)]
    if not sample:
        return None
    parse = _best_parser(sample)
    if parse is None:
        return None
    return np.array([_parsed(parse, cell) for cell in cells], float)


def _best_parser(sample: Sequence[str]) -> Parser | None:
    """Returns the first parser that fits all, else the one that fits best."""
    most = ENOUGH * len(sample)
    if sum(LIKE_A_DATE.match(cell) is not None for cell in sample) < most:
        return None
    best: Parser | None = None
    for parse in PARSERS:
        hits = sum(_fits(parse, cell) for cell in sample)
        if hits == len(sample):
            return parse
        if hits >= most:
            best, most = parse, hits + 1
    return best


def _parsed(parse: Parser, cell: str) -> float:
    try:
        return parse(cell)
    except (ValueError, OverflowError):
        return float("nan")


def _fits(parse: Parser, cell: str) -> bool:
    return not np.isnan(_parsed(parse, cell))


def _seconds(time: datetime) -> float:
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return aware.timestamp()


def _iso(cell: str) -> float:
    if not ISO_DATE.match(cell):
        raise ValueError(cell)
    return _seconds(datetime.fromisoformat(cell))


def _epoch(unit: float) -> Parser:
    def parse(cell: str) -> float:
        if not EPOCH_NUMBER.fullmatch(cell):
            raise ValueError(cell)
        seconds = float(cell) / unit
        if not EARLIEST_EPOCH <= seconds <= LATEST_EPOCH:
            raise ValueError(cell)
        return seconds

    return parse


def _formatted(form: str) -> Parser:
    def parse(cell: str) -> float:
        return _seconds(datetime.strptime(cell, form).replace(tzinfo=UTC))

    return parse


PARSERS: tuple[Parser, ...] = (
    _iso,
    *(_formatted(date + hour) for date in DATES for hour in HOURS),
    *(_epoch(unit) for unit in EPOCH_UNITS),
)
