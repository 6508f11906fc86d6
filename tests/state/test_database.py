"""The state's database: created when absent, brought up to date, refused."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from local_services.process import LOOPBACK, free_port
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.errors import BadSettingsError, TemporaryError
from steps.state.database import Database
from steps.state.preflight import look_into
from steps.state.schema import migrate, versions
from steps.state.server import connect
from steps.state.state import State
from tests.conftest import ServedDatabases

WRONG = "wr0ng-5ec3e7"
NEWER = 9_999


@pytest.fixture
def limited(database_server: ServedDatabases) -> Iterator[PostgresSettings]:
    """An account that may sign in, and nothing else."""
    name = f"limited_{uuid.uuid4().hex}"
    with connect(database_server.settings, "postgres") as connection:
        connection.execute(
            f"CREATE ROLE {name} LOGIN PASSWORD '{WRONG}'".encode()
        )
        yield changed(
            database_server,
            POSTGRES_USERNAME=name,
            POSTGRES_PASSWORD=WRONG,
        )


def changed(served: ServedDatabases, **settings: str) -> PostgresSettings:
    """Return the settings of a server with some of them changed."""
    return PostgresSettings.of({**served.environment, **settings})


def databases(served: ServedDatabases) -> set[str]:
    """List the databases of a server."""
    with connect(served.settings, "postgres") as connection:
        rows = connection.execute("SELECT datname FROM pg_database")
        return {str(name) for (name,) in rows}


def test_an_absent_database_is_created(
    database_server: ServedDatabases, new_database: str
) -> None:
    with State(
        database_server.settings, "tests", database=new_database
    ) as state:
        state.put("jane", 1)
    assert new_database in databases(database_server)


def test_a_state_that_is_not_asked_creates_nothing(
    database_server: ServedDatabases, new_database: str
) -> None:
    with State(database_server.settings, "tests", database=new_database):
        pass
    assert new_database not in databases(database_server)


def test_a_database_that_somebody_made_is_used(
    database_server: ServedDatabases, new_database: str
) -> None:
    with connect(database_server.settings, "postgres") as connection:
        connection.execute(f"CREATE DATABASE {new_database}".encode())
    with State(
        database_server.settings, "tests", database=new_database
    ) as state:
        state.put("jane", 1)
        assert state.get("jane") == 1


def test_the_name_of_a_database_is_no_sql(
    database_server: ServedDatabases,
) -> None:
    name = 'tests"; DROP DATABASE moderate; --'
    with State(database_server.settings, "tests", database=name) as state:
        state.put("jane", 1)
    assert name in databases(database_server)


def test_every_version_is_applied_once(
    database_server: ServedDatabases, new_database: str
) -> None:
    for _ in range(2):
        with State(
            database_server.settings, "tests", database=new_database
        ) as state:
            state.get("jane")
    with connect(database_server.settings, new_database) as connection:
        rows = connection.execute("SELECT version FROM state.migration")
        assert [version for (version,) in rows] == list(versions())


def test_versions_are_numbered_without_gaps() -> None:
    assert list(versions()) == list(range(1, len(versions()) + 1))


def test_a_newer_schema_is_refused_with_what_to_do(
    database_server: ServedDatabases, new_database: str
) -> None:
    with State(
        database_server.settings, "tests", database=new_database
    ) as state:
        state.put("jane", 1)
    with connect(database_server.settings, new_database) as connection:
        connection.execute(
            "INSERT INTO state.migration (version) VALUES (%s)", [NEWER]
        )
    with (
        State(
            database_server.settings, "tests", database=new_database
        ) as state,
        pytest.raises(BadSettingsError, match=f"{NEWER}.*at least as new"),
    ):
        state.get("jane")


def test_a_failed_migration_leaves_nothing_behind(
    database_server: ServedDatabases,
    new_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = {**versions(), NEWER: "CREATE TABLE state.more (); SELECT 1/0"}
    monkeypatch.setattr("steps.state.schema.versions", lambda: broken)
    database = Database(database_server.settings, new_database, migrate)
    with pytest.raises(Exception, match="division by zero"):
        database.run(lambda connection: connection.execute("SELECT 1"))
    with connect(database_server.settings, new_database) as connection:
        row = connection.execute("SELECT to_regclass('state.value')")
        assert row.fetchone() == (None,)


@pytest.mark.parametrize(
    "variable", ["POSTGRES_USERNAME", "POSTGRES_PASSWORD"]
)
def test_a_refused_account_names_the_settings(
    database_server: ServedDatabases, variable: str
) -> None:
    settings = changed(database_server, **{variable: WRONG})
    with (
        State(settings, "tests") as state,
        pytest.raises(
            BadSettingsError, match="POSTGRES_USERNAME and POSTGRES_PASSWORD"
        ),
    ):
        state.get("jane")


def test_a_server_that_is_down_is_temporary(
    database_server: ServedDatabases,
) -> None:
    settings = changed(database_server, POSTGRES_PORT=str(free_port()))
    database = Database(settings, "nothing", migrate, attempts=1)
    with pytest.raises(TemporaryError, match="POSTGRES_HOST"):
        database.run(lambda connection: connection.execute("SELECT 1"))


def test_an_unknown_host_is_temporary() -> None:
    settings = PostgresSettings.of(
        {
            "POSTGRES_HOST": "unknown.invalid",
            "POSTGRES_USERNAME": "jane",
            "POSTGRES_PASSWORD": WRONG,
        },
    )
    database = Database(settings, "nothing", migrate, attempts=1)
    with pytest.raises(TemporaryError) as failed:
        database.run(lambda connection: connection.execute("SELECT 1"))
    assert WRONG not in str(failed.value)


def test_an_account_that_may_create_nothing_gets_what_it_needs(
    limited: PostgresSettings, new_database: str
) -> None:
    with (
        State(limited, "tests", database=new_database) as state,
        pytest.raises(BadSettingsError, match="make the account its owner"),
    ):
        state.get("jane")


def test_a_server_that_ends_a_connection_is_asked_again(
    database_server: ServedDatabases, new_database: str
) -> None:
    tried: list[int] = []

    def work(connection: psycopg.Connection[tuple[object, ...]]) -> int:
        tried.append(connection.info.backend_pid)
        if len(tried) == 1:
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return len(tried)

    database = Database(database_server.settings, new_database, migrate)
    assert database.run(work) == 2
    database.close()


def test_what_must_not_be_done_twice_is_not_repeated(
    database_server: ServedDatabases, new_database: str
) -> None:
    tried: list[int] = []

    def work(connection: psycopg.Connection[tuple[object, ...]]) -> None:
        tried.append(connection.info.backend_pid)
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    database = Database(database_server.settings, new_database, migrate)
    with pytest.raises(TemporaryError):
        database.run(work, repeatable=False)
    assert len(tried) == 1


def test_looking_finds_a_database_that_can_be_created(
    database_server: ServedDatabases, new_database: str
) -> None:
    look_into(database_server.settings, new_database)


def test_looking_creates_nothing(
    database_server: ServedDatabases, new_database: str
) -> None:
    look_into(database_server.settings, new_database)
    assert new_database not in databases(database_server)


def test_the_check_names_what_an_account_needs_to_create_a_database(
    limited: PostgresSettings, new_database: str
) -> None:
    with pytest.raises(BadSettingsError, match="Let it create databases"):
        look_into(limited, new_database)


def test_the_check_names_what_an_account_needs_in_a_database(
    database_server: ServedDatabases,
    limited: PostgresSettings,
    new_database: str,
) -> None:
    with State(
        database_server.settings, "tests", database=new_database
    ) as state:
        state.put("jane", 1)
    with pytest.raises(BadSettingsError, match="make the account its owner"):
        look_into(limited, new_database)


def test_looking_at_a_server_that_is_down_is_temporary(
    database_server: ServedDatabases,
) -> None:
    settings = changed(
        database_server,
        POSTGRES_HOST=LOOPBACK,
        POSTGRES_PORT=str(free_port()),
    )
    with pytest.raises(TemporaryError):
        look_into(settings)
