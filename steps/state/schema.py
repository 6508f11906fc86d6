"""The state's schema: versions that are brought about, each once."""

from importlib import resources

from steps.contract.errors import BadSettingsError
from steps.state.server import Connection

# Any number will do, as long as nothing else on the database takes it.
MIGRATION_LOCK = 7_241_934_580_218_336_001
FIND_VERSIONS = "SELECT to_regclass('state.migration') IS NOT NULL"
READ_VERSION = "SELECT coalesce(max(version), 0) FROM state.migration"
CREATE_VERSIONS = """
CREATE SCHEMA IF NOT EXISTS state;
CREATE TABLE IF NOT EXISTS state.migration (
    version integer PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""


def versions() -> dict[int, str]:
    """Reads the versions of this code.

    Returns:
        The SQL that leads to each version, by number, lowest first.
    """
    folder = resources.files("steps.state.migrations")
    return {
        int(file.name.partition("_")[0]): file.read_text(encoding="utf-8")
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".sql")
    }


def migrate(connection: Connection) -> None:
    """Brings the schema to the newest version of this code.

    Several may do so at once: the first one works, the others wait for it.

    Args:
        connection: A connection in autocommit mode.

    Raises:
        BadSettingsError: The schema is newer than this code.
    """
    known = versions()
    if _version(connection) == max(known):
        return
    with connection.transaction():
        connection.execute(
            "SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK]
        )
        connection.execute(CREATE_VERSIONS)
        present = _version(connection)
        if present > max(known):
            raise BadSettingsError(
                f"The state's schema has version {present}; this image has "
                f"{max(known)} at most. Use an image that is at least as new "
                "as the newest that has run."
            )
        for version, text in known.items():
            if version > present:
                connection.execute(text.encode())
                connection.execute(
                    "INSERT INTO state.migration (version) VALUES (%s)",
                    [version],
                )


def _version(connection: Connection) -> int:
    found = connection.execute(FIND_VERSIONS).fetchone()
    if not found or not found[0]:
        return 0
    row = connection.execute(READ_VERSION).fetchone()
    return int(str(row[0])) if row else 0
