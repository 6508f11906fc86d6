"""The PostgreSQL server that holds the state's database."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from steps.clients.postgres_settings import PostgresSettings
from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    TemporaryError,
)

CONNECT_TIMEOUT_SECONDS = 10
STATEMENT_SECONDS = 60
MAINTENANCE_DATABASE = "postgres"
APPLICATION = "moderate-workflows"
OPTIONS = (
    f"-c statement_timeout={STATEMENT_SECONDS}s "
    f"-c idle_in_transaction_session_timeout={STATEMENT_SECONDS}s"
)
NO_CONNECTIONS = (
    "too many connections",
    "connection slots",
    "too many clients",
)
IS_THERE = "SELECT 1 FROM pg_database WHERE datname = %s"

Connection = psycopg.Connection[tuple[object, ...]]


def connect(settings: PostgresSettings, database: str) -> Connection:
    """Connects to a database, in autocommit mode.

    Args:
        settings: Where the server is and how to sign in.
        database: The database's name.

    Returns:
        The connection.

    Raises:
        OperationalError: There is no such database, or the server refused
            or did not answer.
    """
    return psycopg.connect(
        host=settings.postgres_host,
        port=settings.postgres_port,
        user=settings.postgres_username,
        password=settings.postgres_password.get_secret_value(),
        dbname=database,
        application_name=APPLICATION,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        tcp_user_timeout=STATEMENT_SECONDS * 1000,
        options=OPTIONS,
        autocommit=True,
    )


def connect_to_server(settings: PostgresSettings) -> Connection:
    """Connects to the database that every server has.

    Distinguishes a refused account from a server that is down: the error's
    text may be in any language, but only a server that is up asks for the
    password.

    Args:
        settings: Where the server is and how to sign in.

    Returns:
        The connection.

    Raises:
        BadSettingsError: The server refused the account.
        OperationalError: It did not answer.
    """
    try:
        return connect(settings, MAINTENANCE_DATABASE)
    except errors.OperationalError as error:
        fault = _line(error)
        asked = error.pgconn is not None and error.pgconn.used_password
        if not asked or any(words in fault for words in NO_CONNECTIONS):
            raise
        raise BadSettingsError(
            f"PostgreSQL refused the account: {fault}. Check "
            "POSTGRES_USERNAME and POSTGRES_PASSWORD."
        ) from error


def is_there(connection: Connection, database: str) -> bool:
    """Returns whether the server has a database.

    Args:
        connection: A connection to any of its databases.
        database: The database's name.

    Returns:
        Whether it is there.
    """
    return connection.execute(IS_THERE, [database]).fetchone() is not None


@contextmanager
def explained(database: str) -> Iterator[None]:
    """Turns PostgreSQL's errors into errors with a next step.

    Args:
        database: The state's database.

    Yields:
        While PostgreSQL is asked.

    Raises:
        ModerateError: PostgreSQL refused, failed or did not answer.
    """
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise BadSettingsError(
            "PostgreSQL does not let the account of POSTGRES_USERNAME keep "
            f"the pipelines' state: {_line(error)}. Let it create "
            f"databases, or create the database {database!r} and make the "
            "account its owner."
        ) from error
    except errors.DataError as error:
        raise BadDataError(
            f"PostgreSQL cannot hold this: {_line(error)}"
        ) from error
    except errors.OperationalError as error:
        raise TemporaryError(
            f"PostgreSQL did not answer or failed: {_line(error)}. Check "
            "POSTGRES_HOST and POSTGRES_PORT and that the service is up."
        ) from error


def _line(error: errors.Error) -> str:
    return " ".join(str(error).split()).rstrip(".")
