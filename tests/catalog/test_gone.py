"""What a source no longer has is marked as deleted, and comes back."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

import pytest
from psycopg import sql

from local_services.open_metadata.double import OpenMetadataDouble
from local_services.open_metadata.serving import ServedOpenMetadata
from moderate.demo.databases import connected, create_database
from steps.catalog import framework
from steps.catalog.batch import ingest_batch
from steps.catalog.datalake import DatalakeSource
from steps.catalog.postgres import PostgresSource
from steps.catalog.ranges import Range
from steps.catalog.report import Line, Outcome
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import BadSettingsError
from tests.catalog.seeding import Seeding, dry_run_inputs
from tests.conftest import ServedDatabases, ServedStore

SETUP = (
    "CREATE TABLE things (id integer)",
    "CREATE SCHEMA old",
    "CREATE TABLE old.stock (id integer)",
)
# A folder's name may not be longer than 255 bytes on the server of the tests.
LONG_KEY = f"p/{'/'.join(['x' * 119] * 3)}.csv"


@dataclass
class Database:
    """A database of one test, and the catalog of it.

    Attributes:
        seeding: The server.
        environment: The settings of the PostgreSQL server's owner.
        double: The server's control.
        name: The database.
    """

    seeding: Seeding
    environment: dict[str, str]
    double: OpenMetadataDouble
    name: str

    def run(self, *statements: LiteralString) -> None:
        """Runs statements in the database."""
        with connected(self.environment, self.name) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement))

    def ingest(self) -> Line:
        """Brings the database into the catalog."""
        return self.seeding.ingest(self.name)

    def names(self, route: str = "tables") -> list[str]:
        """Lists what of it is in the catalog and not marked as deleted."""
        return sorted(
            name.split(".", 2)[2]
            for name, entity in self.double.entities(route).items()
            if not entity["deleted"]
        )


@pytest.fixture
def database(
    database_server: ServedDatabases,
    catalog_server: ServedOpenMetadata,
    monkeypatch: pytest.MonkeyPatch,
) -> Database:
    """A database with two schemas, described."""
    environment = dict(database_server.environment)
    name = f"gone_{uuid.uuid4().hex[:8]}"
    create_database(environment, name)
    settings = OpenMetadataSettings.of(catalog_server.environment)
    seeding = Seeding(settings, PostgresSource(database_server.settings))
    monkeypatch.setattr(framework, "run_metadata", seeding.describe)
    found = Database(seeding, environment, catalog_server.double, name)
    found.run(*SETUP)
    assert found.ingest().outcome is Outcome.DONE
    return found


def drop_database(environment: Mapping[str, str], name: str) -> None:
    """Drops a database."""
    with connected(environment) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(
                sql.Identifier(name)
            )
        )


@pytest.mark.parametrize(
    ("statement", "tables", "schemas", "deleted"),
    [
        ("DROP TABLE things", ["old.stock"], ["old", "public"], 1),
        ("DROP TABLE old.stock", ["public.things"], ["old", "public"], 1),
        ("DROP SCHEMA old CASCADE", ["public.things"], ["public"], 1),
        ("DROP TABLE things, old.stock", [], ["old", "public"], 2),
        ("DROP SCHEMA old, public CASCADE", [], [], 2),
        (
            "ALTER TABLE things RENAME TO stuff",
            ["old.stock", "public.stuff"],
            ["old", "public"],
            1,
        ),
        (
            "ALTER SCHEMA old RENAME TO older",
            ["older.stock", "public.things"],
            ["older", "public"],
            1,
        ),
    ],
)
def test_what_is_dropped_is_marked_and_counted(
    database: Database,
    statement: LiteralString,
    tables: list[str],
    schemas: list[str],
    deleted: int,
) -> None:
    database.run(statement)
    line = database.ingest()
    assert (line.outcome, line.error) == (Outcome.DONE, "")
    assert (line.deleted, line.tables) == (deleted, len(tables))
    assert database.names() == tables
    assert database.names("databaseSchemas") == schemas
    assert database.ingest().deleted == 0


def test_what_comes_back_is_restored_as_itself(database: Database) -> None:
    before = database.double.entities("tables")
    database.run("DROP TABLE things", "DROP SCHEMA old CASCADE")
    database.ingest()
    database.run(*SETUP)
    line = database.ingest()
    after = database.double.entities("tables")
    assert (line.outcome, line.tables, line.deleted) == (Outcome.DONE, 2, 0)
    assert {name: one["id"] for name, one in after.items()} == {
        name: one["id"] for name, one in before.items()
    }


def test_a_schema_that_comes_back_alone_brings_no_old_tables(
    database: Database,
) -> None:
    database.run("DROP SCHEMA old CASCADE")
    database.ingest()
    database.run("CREATE SCHEMA old")
    assert database.ingest().outcome is Outcome.DONE
    assert database.names() == ["public.things"]
    assert database.names("databaseSchemas") == ["old", "public"]


def test_a_dry_run_names_what_would_be_marked_and_marks_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    database.run("DROP TABLE things", "DROP SCHEMA old CASCADE")
    batch = Range(
        first=database.name,
        last=database.name,
        count=1,
        report_bytes=10_000,
    )
    ingest_batch(
        dry_run_inputs(batch),
        database.seeding.source,
        database.seeding.settings,
        BadSettingsError("There is no state here."),
    )
    for name in ("public.things", "old"):
        assert f"{name} would be marked as deleted" in caplog.text
    assert database.names() == ["old.stock", "public.things"]


def test_what_one_of_two_looks_has_seen_stays(database: Database) -> None:
    database.run("DROP TABLE things", "DROP SCHEMA old CASCADE")
    database.seeding.meanwhile = lambda: database.run(*SETUP)
    line = database.ingest()
    assert (line.outcome, line.deleted) == (Outcome.DONE, 0)
    assert database.names() == ["old.stock", "public.things"]


def test_a_table_that_cannot_be_described_stays(database: Database) -> None:
    database.seeding.unreadable = ["things"]
    line = database.ingest()
    assert line.outcome is Outcome.PARTIAL
    assert "could not be described anew: public.things" in line.error
    assert database.names() == ["old.stock", "public.things"]


def test_a_database_that_cannot_be_listed_keeps_its_tables(
    database: Database,
) -> None:
    database.run("DROP TABLE things")
    database.seeding.meanwhile = lambda: drop_database(
        database.environment, database.name
    )
    line = database.ingest()
    assert line.outcome is Outcome.FAILED
    assert "does not exist" in line.error
    assert database.names() == ["old.stock", "public.things"]


def test_a_server_that_does_not_mark_is_noticed(database: Database) -> None:
    database.run("DROP TABLE things")
    database.double.lose_writes()
    line = database.ingest()
    assert line.outcome is Outcome.FAILED
    assert "on the server and not at the source: public.things" in line.error


@pytest.fixture
def lake(
    s3: ServedStore,
    catalog_server: ServedOpenMetadata,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Seeding, str]:
    """The prefix ``p/`` of a bucket of its own, and the bucket's name."""
    bucket = f"gone-{uuid.uuid4().hex}"
    s3.store._client.create_bucket(Bucket=bucket)
    source = DatalakeSource(
        s3.settings.model_copy(update={"s3_bucket_name": bucket})
    )
    settings = OpenMetadataSettings.of(catalog_server.environment)
    seeding = Seeding(settings, source)
    monkeypatch.setattr(framework, "run_metadata", seeding.describe)
    s3.put("p/note.txt", "no table", bucket)
    s3.put("p/a.csv", "id\n1\n", bucket)
    return seeding, bucket


def test_the_tables_of_an_emptied_prefix_are_marked(
    lake: tuple[Seeding, str],
    s3: ServedStore,
    catalog_server: ServedOpenMetadata,
) -> None:
    seeding, bucket = lake
    assert seeding.ingest("p/").tables == 1
    s3.store._client.delete_object(Bucket=bucket, Key="p/a.csv")
    line = seeding.ingest("p/")
    assert (line.outcome, line.tables, line.deleted) == (Outcome.DONE, 0, 1)
    assert catalog_server.double.tables() == {}


def test_a_long_key_whose_display_name_was_edited_stays(
    lake: tuple[Seeding, str],
    s3: ServedStore,
    catalog_server: ServedOpenMetadata,
) -> None:
    seeding, bucket = lake
    s3.put(LONG_KEY, "id\n1\n", bucket)
    assert seeding.ingest("p/").tables == 2
    with seeding.client() as client:
        for table in catalog_server.double.tables().values():
            patch = [{"op": "add", "path": "/displayName", "value": "Mine"}]
            client.patch(
                f"tables/{table['id']}", json=patch
            ).raise_for_status()
    line = seeding.ingest("p/")
    assert (line.outcome, line.tables, line.deleted) == (Outcome.DONE, 2, 0)
