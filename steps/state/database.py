"""The connection to the state's database, created when absent."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

import psycopg
from psycopg import errors, sql
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from steps.clients.postgres_settings import PostgresSettings
from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    StepError,
    TemporaryError,
)

CONNECT_TIMEOUT_SECONDS = 10
STATEMENT_SECONDS = 60
ATTEMPTS = 4
LONGEST_PAUSE_SECONDS = 5.0
MAINTENANCE_DATABASE = "postgres"
APPLICATION = "moderate-workflows"
OPTIONS = (
    f"-c statement_timeout={STATEMENT_SECONDS}s "
    f"-c idle_in_transaction_session_timeout={STATEMENT_SECONDS}s"
)
NO_ROOM = ("too many connections", "connection slots", "too many clients")

Connection = psycopg.Connection[tuple[object, ...]]
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
        be done twice says so, and is then run again only where nothing can
        have been committed.

        Args:
            work: Takes the connection; it may be called several times.
            repeatable: Whether a second commit of it does no harm.

        Returns:
            What the work has returned.

        Raises:
            StepError: The server refused or failed.
        """
        passing = (
            errors.OperationalError
            if repeatable
            else (errors.SerializationFailure, errors.DeadlockDetected)
        )
        try:
            for attempt in Retrying(
                retry=retry_if_exception_type(passing),
                stop=stop_after_attempt(self._attempts),
                wait=wait_random_exponential(max=LONGEST_PAUSE_SECONDS),
                reraise=True,
            ):
                with attempt:
                    done = self._run_once(work)
        except (
            errors.OperationalError,
            errors.InsufficientPrivilege,
            errors.DataError,
        ) as error:
            raise self._explained(error) from error
        return done

    def _run_once(self, work: Callable[[Connection], T]) -> T:
        with self._lock:
            if self._connection is None or self._connection.closed:
                self._connection = self._open()
            with self._connection.transaction():
                return work(self._connection)

    def _open(self) -> Connection:
        try:
            connection = self._connect(self._name)
        except errors.OperationalError:
            if not self._create_if_absent():
                raise
            connection = self._connect(self._name)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self, database: str) -> Connection:
        return psycopg.connect(
            host=self._settings.postgres_host,
            port=self._settings.postgres_port,
            user=self._settings.postgres_username,
            password=self._settings.postgres_password.get_secret_value(),
            dbname=database,
            application_name=APPLICATION,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            tcp_user_timeout=STATEMENT_SECONDS * 1000,
            options=OPTIONS,
            autocommit=True,
        )

    def _create_if_absent(self) -> bool:
        """Creates the database, unless it is there; two may do so at once."""
        try:
            connection = self._connect(MAINTENANCE_DATABASE)
        except errors.OperationalError as error:
            refusal = _refusal(error)
            if refusal:
                raise refusal from error
            raise
        with connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [self._name]
            ).fetchone()
            if found:
                return False
            create = sql.SQL(
                "CREATE DATABASE {} ENCODING 'UTF8' LOCALE 'C' "
                "TEMPLATE template0"
            ).format(sql.Identifier(self._name))
            try:
                connection.execute(create)
            except (errors.DuplicateDatabase, errors.UniqueViolation):
                return True
        log.info("The database %s has been created", self._name)
        return True

    def _explained(self, error: errors.Error) -> StepError:
        fault = " ".join(str(error).split())
        if isinstance(error, errors.InsufficientPrivilege):
            return BadSettingsError(
                f"PostgreSQL does not let the account of POSTGRES_USERNAME "
                f"keep the pipelines' state: {fault}. Let it create "
                f"databases, or create the database {self._name!r} and make "
                "the account its owner."
            )
        if isinstance(error, errors.DataError):
            return BadDataError(f"PostgreSQL cannot hold this: {fault}")
        return TemporaryError(
            f"PostgreSQL did not answer or failed: {fault}. Check "
            "POSTGRES_HOST and POSTGRES_PORT and that the service is up."
        )


def _refusal(error: errors.OperationalError) -> BadSettingsError | None:
    """Tells a refused account from a server that is down.

    The server says which it is in its own language alone; but only one that
    is up asks for the password.
    """
    fault = " ".join(str(error).split())
    asked = error.pgconn is not None and error.pgconn.used_password
    if not asked or any(words in fault for words in NO_ROOM):
        return None
    return BadSettingsError(
        f"PostgreSQL refused the account: {fault}. Check POSTGRES_USERNAME "
        "and POSTGRES_PASSWORD."
    )
