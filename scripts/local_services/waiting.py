"""Waiting for what another process does."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.05


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Waits until something is so, or the time is over.

    Args:
        condition: Tells whether it is so.
        seconds: The longest to wait.

    Returns:
        Whether it is so.
    """
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(POLL_SECONDS)
    return True
