"""Series made small enough to draw, and encoded for the page."""

import base64
from typing import TypedDict

import numpy as np

from steps.matrix_profile.compute.windows import Floats, Integers

MOST_POINTS = 60_000


class Line(TypedDict):
    """A line for the page to draw.

    Attributes:
        values: Base64 of 32-bit floats, less ``base``.
        base: What to add to each of them.
        samples: Base64 of their 32-bit sample numbers; None when the line
            has every sample.
    """

    values: str
    base: float
    samples: str | None


def thin_out(values: Floats, most: int = MOST_POINTS) -> Integers:
    """Chooses the samples that keep a line's look.

    Args:
        values: The line; NaN where a value is missing.
        most: How many samples to choose at most, even.

    Returns:
        All samples of a short line; of a longer one the smallest and the
        largest of each of ``most / 2`` buckets of equal size.
    """
    if values.size <= most:
        return np.arange(values.size)
    size = -(-values.size // (most // 2))
    padded = np.pad(
        values, (0, -values.size % size), constant_values=np.nan
    ).reshape(-1, size)
    gaps = np.isnan(padded)
    lowest = np.where(gaps, np.inf, padded).argmin(axis=1)
    highest = np.where(gaps, -np.inf, padded).argmax(axis=1)
    firsts = np.arange(padded.shape[0]) * size
    chosen = np.concatenate([firsts + lowest, firsts + highest])
    return np.unique(chosen[chosen < values.size]).astype(np.int64)


def encode_line(values: Floats) -> Line:
    """Encodes a line for the page.

    Args:
        values: The line; not finite where there is nothing to draw.

    Returns:
        The encoded line, thinned out if it is long.
    """
    finite = np.where(np.isfinite(values), values, np.nan)
    samples = thin_out(finite)
    known = finite[np.isfinite(finite)]
    base = float(np.median(known)) if known.size else 0.0
    whole = samples.size == values.size
    return Line(
        values=_base64((finite[samples] - base).astype("<f4")),
        base=base,
        samples=None if whole else _base64(samples.astype("<u4")),
    )


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def outline(values: Floats, width: int, height: int) -> str:
    """Draws a window's shape as an SVG path that fills its box.

    Args:
        values: The window's samples.
        width: Width of the box, and half the most points to draw.
        height: Height of the box.

    Returns:
        The path's ``d`` attribute.
    """
    samples = thin_out(values, most=2 * width)
    centred = values - values.mean()
    largest = np.abs(centred).max()
    heights = centred / largest if largest else centred
    across = samples * (width / max(1, values.size - 1))
    down = (1 - heights[samples]) * (height / 2)
    points = [f"{x:.1f} {y:.1f}" for x, y in zip(across, down, strict=True)]
    return "M" + "L".join(points)
