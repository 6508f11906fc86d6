"""Whether the state can be kept, without keeping anything."""

from psycopg import errors

from steps.clients.postgres_settings import PostgresSettings
from steps.contract.errors import BadSettingsError
from steps.state.server import (
    connect,
    connect_to_server,
    explained,
    is_there,
)
from steps.state.state import STATE_DATABASE

MAY_CREATE_DATABASES = """
SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user
"""
MAY_CREATE_TABLES = """
SELECT has_database_privilege(current_database(), 'CREATE')
"""


def look_into(
    settings: PostgresSettings, database: str = STATE_DATABASE
) -> None:
    """Checks that the state's database is there, or that it can be created.

    Args:
        settings: Where the server is and how to sign in.
        database: The database's name.

    Raises:
        ModerateError: It cannot be, or the server refused or failed.
    """
    with explained(database):
        try:
            connection, right = connect(settings, database), MAY_CREATE_TABLES
        except errors.OperationalError:
            connection = connect_to_server(settings)
            right = MAY_CREATE_DATABASES
            if is_there(connection, database):
                connection.close()
                raise
        with connection:
            row = connection.execute(right.encode()).fetchone()
    if not row or not row[0]:
        raise BadSettingsError(
            "The account of POSTGRES_USERNAME may not create what the "
            "pipelines' state needs. Let it create databases, or create the "
            f"database {database!r} and make the account its owner."
        )
