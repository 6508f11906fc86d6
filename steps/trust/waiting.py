"""Growing pauses, up to a limit."""

import time
from collections.abc import Iterator

FIRST_PAUSE_SECONDS = 0.2
GROWTH = 1.5
LONGEST_PAUSE_SECONDS = 15.0


def poll_delays(seconds: float) -> Iterator[None]:
    """Pauses before each poll, longer each time.

    Args:
        seconds: After how long there is no further poll.

    Yields:
        When to poll.
    """
    ends = time.monotonic() + seconds
    pause = FIRST_PAUSE_SECONDS
    while (left := ends - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        yield
        pause = min(pause * GROWTH, LONGEST_PAUSE_SECONDS)
