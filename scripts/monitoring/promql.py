"""The few questions that the alerts ask, in PromQL."""

from collections.abc import Iterable

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
UNITS = (("d", DAY), ("h", HOUR), ("m", MINUTE))


def duration(seconds: int) -> str:
    """Writes a duration.

    Args:
        seconds: The duration in seconds.

    Returns:
        The duration in the largest unit that divides it.
    """
    for unit, length in UNITS:
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def selector(metric: str, **labels: str) -> str:
    """Selects series by their labels.

    Args:
        metric: The metric.
        **labels: The labels' values.

    Returns:
        The selector.
    """
    wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{metric}{{{wanted}}}"


def any_of(values: Iterable[str]) -> str:
    """Makes the pattern of some values.

    Args:
        values: The values.

    Returns:
        The regular expression.
    """
    return "|".join(sorted(values))


def largest(series: str) -> str:
    """Takes one number for each workflow, from any of its pods.

    A controller that starts again is another pod.

    Args:
        series: Numbers of workflows.

    Returns:
        The largest of each workflow, and of each of its datasets.
    """
    return f"max by (workflow, dataset) ({series})"


def counted(series: str, window: str, by: str) -> str:
    """Asks what a counter has counted lately, its first count too.

    A counter that was not there before has no increase with Prometheus: its
    first value is the first count.

    Args:
        series: The counter's series.
        window: How far back.
        by: The label by which to sum up.

    Returns:
        The sum where it is above 0.
    """
    return (
        f"sum by ({by}) (increase({series}[{window}])) > 0\n"
        f"or\n"
        f"sum by ({by}) ({series} unless {series} offset {window}) > 0"
    )


def grows(series: str, window: str) -> str:
    """Asks whether a backlog was never empty and is larger than before.

    Args:
        series: The backlog, of one or several pods.
        window: How far back.

    Returns:
        The backlog where that is so.
    """
    return (
        f"max({series}) > max({series} offset {window})\n"
        f"and min_over_time((max({series}))[{window}:1m]) > 0"
    )
