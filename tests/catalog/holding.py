"""Locks that block the catalog, and the process that waits for one."""

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from local_services.waiting import wait_until
from moderate.demo.databases import connected

WAITING = """
SELECT client_port FROM pg_stat_activity
WHERE datname = %s AND wait_event_type = 'Lock'
"""
POLL_SECONDS = 0.1
GIVE_UP_SECONDS = 200
LOCAL_ADDRESS = 1
REMOTE_ADDRESS = 2
INODE = 9


@contextmanager
def locked(environment: Mapping[str, str], database: str) -> Iterator[None]:
    """Keeps everybody from reading the table ``things``."""
    with (
        connected(environment, database) as connection,
        connection.transaction(),
    ):
        connection.execute("LOCK TABLE things IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def killer_of_waiting(
    environment: Mapping[str, str], database: str
) -> Iterator[list[int]]:
    """Kills the first process that waits for a lock of a database.

    Args:
        environment: The server's settings by variable name.
        database: The database.

    Yields:
        The processes that were killed.
    """
    killed: list[int] = []
    over = threading.Event()
    server_port = int(environment["POSTGRES_PORT"])

    def kill_first(connection: psycopg.Connection) -> bool:
        row = connection.execute(WAITING, [database]).fetchone()
        pid = row and process_at(row[0], server_port)
        if pid:
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
        return bool(killed or over.is_set())

    def kill() -> None:
        with connected(environment) as connection:
            wait_until(
                lambda: kill_first(connection), GIVE_UP_SECONDS, POLL_SECONDS
            )

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def process_at(port: int, server_port: int) -> int | None:
    """Finds the process that is connected from a local port to a server's.

    Returns:
        Its number, None where the connection has ended.
    """
    ends = f":{port:04X}", f":{server_port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    sockets = {
        f"socket:[{fields[INODE]}]"
        for fields in map(str.split, lines)
        if fields[LOCAL_ADDRESS].endswith(ends[0])
        and fields[REMOTE_ADDRESS].endswith(ends[1])
    }
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if link.readlink().name in sockets:
                return int(link.parts[2])
        except OSError:
            continue
    return None
