"""Choosing how long a window is."""

from dataclasses import dataclass

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.series import Series
from steps.matrix_profile.compute.settings import SHORTEST_WINDOW

MINUTE = 60
HOUR = 3_600
DAY = 86_400
WEEK = 604_800
YEAR = 31_557_600
CYCLES = (
    ("day", DAY),
    ("week", WEEK),
    ("hour", HOUR),
    ("year", YEAR),
    ("minute", MINUTE),
)
FEWEST_SAMPLES = 7
MOST_SAMPLES = 4_000
ROWS_DIVISOR = 100
FEWEST_ROWS = 8
MOST_ROWS_IN_WINDOW = 100
WINDOWS_IN_SERIES = 4
LIMIT_WHEN_SET = 2


@dataclass(frozen=True)
class WindowChoice:
    """How long a window is, and why.

    Attributes:
        length: Samples in a window.
        reason: Why so many, as a sentence for the report.
    """

    length: int
    reason: str


def choose_window(series: Series, wanted: int | None) -> WindowChoice:
    """Chooses the window length from the sampling period.

    The length is that of the first cycle, of day, week, hour, year and
    minute, that holds 7 to 4,000 samples; at most a quarter of the series.

    Args:
        series: The series.
        wanted: A length that was asked for.

    Returns:
        The choice.

    Raises:
        BadDataError: The length that was asked for does not fit the series.
    """
    size = series.values.size
    if wanted is not None:
        if wanted > size // LIMIT_WHEN_SET:
            raise BadDataError(
                f"WINDOW_LENGTH is {wanted}, but the series has {size} "
                f"samples: a window may have at most {size // LIMIT_WHEN_SET}."
            )
        return WindowChoice(wanted, "It was set by WINDOW_LENGTH.")
    natural = _natural(series)
    longest = size // WINDOWS_IN_SERIES
    if natural.length <= longest:
        return natural
    return WindowChoice(
        max(SHORTEST_WINDOW, longest),
        f"A quarter of the series, as {natural.length:,} samples would be "
        "too long for it.",
    )


def _natural(series: Series) -> WindowChoice:
    if series.timed:
        for name, seconds in CYCLES:
            samples = round(seconds / series.period)
            if FEWEST_SAMPLES <= samples <= MOST_SAMPLES:
                return WindowChoice(
                    samples,
                    f"One {name}, the first natural cycle that holds "
                    f"{FEWEST_SAMPLES} to {MOST_SAMPLES:,} samples at this "
                    "sampling period.",
                )
    rows = series.values.size // ROWS_DIVISOR
    return WindowChoice(
        min(max(rows, FEWEST_ROWS), MOST_ROWS_IN_WINDOW),
        f"One hundredth of the series, but between {FEWEST_ROWS} and "
        f"{MOST_ROWS_IN_WINDOW} samples, as no natural cycle applies.",
    )
