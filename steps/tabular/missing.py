"""Numbers that stand for "missing", recognised by evidence."""

import re
from collections.abc import Iterator
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
CODE = re.compile(r"9{2,}(?:\.9+)?|([1-8])\1{2,}(?:\.\1+)?|[678]9{3,}")
NEGATIVE_CODE = re.compile(r"1000+")


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
    suspects = {
        float(value): int(count)
        for value, count in _suspects(distinct, counts)
    }
    if not suspects:
        return ()
    others = distinct[~np.isin(distinct, list(suspects))]
    if not others.size:
        return ()
    codes = [_judged(each, suspects[each], others) for each in suspects]
    return tuple(code for code in codes if code is not None)


def _suspects(
    distinct: Floats, counts: NDArray[np.int64]
) -> Iterator[tuple[float, int]]:
    for value, count in zip(distinct, counts, strict=True):
        if _looks_like_a_code(float(value)):
            yield value, count


def _looks_like_a_code(value: float) -> bool:
    size = abs(value)
    if size >= LEAST_FILL or size in INTEGER_LIMITS:
        return True
    text = f"{size:.6f}".rstrip("0").rstrip(".")
    return CODE.fullmatch(text) is not None or (
        value < 0 and NEGATIVE_CODE.fullmatch(text) is not None
    )


def _judged(value: float, count: int, others: Floats) -> Code | None:
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
