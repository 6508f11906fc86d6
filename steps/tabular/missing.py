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
    return np.concatenate((either, -either, powers))


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
    distinct, counts = np.unique(known, return_counts=True)
    like_codes = np.isin(distinct, CODES) | (np.abs(distinct) >= LEAST_FILL)
    suspects = dict(
        zip(
            distinct[like_codes].tolist(),
            counts[like_codes].tolist(),
            strict=True,
        )
    )
    if not suspects:
        return ()
    others = distinct[~np.isin(distinct, list(suspects))]
    if not others.size:
        return ()
    codes = [_code_of(each, suspects[each], others) for each in suspects]
    return tuple(code for code in codes if code is not None)


def _code_of(value: float, count: int, others: Floats) -> Code | None:
    """Judges one suspect by how far it lies from all other values."""
    lowest, highest = float(others[0]), float(others[-1])
    if lowest <= value <= highest:
        return None
    gap = lowest - value if value < lowest else value - highest
    spread = highest - lowest
    steps = float(np.diff(others).max()) if others.size > 1 else 0.0
    reach = max(spread, abs(lowest), abs(highest))
    impossible = value < 0 <= lowest
    apart = gap >= APART_OF_RANGE * spread and gap > APART_OF_STEPS * steps
    if count < FEWEST:
        far = FAR if value < 0 else FAR_WHEN_SINGLE
        taken = abs(value) > far * reach > 0
    elif others.size < FEWEST_DISTINCT:
        taken = impossible or abs(value) > FAR * reach > 0
    else:
        taken = apart or abs(value) > FAR * reach
    suspicious = taken or (count >= FEWEST and gap >= APART_OF_RANGE * spread)
    return Code(value, count, taken) if suspicious else None
