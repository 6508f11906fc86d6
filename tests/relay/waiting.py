"""Waiting for a condition of a test, and no longer."""

from collections.abc import Callable

from local_services.waiting import wait_until

LIMIT_SECONDS = 60.0


def eventually(
    condition: Callable[[], object], seconds: float = LIMIT_SECONDS
) -> None:
    """Wait until a condition holds; fail when it does not in time."""
    assert wait_until(condition, seconds), "it did not happen in time"
