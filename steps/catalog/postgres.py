"""PostgreSQL as a source of the catalog: its databases and their tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString

from steps.catalog.names import (
    database_name,
    postgres_service,
)
from steps.catalog.postgres_fingerprints import read_fingerprints
from steps.catalog.source import (
    Connection,
    Contents,
    Fingerprints,
    TableName,
)
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.errors import BadSettingsError, TemporaryError

if TYPE_CHECKING:
    import psycopg

KIND = "postgres"
SERVER_DATABASE = "postgres"
CONNECT_TIMEOUT_SECONDS = 10
LOCK_TIMEOUT_SECONDS = 60
# A connection that is refused has no error code, only words.
REFUSALS = (
    "authentication failed",
    "does not exist",
    "is not currently accepting connections",
    "no pg_hba.conf entry",
    "permission denied",
)
SYSTEM_SCHEMA = "information_schema"
DATABASES: LiteralString = "SELECT datname FROM pg_database"
IDENTIFIER: LiteralString = "SELECT system_identifier FROM pg_control_system()"
# What the framework describes: tables, partitioned ones once, foreign
# tables, views and materialized views.
TABLES: LiteralString = """
    SELECT n.nspname, c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND NOT c.relispartition
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""
SCHEMAS: LiteralString = """
    SELECT nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
"""


class PostgresSource:
    """The platform's PostgreSQL server."""

    kind = KIND
    noun = "database"

    def __init__(self, settings: PostgresSettings) -> None:
        """Prepares; nothing is connected yet.

        Args:
            settings: Where the server is and how to sign in.
        """
        self._settings = settings

    def names(self) -> list[str]:
        """Lists all databases of the server.

        Returns:
            Their names.

        Raises:
            ModerateError: The server refused, failed or did not answer.
        """
        return [
            str(name) for (name,) in self._rows(SERVER_DATABASE, DATABASES)
        ]

    def origin(self) -> str:
        """Names the server by the identifier that it made for itself.

        Returns:
            The name: the same through any host name and after a failover.

        Raises:
            ModerateError: The server refused, failed or did not answer.
        """
        ((identifier,),) = self._rows(SERVER_DATABASE, IDENTIFIER)
        return f"the PostgreSQL server {identifier}"

    def not_covered(self) -> list[str]:
        """Names what belongs to no database: nothing."""
        return []

    def service(self, name: str) -> str:
        """Names a database's service."""
        return postgres_service(name)

    def database(self, name: str) -> str:
        """Names a database's entity."""
        return database_name(name)

    def contents(self, name: str) -> Contents:
        """Lists the schemas, tables and views of a database.

        Args:
            name: The database.

        Returns:
            Their names.

        Raises:
            ModerateError: The database refused, failed or did not answer.
        """
        with self._connected(name) as connection:
            schemas = connection.execute(SCHEMAS).fetchall()
            tables = connection.execute(TABLES).fetchall()
        return Contents(
            schemas=frozenset(str(schema) for (schema,) in schemas),
            tables=frozenset(
                TableName(str(schema), str(table)) for schema, table in tables
            ),
        )

    def fingerprints(self, name: str) -> Fingerprints:
        """Reads what is another text when a database has changed.

        Args:
            name: The database.

        Returns:
            The fingerprints of its tables and views.

        Raises:
            ModerateError: The database refused, failed or did not answer.
        """
        with self._connected(name) as connection:
            return read_fingerprints(connection)

    def connection(self, name: str) -> Connection:
        """Describes the connection to a database, for the framework.

        The database's own name is an argument of the connection, and not
        only a part of its URL, where it could be anything.

        Args:
            name: The database.

        Returns:
            The connection.
        """
        return Connection(
            {
                "type": "Postgres",
                "username": self._settings.postgres_username,
                "authType": {
                    "password": (
                        self._settings.postgres_password.get_secret_value()
                    )
                },
                "hostPort": self._host_port(),
                "database": database_name(name),
                "ingestAllDatabases": False,
                "connectionArguments": {
                    "dbname": name,
                    "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                    "options": f"-c lock_timeout={LOCK_TIMEOUT_SECONDS}s",
                },
            },
            filters={
                "schemaFilterPattern": {"excludes": [f"^{SYSTEM_SCHEMA}$"]}
            },
        )

    def _host_port(self) -> str:
        host = self._settings.postgres_host
        host = f"[{host}]" if ":" in host else host
        return f"{host}:{self._settings.postgres_port}"

    def _rows(
        self, database: str, query: LiteralString
    ) -> list[tuple[Any, ...]]:
        with self._connected(database) as connection:
            return connection.execute(query).fetchall()

    @contextmanager
    def _connected(
        self, database: str
    ) -> "Iterator[psycopg.Connection[tuple[Any, ...]]]":
        import psycopg

        try:
            with psycopg.connect(
                host=self._settings.postgres_host,
                port=self._settings.postgres_port,
                user=self._settings.postgres_username,
                password=self._settings.postgres_password.get_secret_value(),
                dbname=database,
                connect_timeout=CONNECT_TIMEOUT_SECONDS,
                options=f"-c lock_timeout={LOCK_TIMEOUT_SECONDS}s",
                autocommit=True,
            ) as connection:
                yield connection
        except psycopg.Error as error:
            raise _explained(database, error) from error


def _explained(
    database: str, error: "psycopg.Error"
) -> BadSettingsError | TemporaryError:
    text = " ".join(str(error).split())
    if any(words in text for words in REFUSALS):
        return BadSettingsError(
            f"PostgreSQL refused the database {database!r}: {text}. Check "
            "POSTGRES_USERNAME and POSTGRES_PASSWORD, and what that account "
            "may do."
        )
    return TemporaryError(
        f"PostgreSQL did not answer about the database {database!r}: {text}. "
        "Check POSTGRES_HOST and POSTGRES_PORT, and that the service is up."
    )
