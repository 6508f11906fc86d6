"""Waiting for what a test says, and for no longer."""

import time
from collections.abc import Callable

LIMIT_SECONDS = 60.0
LOOK_SECONDS = 0.02


def eventually(
    condition: Callable[[], object], seconds: float = LIMIT_SECONDS
) -> None:
    """Wait until a condition holds; fail when it does not in time."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(LOOK_SECONDS)
