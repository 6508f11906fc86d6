"""Finding the end of the jobs' numbers with few requests."""

from collections.abc import Callable

from steps.contract.platform_id import LARGEST_ID


def newest(exists: Callable[[int], bool]) -> int:
    """Finds a job near the newest one.

    Where numbers are missing it may stop before one of the gaps, so that a
    search from there on forward finds the rest.

    Args:
        exists: Returns whether there is a job of a number.

    Returns:
        The number of a job without a successor; 0 where there is no job.
    """
    beyond = 1
    while beyond <= LARGEST_ID and exists(beyond):
        beyond *= 2
    known = beyond // 2
    while beyond - known > 1:
        middle = (known + beyond) // 2
        if exists(middle):
            known = middle
        else:
            beyond = middle
    return known
