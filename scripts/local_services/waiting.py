"""Waiting for what another process does."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.02


def wait_until(
    condition: Callable[[], object],
    seconds: float,
    pause_seconds: float = POLL_SECONDS,
) -> bool:
    """Waits until something is so, or the time is over.

    Args:
        condition: Returns whether it is so.
        seconds: The longest to wait.
        pause_seconds: The time between two polls.

    Returns:
        Whether it is so.
    """
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(pause_seconds)
    return True
