"""The databases of a real PostgreSQL server, of any name."""

import uuid
from dataclasses import dataclass
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from local_services.process import LOOPBACK, free_port
from steps.catalog.discover import DiscoverInputs, discover_items
from steps.catalog.postgres import SERVER_DATABASE, PostgresSource
from steps.catalog.ranges import Range
from steps.catalog.source import TableName
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.errors import BadSettingsError, TemporaryError
from tests.conftest import ServedDatabases
from tests.hostile import HOSTILE

LONGEST_NAME_BYTES = 63
PASSWORD = "an0ther"
UNREACHABLE = OpenMetadataSettings(
    open_metadata_host="unreachable.example.org",
    open_metadata_token=SecretStr("t0ken"),
)
OBJECTS = (
    "CREATE TABLE readings (id int)",
    "CREATE VIEW newest AS SELECT * FROM readings",
    "CREATE MATERIALIZED VIEW kept AS SELECT * FROM readings",
    "CREATE TABLE yearly (at date) PARTITION BY RANGE (at)",
    "CREATE TABLE of_2024 PARTITION OF yearly DEFAULT",
    "CREATE INDEX ON readings (id)",
    "CREATE SEQUENCE numbers",
    'CREATE SCHEMA "two words"',
    'CREATE TABLE "two words"."it\'s" ()',
)


@dataclass(frozen=True)
class Databases:
    """Databases of one test.

    Attributes:
        settings: What reaches the server.
        mark: What their names begin with.
    """

    settings: PostgresSettings
    mark: str

    @property
    def source(self) -> PostgresSource:
        """The server as a source of the catalog."""
        return PostgresSource(self.settings)

    def run(self, statement: sql.Composed, database: str) -> None:
        """Run a statement as the server's owner."""
        with psycopg.connect(
            host=self.settings.postgres_host,
            port=self.settings.postgres_port,
            user=self.settings.postgres_username,
            password=self.settings.postgres_password.get_secret_value(),
            dbname=database,
            autocommit=True,
        ) as connection:
            connection.execute(statement)

    def add(self, name: str, *statements: LiteralString) -> str:
        """Create a database and what is in it; return its name."""
        full_name = f"{self.mark}{name}"
        create = sql.SQL("CREATE DATABASE {} STRATEGY file_copy")
        self.run(create.format(sql.Identifier(full_name)), SERVER_DATABASE)
        for statement in statements:
            self.run(sql.Composed([sql.SQL(statement)]), full_name)
        return full_name


@pytest.fixture(scope="module")
def databases(database_server: ServedDatabases) -> Databases:
    """Databases that no other module uses."""
    mark = f"m{uuid.uuid4().hex[:4]}"
    return Databases(database_server.settings, mark)


def as_another(
    databases: Databases, name: str, password: str = PASSWORD
) -> PostgresSource:
    """Sign in as an account that may connect to all but one database."""
    account = f"{databases.mark}_{uuid.uuid4().hex[:4]}"
    for text in (
        "CREATE ROLE {account} LOGIN PASSWORD 'an0ther'",
        "REVOKE CONNECT ON DATABASE {database} FROM PUBLIC",
    ):
        statement = sql.SQL(text).format(
            account=sql.Identifier(account), database=sql.Identifier(name)
        )
        databases.run(statement, SERVER_DATABASE)
    return PostgresSource(
        databases.settings.model_copy(
            update={
                "postgres_username": account,
                "postgres_password": SecretStr(password),
            }
        )
    )


def test_all_databases_are_found_but_those_that_are_ignored(
    databases: Databases,
) -> None:
    names = [databases.add(name) for name in ("a", "b", "c_old")]
    inputs = DiscoverInputs(
        ignore=["template.*", "postgres", ".*_old"],
        include=[f"{databases.mark}[abc].*"],
        items_at_a_time=2,
        batch_size=1,
        dry_run=True,
    )
    found = discover_items(inputs, databases.source, UNREACHABLE)
    contents = [
        Range.model_validate_json(one.content) for one in found.batches
    ]
    assert [one.first for one in contents] == names[:2]
    assert [one.slot for one in found.batches] == [0, 1]


@pytest.mark.parametrize(
    "name",
    [
        *(
            name
            for name in HOSTILE.values()
            if len(name.encode()) <= LONGEST_NAME_BYTES - len("m1234")
        ),
        "ü" * 29,
    ],
)
def test_a_database_may_be_called_anything(
    databases: Databases, name: str
) -> None:
    full_name = databases.add(name, "CREATE TABLE readings ()")
    assert full_name in databases.source.names()
    assert databases.source.contents(full_name).tables == {
        TableName("public", "readings")
    }


def test_tables_and_views_count_and_nothing_else(databases: Databases) -> None:
    name = databases.add("objects", *OBJECTS)
    assert databases.source.contents(name).tables == {
        TableName("public", "readings"),
        TableName("public", "newest"),
        TableName("public", "kept"),
        TableName("public", "yearly"),
        TableName("two words", "it's"),
    }


def test_an_empty_database_has_no_tables(databases: Databases) -> None:
    assert not databases.source.contents(databases.add("empty")).tables


def test_a_database_without_the_right_to_connect_is_found(
    databases: Databases,
) -> None:
    name = databases.add("closed")
    assert name in as_another(databases, name).names()


def test_a_database_without_the_right_to_connect_is_reported_by_name(
    databases: Databases,
) -> None:
    name = databases.add("closed_too")
    source = as_another(databases, name)
    with pytest.raises(BadSettingsError, match=f"{name}.*permission denied"):
        source.contents(name)


def test_a_wrong_password_names_its_variable(databases: Databases) -> None:
    source = as_another(databases, databases.add("w"), password="wr0ng")
    with pytest.raises(BadSettingsError, match="POSTGRES_PASSWORD") as refused:
        source.names()
    assert "wr0ng" not in str(refused.value)


def test_a_database_that_was_dropped_is_reported(databases: Databases) -> None:
    with pytest.raises(BadSettingsError, match=r"'gone'.*does not exist"):
        databases.source.contents("gone")


def test_a_server_that_is_gone_may_come_back(databases: Databases) -> None:
    elsewhere = databases.settings.model_copy(
        update={"postgres_host": LOOPBACK, "postgres_port": free_port()}
    )
    with pytest.raises(TemporaryError, match="POSTGRES_HOST"):
        PostgresSource(elsewhere).names()
