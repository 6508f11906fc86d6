"""Numbers that stand for "missing", recognised by evidence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FAR = 5.0
FAR_WHEN_SINGLE = 20.0
APART_OF_RANGE = 0.2
APART_OF_STEPS = 3.0
FEWEST = 2
FEWEST_DISTINCT = 3
LEAST_FILL = 1e19
CHUNK = 1 << 16
INTEGER_LIMITS = (32767, 32768, 65535, 2147483647, 2147483648, 4294967295)


def _codes() -> Floats:
    """Returns the numbers that are in use as codes for "missing"."""
    whole = {
        digit * length: digit
        for digit in "123456789"
        for length in range(2 if digit == "9" else 3, 11)
    }
    repeated = [
        f"{digits}.{digit * decimals}"
        for digits, digit in whole.items()
        for decimals in range(3)
    ]
    loggers = [f"{first}{'9' * nines}" for first in "678" for nines in (3, 4)]
    either = np.array([*map(float, (*repeated, *loggers)), *INTEGER_LIMITS])
    powers = -(10.0 ** np.arange(3, 8))
    return np.unique(np.concatenate((either, -either, powers)))


CODES = _codes()


@dataclass(frozen=True)
class Code:
    """A number that may stand for "missing".

    Attributes:
        value: The number.
        count: How often it occurs.
        taken: Whether it was taken as missing; else it was kept.
    """

    value: float
    count: int
    taken: bool


def find_codes(values: Floats) -> tuple[Code, ...]:
    """Finds codes for "missing" such as -9999 in a column.

    A number is taken as such a code where it looks like one, lies outside
    of all other values and apart from them, and occurs more than once; a
    single one has to lie much further out.

    Args:
        values: The column; NaN where there is no number.

    Returns:
        The codes; those that were not taken are suspicious, but evidence is
        missing.
    """
    known = values[~np.isnan(values)]
    like_codes = np.concatenate(
        [
            _are_like_codes(known[start : start + CHUNK])
            for start in range(0, max(1, known.size), CHUNK)
        ]
    )
    others = known[~like_codes]
    if not others.size or others.size == known.size:
        return ()
    others.sort()
    suspects = np.unique(known[like_codes], return_counts=True)
    codes = [
        _code_of(float(value), int(count), others)
        for value, count in zip(*suspects, strict=True)
    ]
    return tuple(code for code in codes if code is not None)


def _are_like_codes(values: Floats) -> NDArray[np.bool_]:
    places = np.searchsorted(CODES, values).clip(max=CODES.size - 1)
    like: NDArray[np.bool_] = CODES[places] == values
    return like | (np.abs(values) >= LEAST_FILL)


def _code_of(value: float, count: int, others: Floats) -> Code | None:
    """Judges one suspect by how far it lies from all other values."""
    lowest, highest = float(others[0]), float(others[-1])
    if lowest <= value <= highest:
        return None
    gap = lowest - value if value < lowest else value - highest
    spread = highest - lowest
    apart_by = np.diff(others)
    steps = float(apart_by.max(initial=0.0))
    reach = max(spread, abs(lowest), abs(highest))
    impossible = value < 0 <= lowest
    apart = gap >= APART_OF_RANGE * spread and gap > APART_OF_STEPS * steps
    if count < FEWEST:
        far = FAR if value < 0 else FAR_WHEN_SINGLE
        taken = abs(value) > far * reach > 0
    elif np.count_nonzero(apart_by) + 1 < FEWEST_DISTINCT:
        taken = impossible or abs(value) > FAR * reach > 0
    else:
        taken = apart or abs(value) > FAR * reach
    suspicious = taken or (count >= FEWEST and gap >= APART_OF_RANGE * spread)
    return Code(value, count, taken) if suspicious else None
