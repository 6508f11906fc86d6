"""Names the pinned versions that are behind: ``make outdated``.

Ends with 0 when none is, with 1 when one is, and with 75 when none that could
be asked for is, but not all could.
"""

import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tabulate import tabulate

from upkeep.asking import NotAskedError
from upkeep.pins import Pin, all_pins

UP_TO_DATE = 0
BEHIND = 1
NOT_ALL_ASKED = 75
AT_A_TIME = 4
HEADERS = ("what", "pinned", "newest", "where")


@dataclass(frozen=True)
class ItemStatus:
    """How a pinned version stands.

    Attributes:
        pin: The version.
        newest: The newest one, None where the source did not answer.
        fault: Why not.
    """

    pin: Pin
    newest: str | None
    fault: str = ""

    @property
    def is_behind(self) -> bool:
        """Whether there is a newer version."""
        return self.newest not in {None, self.pin.version}


def status_of(pin: Pin) -> ItemStatus:
    """Asks how a pinned version stands.

    Args:
        pin: The version.

    Returns:
        The newest one, or why the source could not be asked.
    """
    try:
        return ItemStatus(pin, pin.source.newest())
    except NotAskedError as error:
        return ItemStatus(pin, None, str(error))


def report(statuses: Iterable[ItemStatus]) -> tuple[str, int]:
    """Reports what is behind, and what could not be asked.

    Args:
        statuses: How each pinned version stands.

    Returns:
        What to print, and the exit code.
    """
    known = list(statuses)
    behind = [one for one in known if one.is_behind]
    silent = [one for one in known if one.newest is None]
    parts = [_table(behind)] if behind else []
    parts += [
        f"not asked: {one.pin.name} {one.pin.version} ({one.fault})"
        for one in silent
    ]
    asked = len(known) - len(silent)
    parts.append(f"{len(behind)} of {asked} are behind.")
    if behind:
        return "\n".join(parts), BEHIND
    return "\n".join(parts), NOT_ALL_ASKED if silent else UP_TO_DATE


def main() -> int:
    """Prints what is behind.

    Returns:
        The exit code.
    """
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        text, code = report(pool.map(status_of, all_pins()))
    sys.stdout.write(f"{text}\n")
    return code


def _table(behind: Sequence[ItemStatus]) -> str:
    rows = [
        (one.pin.name, one.pin.version, one.newest, one.pin.place)
        for one in behind
    ]
    return f"{tabulate(rows, HEADERS, disable_numparse=True)}\n"


if __name__ == "__main__":
    raise SystemExit(main())
