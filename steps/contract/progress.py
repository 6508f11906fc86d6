"""Progress of long work: for Argo's UI, and as a bar in a terminal."""

import os
import sys
from pathlib import Path

PROGRESS_FILE_VARIABLE = "ARGO_PROGRESS_FILE"
BAR_WIDTH = 40


class Progress:
    """Returns how much of the work is done.

    Argo reads ``done/total`` from the file that ``$ARGO_PROGRESS_FILE``
    names. Where standard error is a terminal, a bar is drawn as well.
    """

    def __init__(self, total: int) -> None:
        """Starts at nothing done.

        Args:
            total: How many units of work there are, at least one.
        """
        self._total = total
        self._done = 0
        file = os.environ.get(PROGRESS_FILE_VARIABLE)
        self._file = Path(file) if file else None
        self._terminal = sys.stderr.isatty()
        self._write("")

    def advance(self, units: int = 1, doing: str = "") -> None:
        """Adds finished work.

        Args:
            units: How many more units are done.
            doing: What is being done now, for the terminal's bar.
        """
        self._done = min(self._total, self._done + units)
        self._write(doing)

    def _write(self, doing: str) -> None:
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(f"{self._done}/{self._total}\n")
        if self._terminal:
            filled = BAR_WIDTH * self._done // self._total
            end = "\n" if self._done == self._total else ""
            sys.stderr.write(
                f"\r\x1b[K{'█' * filled:·<{BAR_WIDTH}} "
                f"{self._done}/{self._total} {doing}{end}"
            )
            sys.stderr.flush()
