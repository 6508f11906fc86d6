"""Times, durations and numbers in plain words."""

from datetime import UTC, datetime

from steps.matrix_profile.compute.series import Series

UNITS = (
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
)
MINUTE = 60
YEAR_MONTHS = 12


def time_text(series: Series, sample: int) -> str:
    """Writes when a sample was taken.

    Args:
        series: The series.
        sample: Number of the sample.

    Returns:
        A date and a time of day, or a row number.
    """
    time = series.time(sample)
    if not series.timed:
        return f"row {round(time):,}"
    if series.months:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m")
    form = "%Y-%m-%d %H:%M" if series.period >= MINUTE else "%Y-%m-%d %H:%M:%S"
    return datetime.fromtimestamp(time, UTC).strftime(form)


def duration_text(seconds: float) -> str:
    """Writes a duration in the largest unit that gives a short number.

    Args:
        seconds: The duration.

    Returns:
        For example ``15 minutes`` or ``1.5 hours``.
    """
    name, unit = next(
        (each for each in UNITS if seconds >= each[1]), UNITS[-1]
    )
    amount = f"{seconds / unit:.4g}"
    return f"{amount} {name}" + "s" * (amount != "1")


def samples_text(series: Series, samples: int) -> str:
    """Writes a number of samples, with the time they take if that is known.

    Args:
        series: The series.
        samples: How many.

    Returns:
        For example ``96 samples (1 day)``.
    """
    if not series.timed:
        return f"{samples:,} samples"
    if series.months:
        return f"{samples:,} samples ({months_text(samples * series.months)})"
    return f"{samples:,} samples ({duration_text(samples * series.period)})"


def period_text(series: Series) -> str:
    """Writes the time from one sample to the next.

    Args:
        series: The series.

    Returns:
        For example ``15 minutes``, ``1 month`` or ``1 row``.
    """
    if not series.timed:
        return "1 row"
    if series.months:
        return months_text(series.months)
    return duration_text(series.period)


def months_text(months: int) -> str:
    """Writes a number of calendar months.

    Args:
        months: How many.

    Returns:
        For example ``3 months`` or ``1 year``.
    """
    years, rest = divmod(months, YEAR_MONTHS)
    amount, name = (months, "month") if rest else (years, "year")
    return f"{amount} {name}" + "s" * (amount != 1)
