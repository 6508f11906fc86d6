"""How many processor cores this process may use."""

import os


def usable_cores() -> int:
    """Counts the cores that the process may run on.

    Returns:
        Their number, at least one.
    """
    return len(os.sched_getaffinity(0))
