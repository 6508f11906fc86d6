"""Asking a run to stop, for example with Ctrl-C."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """A wish to stop a run: first in order, then at once."""

    def __init__(self) -> None:
        """Starts without a wish."""
        self.stop = asyncio.Event()
        self.kill = asyncio.Event()

    def ask(self) -> None:
        """Asks to stop; the exit handler runs. Asking again ends at once."""
        if self.stop.is_set():
            self.kill.set()
        self.stop.set()


@contextmanager
def stop_on_signals(request: StopRequest) -> Iterator[None]:
    """Lets SIGINT and SIGTERM ask to stop.

    Args:
        request: What they ask.

    Yields:
        Nothing; the signals work as before afterwards.
    """
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, request.ask)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
