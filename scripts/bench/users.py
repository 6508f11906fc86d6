"""Measures reading 100,000 users from a Keycloak on this machine.

The reader is a process of its own, as a step is; its peak memory is the
operating system's account::

    python -m bench.users
"""

import logging
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.processes import measure
from local_services.keycloak import CROWD_REALM, keycloak
from steps.clients.keycloak_settings import KeycloakSettings

CROWD = 100_000
ROUNDS = 3
READ = "read"
COUNT_FILE_VARIABLE = "BENCH_COUNT_FILE"
CONNECTIONS_LOG = "urllib3.connectionpool"


class RequestCounter(logging.Handler):
    """Counts the requests that urllib3 logs, one line for each answer."""

    def __init__(self) -> None:
        """Starts at none."""
        super().__init__()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Counts a line, unless it is about a new connection.

        Args:
            record: The line.
        """
        self.count += " HTTP/" in record.getMessage()


def read() -> None:
    """Reads all users, and writes how many, and in how many requests."""
    from steps.clients.keycloak import KeycloakReader

    counter = RequestCounter()
    connections = logging.getLogger(CONNECTIONS_LOG)
    connections.setLevel(logging.DEBUG)
    connections.addHandler(counter)
    reader = KeycloakReader(KeycloakSettings.load())
    users = sum(1 for _ in reader.users())
    file = Path(os.environ[COUNT_FILE_VARIABLE])
    file.write_text(f"{users:,} users, {counter.count} requests")


def main() -> None:
    """Prints what each reading took."""
    table = Table(title=f"Reading {CROWD:,} users of a local Keycloak")
    for column in ("", "wall s", "CPU s", "MiB", "what was read"):
        table.add_column(column, justify="left" if not column else "right")
    with tempfile.TemporaryDirectory(prefix="bench-users-") as folder:
        file = Path(folder) / "count"
        with keycloak(Path(folder), crowd=CROWD) as settings:
            for turn in range(1, ROUNDS + 1):
                run = measure(
                    [sys.executable, "-m", "bench.users", READ],
                    _environment(settings, file),
                )
                table.add_row(f"{turn}", *run.cells(), file.read_text())
    Console().print(table)


def _environment(settings: Mapping[str, str], file: Path) -> dict[str, str]:
    return {
        **settings,
        "KEYCLOAK_MAIN_REALM_NAME": CROWD_REALM,
        COUNT_FILE_VARIABLE: str(file),
        "PYTHONPATH": "scripts",
    }


if __name__ == "__main__":
    if sys.argv[1:] == [READ]:
        read()
    else:
        main()
