"""The connection to the state's database, created when absent."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from psycopg import errors, sql
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from steps.clients.postgres_settings import PostgresSettings
from steps.state.server import (
    Connection,
    connect,
    connect_to_server,
    explained,
    is_there,
)

ATTEMPTS = 4
LONGEST_PAUSE_SECONDS = 5.0
CREATE = """
CREATE DATABASE {} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0
"""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Database:
    """A database on the platform's server; several threads may share it."""

    def __init__(
        self,
        settings: PostgresSettings,
        name: str,
        prepare: Callable[[Connection], None],
        *,
        attempts: int = ATTEMPTS,
    ) -> None:
        """Prepares the connection; nothing is sent yet.

        Args:
            settings: Where the server is and how to sign in.
            name: The database's name.
            prepare: Called with each new connection.
            attempts: How often a statement is tried in all, when the server
                fails or the connection is lost.
        """
        self._settings = settings
        self._name = name
        self._prepare = prepare
        self._attempts = attempts
        self._connection: Connection | None = None
        self._lock = threading.RLock()

    def close(self) -> None:
        """Closes the connection, if there is one."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def run(
        self, work: Callable[[Connection], T], *, repeatable: bool = True
    ) -> T:
        """Runs a piece of work in one transaction.

        It is run again when the server failed or the connection was lost.
        A commit whose answer was lost may have happened: work that must not
        be done twice is marked, and is then run again only where nothing can
        have been committed.

        Args:
            work: Takes the connection; it may be called several times.
            repeatable: Whether a second commit of it does no harm.

        Returns:
            What the work has returned.

        Raises:
            ModerateError: The server refused or failed.
        """
        passing = (
            errors.OperationalError
            if repeatable
            else (errors.SerializationFailure, errors.DeadlockDetected)
        )
        with explained(self._name):
            for attempt in Retrying(
                retry=retry_if_exception_type(passing),
                stop=stop_after_attempt(self._attempts),
                wait=wait_random_exponential(max=LONGEST_PAUSE_SECONDS),
                reraise=True,
            ):
                with attempt:
                    done = self._run_once(work)
        return done

    def _run_once(self, work: Callable[[Connection], T]) -> T:
        with self._lock:
            if self._connection is None or self._connection.closed:
                self._connection = self._open()
            with self._connection.transaction():
                return work(self._connection)

    def _open(self) -> Connection:
        try:
            connection = connect(self._settings, self._name)
        except errors.OperationalError:
            if not self._create_if_absent():
                raise
            connection = connect(self._settings, self._name)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _create_if_absent(self) -> bool:
        """Creates the database, unless it is there; two may do so at once."""
        with connect_to_server(self._settings) as connection:
            if is_there(connection, self._name):
                return False
            create = sql.SQL(CREATE).format(sql.Identifier(self._name))
            try:
                connection.execute(create)
            except (errors.DuplicateDatabase, errors.UniqueViolation):
                return True
        log.info("The database %s has been created", self._name)
        return True
